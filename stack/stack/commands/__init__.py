"""One module for each word of the `dermbill` command."""
