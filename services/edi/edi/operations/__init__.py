"""What the business does on the wire. Each function is one transaction, or says where it calls a partner in between."""
