"""What is measured, each beside the limit it is measured against, in one run. `make bench`."""
