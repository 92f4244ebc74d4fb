"""Encounters and the dermatology coding engine."""
