"""Every wire to the outside payer world."""
