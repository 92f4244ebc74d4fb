"""Which payer has enrolled whom, where and from when; what a provider must hold for it; who is excluded."""
