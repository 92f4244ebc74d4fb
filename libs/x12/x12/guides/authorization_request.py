"""278 to a payer: a request for review (005010X217), and an inquiry about an earlier one (005010X215)."""

from x12.guides.authorization_parts import Kind, review_guide

PURPOSES = "01|13|36"
"""BHT02 of a request: cancellation, request, reply to a payer's answer."""
INQUIRY_PURPOSES = "28"

_ASKS = Kind(answers=False)
# An inquiry may leave out what it does not know of the earlier request.
_LOOKS_UP = Kind(answers=False, certified="S")

GUIDE = review_guide("005010X217", PURPOSES, _ASKS)
INQUIRY = review_guide("005010X215", INQUIRY_PURPOSES, _LOOKS_UP)
QUERY = review_guide("005010X217", INQUIRY_PURPOSES, _LOOKS_UP)
"""An inquiry that names the guide of the request, as some payers take it."""
