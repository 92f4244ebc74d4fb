"""Whether a service, or the visit itself, is known to need the payer's word, and by whose rule (rulebook 7.4).

What the payer told of the coverage goes before the rules, which authorizations has read for the visit as it was coded.
A ruling on another coding of it, or for another payer, says nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator

from claims.domain.bill import Bill
from claims.domain.facts import AuthNeedDecided, Facts, Need, NeedHeard, Ruling

_BY_REVIEW = Ruling(Need.NEEDED, "the coverage review", "the payer's answer about the coverage")


def of_service(bill: Bill, code: str, facts: Facts) -> Ruling | None:
    """Whether the payer has to agree to the code first; None while nobody has said."""
    if any(code in need.codes for need in _reviewed(bill, facts)):
        return _BY_REVIEW
    decided = _decided(bill, facts)
    return decided.of_service(code) if decided else None


def of_visit(bill: Bill, facts: Facts) -> Ruling | None:
    """Whether the patient has to be sent; None while nobody has said."""
    if any(need.referral for need in _reviewed(bill, facts)):
        return _BY_REVIEW
    decided = _decided(bill, facts)
    return decided.referral if decided else None


def lacking(bill: Bill, ruling: Ruling | None, *, pending: bool) -> str | None:
    """What a bill without the payer's word waits for where the practice asks for it: the last part of a hold's reason.

    Authorizations rules for the payer that is billed first, so that nobody is going to rule for the next one.
    """
    if ruling is not None and ruling.need is Need.NOT_NEEDED:
        return None
    if pending:
        return "PENDING"
    if ruling is None:
        return "UNDECIDED" if bill.primary else None
    return ruling.need.name


def _reviewed(bill: Bill, facts: Facts) -> Iterator[NeedHeard]:
    for need in facts.needs:
        if need.date_of_service == bill.on and need.payer_id in (None, bill.payer_id):
            yield need


def _decided(bill: Bill, facts: Facts) -> AuthNeedDecided | None:
    asked = (bill.encounter_id, bill.coded_version, bill.payer_id)
    for heard in facts.rules:
        said = heard.said
        if (said.encounter_id, said.coded_version, said.payer_id) == asked:
            return said
    return None
