"""FHIR R4 in: a Bundle becomes the visit form and goes the way of every other visit. Profile: docs/guides/fhir.md."""
