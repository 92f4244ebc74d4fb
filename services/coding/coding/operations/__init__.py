"""One function for each thing that is done with an encounter. They own the transactions."""
