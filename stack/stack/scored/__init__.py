"""A run that the payers themselves score: what was posted against what they know they decided, to the cent."""
