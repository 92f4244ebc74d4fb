"""How a payer decides a claim: pure rules over frozen data, one file for each."""
