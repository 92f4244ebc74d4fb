"""The dermbill command: the whole platform on one machine."""
