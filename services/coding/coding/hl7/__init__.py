"""HL7 v2 in: a DFT becomes a visit form and a proposal. Profile: docs/guides/hl7v2.md."""
