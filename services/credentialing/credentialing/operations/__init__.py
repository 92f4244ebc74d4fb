"""What the credentialing desk does; each function owns its transaction."""
