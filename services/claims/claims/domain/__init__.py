"""The rules of a claim's life: no I/O, no clock."""
