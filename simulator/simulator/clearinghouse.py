"""What the clearinghouse refuses before a payer sees it: a table of edits, each with the status it is refused with.

A refusal here is no denial: the claim is mended and sent again with frequency 1 (rulebook 9.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import timedelta

from codes.npi import is_valid_npi
from simulator.adjudication.claim import ORIGINAL, Claim
from simulator.records import Said

_MEMBER_ID = re.compile(r"[A-Z0-9]{6,20}")


@dataclass(frozen=True, slots=True)
class Edit:
    """`fails` says whether the claim is refused; the status is category, code and the entity it speaks of."""

    category: str
    status: str
    entity: str
    fails: Callable[[Claim], bool]


def _unbalanced(claim: Claim) -> bool:
    return claim.charge != sum(line.charge for line in claim.lines)


def _absurd_amounts(claim: Claim) -> bool:
    return any(line.charge < 0 or line.units <= 0 for line in claim.lines)


def _in_the_future(claim: Claim) -> bool:
    # A day of grace: the clinic's day may have begun while ours has not.
    return any(line.service_on > claim.received_on + timedelta(days=1) for line in claim.lines)


EDITS: tuple[Edit, ...] = (
    Edit("A6", "454", "", lambda claim: not claim.lines),
    Edit("A7", "164", "IL", lambda claim: not _MEMBER_ID.fullmatch(claim.member_id.upper())),
    Edit("A7", "562", "85", lambda claim: not is_valid_npi(claim.billing.npi)),
    Edit("A7", "562", "82", lambda claim: any(not is_valid_npi(line.rendering_npi) for line in claim.lines)),
    Edit("A6", "128", "85", lambda claim: len(claim.billing.tax_id) != 9),
    Edit("A7", "178", "", _absurd_amounts),
    Edit("A7", "400", "", _unbalanced),
    Edit("A7", "187", "", _in_the_future),
    Edit("A6", "464", "", lambda claim: claim.frequency != ORIGINAL and not claim.original_reference),
    Edit("A7", "535", "", lambda claim: claim.frequency not in {"1", "7", "8"}),
)


def judge(claim: Claim, payer_ids: Container[str]) -> Said:
    """The clearinghouse's word: A1 received, or the first edit that the claim fails; A3 for a payer it has not."""
    if claim.payer_id not in payer_ids:
        return Said("clearinghouse", "A3", "153", "PR")
    for edit in EDITS:
        if edit.fails(claim):
            return Said("clearinghouse", edit.category, edit.status, edit.entity)
    return Said("clearinghouse", "A1", "19")
