"""Value types and dated tables of the codes that medical billing speaks."""
