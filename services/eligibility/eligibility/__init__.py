"""Is the patient covered on the day, for what, and at what cost: asked of the payer, kept whole, told to the others."""
