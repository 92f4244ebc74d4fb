"""What the authorizations desk does. Each function is one transaction, or says otherwise."""
