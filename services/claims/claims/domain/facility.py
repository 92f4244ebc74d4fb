"""Where the service was (837P loop 2310C), and when a claim has to say so."""

from __future__ import annotations

import re

from claims.domain.parties import Address, Location, Snapshot

# Place of service: the patient's home is no place of the practice, and its address is on the claim already.
HOME = "12"
_NOT_SPOKEN = re.compile(r"[^0-9A-Z]+")


def service_facility(frozen: Snapshot | None, place_of_service: str) -> Location | None:
    """The location that the claim names: only one at another address than the billing provider's, and no home.

    005010X222A1, loop 2310C: required when the location is not that of 2010AA, and not to be sent otherwise. Which
    spellings are one address the guide leaves open (X12 RFI 2810): here case, blanks and punctuation say nothing.
    """
    if frozen is None or frozen.location is None or frozen.practice is None or place_of_service == HOME:
        return None
    return None if _spoken(frozen.location.address) == _spoken(frozen.practice.address) else frozen.location


def facility_npi(location: Location, billing_npi: str) -> str:
    """NM109 of 2310C: a place that is a part of the billing provider has no NPI of its own there (RFI 1210)."""
    return "" if location.npi == billing_npi else location.npi


def _spoken(address: Address) -> tuple[str, ...]:
    parts = (f"{address.line1} {address.line2}", address.city, address.state, address.zip)
    return tuple(" ".join(_NOT_SPOKEN.sub(" ", part.upper()).split()) for part in parts)
