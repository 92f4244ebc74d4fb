"""The coding rules of a dermatology visit: documented facts in, claim lines with their reasons out."""
