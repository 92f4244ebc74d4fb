"""From the wire to the facts: an 835 interchange as the cheques in it. Runs in a thread; reads nothing else."""

from __future__ import annotations

from decimal import Decimal

import x12
from common.money import Money
from payments.domain.remittance import Adjustment, PaidClaim, PaidLine, ProviderLevel, Remittance

# NM101 of the carrier to which a payer has crossed a claim over.
CROSSOVER_CARRIER = "TT"


class Unreadable(Exception):
    """The file cannot be trusted as a whole. `code` and the text go to the queue; neither holds a value of the file."""

    def __init__(self, code: str, finding: str) -> None:
        self.code, self.finding = code, finding
        super().__init__(finding)


def cheques(content: bytes) -> tuple[Remittance, ...]:
    """Every transaction of the interchange, in order. Raises Unreadable: then none of them may be acted on."""
    made: list[_Making] = []
    try:
        for part in x12.read_remittances(content):
            _take(made, part.value)
    except x12.X12Error as fault:
        raise Unreadable("unreadable", str(fault)) from None
    if not made:
        raise Unreadable("no-remittance", "The interchange holds no 835 transaction.")
    return tuple(each.done() for each in made)


class _Making:
    """One transaction while its parts arrive."""

    def __init__(self, position: int, head: x12.Remittance) -> None:
        self.position, self.head = position, head
        self.claims: list[PaidClaim] = []
        self.provider_level: list[ProviderLevel] = []

    def done(self) -> Remittance:
        head = self.head
        total = _money(head.total, "BPR02")
        return Remittance(
            position=self.position,
            payer=head.trace_issuer or head.payer.id or head.payer.name,
            trace=head.trace,
            total=-total if head.credit == "D" else total,
            paid_on=head.payment_date,
            adjudicated_on=head.production_date or head.payment_date,
            method=head.method,
            claims=tuple(self.claims),
            provider_level=tuple(self.provider_level),
        )


def _take(made: list[_Making], part: x12.Remittance | x12.ClaimPayment | x12.ProviderAdjustment) -> None:
    if isinstance(part, x12.Remittance):
        made.append(_Making(len(made) + 1, part))
        return
    cheque = made[-1]
    if isinstance(part, x12.ClaimPayment):
        cheque.claims.append(_claim(part, len(cheque.claims) + 1))
    else:
        amount = _money(part.amount, f"transaction {cheque.position}, PLB {part.reason}")
        cheque.provider_level.append(ProviderLevel(part.reason, part.reference, amount))


def _claim(part: x12.ClaimPayment, position: int) -> PaidClaim:
    place = f"claim {position}"
    share = part.patient_responsibility
    return PaidClaim(
        position=position,
        control_number=part.control_number,
        status=part.status,
        charge=_money(part.charge, place),
        paid=_money(part.paid, place),
        patient_responsibility=None if share is None else _money(share, place),
        payer_claim_number=part.payer_control_number or None,
        adjustments=_adjustments(part.adjustments, place),
        lines=tuple(_line(line, f"{place}, line {n}") for n, line in enumerate(part.services, start=1)),
        remarks=part.remarks,
        crossover_carrier=_names_a_crossover_carrier(part),
    )


def _names_a_crossover_carrier(part: x12.ClaimPayment) -> bool:
    return any(segment[:2] == ("NM1", CROSSOVER_CARRIER) for segment in part.extra)


def _line(service: x12.ServicePayment, place: str) -> PaidLine:
    billed = service.original_procedure or service.paid_procedure
    return PaidLine(
        procedure=billed.code,
        modifiers=billed.modifiers,
        charge=_money(service.charge, place),
        paid=_money(service.paid, place),
        control_number=service.control_number,
        adjustments=_adjustments(service.adjustments, place),
        remarks=service.remarks,
        paid_procedure=service.paid_procedure.code,
    )


def _adjustments(items: tuple[x12.Adjustment, ...], place: str) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(item.group, item.reason, _money(item.amount, f"{place}, CAS {item.group}"))
        for item in items
        if item.amount
    )


def _money(amount: Decimal, place: str) -> Money:
    try:
        return Money(amount)
    except ValueError:
        raise Unreadable(
            "not-cents", f"An amount at {place} is no sum of whole cents that an account can hold."
        ) from None
