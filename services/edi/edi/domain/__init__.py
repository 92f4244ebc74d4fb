"""Partners, control numbers, transmissions and what comes back: the rules of the wire, without the wire."""
