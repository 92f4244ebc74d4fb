"""The 835: decisions and reversals as claim payments under one cheque, balanced at line, claim and cheque."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import x12
from simulator.adjudication.claim import Claim, Line
from simulator.adjudication.decision import Adjustment, Decision, LineDecision
from simulator.adjudication.payer import Payer
from simulator.records import ClaimRecord, Debt, Level, Payable
from x12.model.party import PERSON

_ZERO = Decimal("0.00")
REVERSAL, DENIED = "22", "4"
_PROCESSED = {"P": "1", "S": "2", "T": "3"}
_FORWARD = "FB"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands on a cheque: one CLP of a claim, or amounts of the provider level that have to do with it."""

    record: ClaimRecord
    payable: Payable

    @property
    def reversal(self) -> bool:
        return bool(self.payable.reverses)


@dataclass(frozen=True, slots=True)
class Cheque:
    """What one payment settles. `brought_forward` is a debt from an earlier cheque that this one takes off."""

    entries: tuple[Entry, ...]
    brought_forward: Debt | None = None

    @property
    def claims_total(self) -> Decimal:
        return sum((entry.payable.decision.paid for entry in self.entries if entry.payable.decision), _ZERO)

    @property
    def own_levels(self) -> tuple[Level, ...]:
        return tuple(level for entry in self.entries for level in entry.payable.levels)

    @property
    def balance(self) -> Decimal:
        """Before nothing less than zero can be paid."""
        taken = sum((level.amount for level in self.own_levels), _ZERO)
        return self.claims_total - taken - (self.brought_forward.amount if self.brought_forward else _ZERO)

    @property
    def total(self) -> Decimal:
        return max(self.balance, _ZERO)

    @property
    def carried_forward(self) -> Debt | None:
        """What the payee still owes when what is taken back is larger than what is paid."""
        if self.balance >= 0:
            return None
        owing = (entry.record.payer_number for entry in self.entries if entry.reversal or entry.payable.levels)
        reference = next(owing, self.brought_forward.reference if self.brought_forward else "")
        return Debt(-self.balance, reference)

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every PLB. FB goes in both directions: above zero it lowers this cheque, below zero it moves a debt on."""
        found = list(self.own_levels)
        if self.brought_forward:
            found.append(Level(_FORWARD, self.brought_forward.amount, self.brought_forward.reference))
        if self.carried_forward:
            found.append(Level(_FORWARD, -self.carried_forward.amount, self.carried_forward.reference))
        return tuple(found)


def render(cheque: Cheque, payer: Payer, trace: str, paid_on: date) -> str:
    """The body of the 835 for one cheque."""
    billing = cheque.entries[0].record.claim.billing
    adjustments = [
        x12.ProviderAdjustment(billing.npi, date(paid_on.year, 12, 31), level.reason, level.amount, level.reference)
        for level in cheque.levels
    ]
    claims = [
        _claim_payment(entry, entry.payable.decision, payer) for entry in cheque.entries if entry.payable.decision
    ]
    return x12.render_remittance_body(_head(cheque, payer, trace, paid_on), claims, adjustments)


def _head(cheque: Cheque, payer: Payer, trace: str, paid_on: date) -> x12.Remittance:
    line, city, state, postal_code = payer.address
    billing = cheque.entries[0].record.claim.billing
    money = cheque.total > 0
    ach = money and payer.payment_method == "ACH"
    return x12.Remittance(
        total=cheque.total,
        payment_date=paid_on,
        trace=trace,
        payer=x12.Party(
            name=payer.name,
            address=x12.Address(line, "", city, state, postal_code),
            references=(x12.Reference("2U", payer.id),),
            contacts=(x12.Contact("BL", "PROVIDER SERVICE", (("TE", payer.telephone),)),),
        ),
        payee=x12.Party(
            name=billing.name,
            id_qualifier="XX",
            id=billing.npi,
            references=(x12.Reference("TJ", billing.tax_id),),
        ),
        handling="I" if money else "H",
        method=payer.payment_method if money else "NON",
        payment_format="CCP" if ach else "",
        sender_account=x12.BankAccount("01", "999999992", "DA", payer.tax_id) if ach else None,
        originator=f"1{payer.tax_id}" if ach else "",
        receiver_account=x12.BankAccount("01", "999999992", "DA", billing.tax_id) if ach else None,
        trace_issuer=f"1{payer.tax_id}",
        production_date=paid_on,
    )


def _claim_payment(entry: Entry, decision: Decision, payer: Payer) -> x12.ClaimPayment:
    claim, payable = entry.record.claim, entry.payable
    by_number = {line.number: line for line in claim.lines}
    services = () if decision.claim_level_only else decision.lines
    return x12.ClaimPayment(
        control_number=payable.control_number or claim.control_number,
        status=status_of(entry.record.claim, entry.payable, decision),
        charge=decision.charge,
        paid=decision.paid,
        # A reversal names no patient responsibility of its own in CLP05; its CAS segments carry it.
        patient_responsibility=None if entry.reversal else decision.patient_responsibility or None,
        filing_code=payer.filing_code,
        payer_control_number=payable.payer_number or entry.record.payer_number,
        place_of_service=claim.place_of_service,
        frequency=claim.frequency,
        patient=_patient(claim),
        subscriber=_subscriber(claim),
        rendering=_rendering(claim),
        adjustments=_cas(decision.adjustments),
        services=tuple(_service(by_number[line.number], line, named=payable.line_numbers) for line in services),
        dates=(x12.DatedEvent("050", claim.received_on),),
        moa=("MOA", "", "", *decision.remarks[:5]) if decision.remarks else (),
        extra=(("AMT", "I", format(payable.interest, ".2f")),) if payable.interest else (),
    )


def status_of(claim: Claim, payable: Payable, decision: Decision) -> str:
    """CLP02 (rulebook 11)."""
    if payable.reverses:
        return REVERSAL
    if payable.status:
        return payable.status
    return DENIED if decision.denied else _PROCESSED.get(claim.responsibility, "1")


def _patient(claim: Claim) -> x12.Party:
    who = claim.patient
    return x12.Party(who.last_name, PERSON, who.first_name, id_qualifier="MI", id=claim.member_id)


def _subscriber(claim: Claim) -> x12.Party | None:
    if claim.patient == claim.subscriber:
        return None
    who = claim.subscriber
    return x12.Party(who.last_name, PERSON, who.first_name, id_qualifier="MI", id=claim.member_id)


def _rendering(claim: Claim) -> x12.Party | None:
    npi = claim.lines[0].rendering_npi
    if npi in ("", claim.billing.npi):
        return None
    return x12.Party("", PERSON, id_qualifier="XX", id=npi)


def _service(line: Line, decided: LineDecision, *, named: bool) -> x12.ServicePayment:
    billed = x12.Procedure(line.cpt, line.modifiers)
    return x12.ServicePayment(
        paid_procedure=replace(billed, code=decided.paid_cpt) if decided.paid_cpt else billed,
        original_procedure=billed if decided.paid_cpt else None,
        charge=decided.charge,
        paid=decided.paid,
        paid_units=line.units if decided.units is None else decided.units,
        service_from=line.service_on,
        control_number=(line.control_number or str(line.number)) if named else "",
        allowed=decided.allowed,
        adjustments=_cas(decided.adjustments),
        remarks=decided.remarks,
    )


def _cas(adjustments: Sequence[Adjustment]) -> tuple[x12.Adjustment, ...]:
    return tuple(x12.Adjustment(one.group, one.carc, one.amount) for one in adjustments)
