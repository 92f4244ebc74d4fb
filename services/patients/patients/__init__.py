"""People, guarantors and the coverages on file."""
