"""A stand-in clearinghouse and three payers that speak X12 over HTTP."""
