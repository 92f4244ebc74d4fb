"""The rules of payments: the ledger, the balance of a remittance, who owes what. No input, output or clock."""
