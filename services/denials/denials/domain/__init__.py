"""What a denial means, what can be done about it, and until when."""
