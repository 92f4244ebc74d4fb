"""What should be posted for each claim, as the simulator itself decided it: the measure for the platform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.adjudication.decision import PATIENT, ZERO, Adjustment, Decision
from simulator.expected_posting import Posting, expected
from simulator.records import ChequeRecord, ClaimRecord, Deposit


def truth_of(record: ClaimRecord, postings: tuple[Posting, ...] = ()) -> dict[str, Any]:
    """One claim's true course. Amounts are strings; `outcome` is null while nothing is decided.

    `postings` is what the cheques so far make of it, one for each CLP, and `expected` where that leaves its money.
    """
    claim, decision = record.claim, record.decision
    return {
        "id": record.id,
        "interchange": record.interchange,
        "payer_id": claim.payer_id,
        "control_number": claim.control_number,
        "frequency": claim.frequency,
        "payer_claim_number": record.payer_number or None,
        "received_on": claim.received_on.isoformat(),
        "decided_on": record.decided_on or None,
        "status": record.status,
        "outcome": _outcome(record),
        "statuses": [
            {
                "level": said.level,
                "category": said.category,
                "status": said.status,
                "entity": said.entity,
                "accepted": said.accepted,
            }
            for said in record.said
        ],
        "charge": _money(claim.charge),
        "paid": None if decision is None else _money(decision.paid),
        "patient_responsibility": None if decision is None else _money(decision.patient_responsibility),
        "adjustments": [] if decision is None else _adjustments(decision),
        "remarks": [] if decision is None else _remarks(decision),
        "reasons": [] if decision is None else _reasons(decision),
        "trace": record.trace or None,
        "replaces": record.replaces,
        "replaced_by": record.replaced_by,
        "reverses_earlier": record.restores,
        "troubles": list(record.troubles),
        "postings": [posting_truth(one) for one in postings],
        "expected": _expected(record, postings),
    }


def posting_truth(posting: Posting) -> dict[str, Any]:
    """One CLP: what it says, and what it does to the books. `posts` is false when it moves no claim's money."""
    payable, decision = posting.payable, posting.decision
    return {
        "part": payable.part,
        "reverses": payable.reverses or None,
        "payer_id": payable.payer_id,
        "trace": posting.trace,
        "control_number": posting.control_number,
        "status": posting.status,
        "posts": posting.posts,
        "charge": _money(decision.charge),
        "paid": _money(decision.paid),
        "patient_responsibility": _money(decision.patient_responsibility),
        **{name: _money(amount) for name, amount in posting.by_bearer.items()},
        "patient_by_reason": {name: _money(amount) for name, amount in posting.patient.items()},
        "lines": [] if decision.claim_level_only else _lines(decision),
        "adjustments": [_adjustment(None, one) for one in decision.adjustments],
    }


def _lines(decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "line": line.number,
            "charge": _money(line.charge),
            "allowed": None if line.allowed is None else _money(line.allowed),
            "paid": _money(line.paid),
            "adjustments": [_adjustment(line.number, one) for one in line.adjustments],
        }
        for line in decision.lines
    ]


def _expected(record: ClaimRecord, postings: tuple[Posting, ...]) -> dict[str, Any]:
    found = expected(record.claim.charge, postings)
    return {
        "charge": _money(found.charge),
        "paid": _money(found.paid),
        "contractual": _money(found.contractual),
        "denied": _money(found.denied),
        "patient": {name: _money(amount) for name, amount in found.patient.items()},
        "with_payer": _money(found.with_payer),
    }


def cheque_truth(cheque: ChequeRecord, postings: tuple[Posting, ...]) -> dict[str, Any]:
    """One cheque: its money, every PLB, and what it pays. `unmatched` is the money of claims that nobody sent."""
    unmatched = sum((one.decision.paid for one in postings if one.payable.control_number), ZERO)
    deposit = cheque.deposit
    return {
        "id": cheque.id,
        "payer_id": cheque.payer_id,
        "trace": cheque.trace,
        "total": _money(cheque.total),
        "method": cheque.method,
        "paid_on": cheque.paid_on,
        "sender": cheque.route.sender,
        "files": list(cheque.sent),
        "levels": [
            {"reason": one.reason, "amount": _money(one.amount), "reference": one.reference} for one in cheque.levels
        ],
        "unmatched": _money(unmatched),
        "postings": [posting_truth(one) for one in postings],
        "deposit": None if deposit is None else deposit_truth(deposit),
    }


def deposit_truth(deposit: Deposit) -> dict[str, Any]:
    """Money at the bank: `day` is the simulated day it came."""
    return {
        "payer_id": deposit.payer_id,
        "trace": deposit.trace,
        "amount": _money(deposit.amount),
        "method": deposit.method,
        "on": deposit.on,
        "day": deposit.day,
    }


def _outcome(record: ClaimRecord) -> str | None:
    decision = record.decision
    if record.voids and record.status in ("decided", "remitted"):
        return "voided"
    if decision is None:
        return None
    if decision.denied:
        return "denied"
    return "partly_denied" if any(line.denied for line in decision.lines) else "allowed"


def _adjustments(decision: Decision) -> list[dict[str, Any]]:
    """Those at claim level carry no line number."""
    found = [_adjustment(None, one) for one in decision.adjustments]
    for line in decision.lines:
        found += [_adjustment(line.number, one) for one in line.adjustments]
    return found


def _adjustment(line: int | None, one: Adjustment) -> dict[str, Any]:
    return {
        "line": line,
        "group": one.group,
        "carc": one.carc,
        "amount": _money(one.amount),
        "patient": one.group == PATIENT,
    }


def _remarks(decision: Decision) -> list[str]:
    on_lines = [remark for line in decision.lines for remark in line.remarks]
    return list(dict.fromkeys((*decision.remarks, *on_lines)))


def _reasons(decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "line": line.number,
            "paid": _money(line.paid),
            "allowed": None if line.allowed is None else _money(line.allowed),
            "why": list(line.reasons),
        }
        for line in decision.lines
    ]


def _money(amount: Decimal) -> str:
    return format(amount, ".2f")
