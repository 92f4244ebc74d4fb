"""HL7 v2 in: SIU messages book, move and call off appointments. Profile: docs/guides/hl7v2.md."""
