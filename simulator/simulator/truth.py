"""What should be posted for each claim, as the simulator itself decided it: the measure for the platform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.adjudication.decision import PATIENT, Adjustment, Decision
from simulator.records import ClaimRecord


def truth_of(record: ClaimRecord) -> dict[str, Any]:
    """One claim's true course. Amounts are strings; `outcome` is null while nothing is decided."""
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
