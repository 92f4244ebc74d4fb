"""HL7 v2 in: ADT messages put patients, guarantors and coverages on file. Profile: docs/guides/hl7v2.md."""
