"""278 that only informs: the notice of a decision or of an admission, and its acknowledgement (005010X216)."""

from x12.guides.authorization_parts import Kind, review_guide

PURPOSES = "14|22|53|CN|CO"
"""BHT02 of a notice: advance notice, copy for information, completion, completion notice, correction."""
ACKNOWLEDGEMENT_PURPOSES = "08|11|44"

# A notice repeats what was decided, so that it may hold decisions (HCR) like an answer; two parties may send it.
GUIDE = review_guide("005010X216", PURPOSES, Kind(answers=True, sources=2))
ACKNOWLEDGEMENT = review_guide(
    "005010X216", ACKNOWLEDGEMENT_PURPOSES, Kind(answers=True, certified="S", traces=3, receipts=True, sources=2)
)
