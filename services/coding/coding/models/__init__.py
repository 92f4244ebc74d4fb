"""The JSON of the coding service: what is asked, and what is answered."""
