"""278 from a payer: the answer to a request (005010X217) or to an inquiry (005010X215)."""

from x12.guides.authorization_parts import Kind, review_guide

PURPOSES = "11"
"""BHT02 of an answer."""

GUIDE = review_guide("005010X217", PURPOSES, Kind(answers=True, traces=3))
INQUIRY = review_guide("005010X215", "08|11", Kind(answers=True, certified="S", traces=3))
