"""The claim from encounter to payment."""
