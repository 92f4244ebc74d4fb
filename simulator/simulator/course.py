"""What a payer does with a claim it has decided, from the first cheque to the last: a table of courses.

Pure. Each course says what is put on cheques and when, and which decision stands in the end. One that does not fit
the claim gives None, and the claim takes the plain course.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from simulator.adjudication.adjudicate import decide
from simulator.adjudication.case import Case, Denial
from simulator.adjudication.coordination import coordinated
from simulator.adjudication.decision import PATIENT, ZERO, Decision, LineDecision
from simulator.adjudication.fee_schedule import cents
from simulator.adjudication.payer import Payer
from simulator.adjudication.reporting import in_two_parts
from simulator.records import Level, Payable

LATE_DAYS = 30
PAYMENT, REVERSAL, CORRECTION = "payment", "reversal", "correction"
FORWARDED_AS_PRIMARY, SECONDARY, SENT_ON = "19", "2", "23"
_LATE_CHARGE = Decimal("7.50")
_SECOND_PAYERS_SHARE = Decimal("0.60")
_BOTTOMLESS = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Situation:
    """A decided claim before its first cheque. `claim` is its number, `ordered` the denials it was decided under.

    `other` is a payer to which it can be forwarded; `gap` the days between two acts of the payer.
    """

    claim: int
    payer: Payer
    payer_number: str
    case: Case
    ordered: tuple[Denial, ...]
    decision: Decision
    ripe_at: float
    gap: float
    other: Payer | None = None

    def payable(self, part: str = PAYMENT, decision: Decision | None = None, *, after: float = 0.0) -> Payable:
        return Payable(self.claim, self.payer.id, part, self.ripe_at + after, decision)

    def at_the_others(self, part: str, decision: Decision) -> Payable | None:
        """The same claim on another payer's cheque, under that one's own number."""
        if self.other is None:
            return None
        number = f"{self.other.payer_number_prefix}X{self.claim:09d}"
        return replace(self.payable(part, decision, after=self.gap), payer_id=self.other.id, payer_number=number)

    @property
    def alone(self) -> str:
        """The name of a cheque of this claim's own."""
        return f"claim {self.claim}"


@dataclass(frozen=True, slots=True)
class Plan:
    """`standing` is what the payer's memory holds of the claim when everything has been paid."""

    payables: tuple[Payable, ...]
    standing: Decision


Course = Callable[[Situation], Plan | None]


def plain(at: Situation) -> Plan:
    """One payment, as soon as it is ripe."""
    return Plan((at.payable(PAYMENT, at.decision),), at.decision)


def _late(at: Situation) -> Plan:
    return plain(replace(at, ripe_at=at.ripe_at + LATE_DAYS))


def _interest(at: Situation) -> Plan | None:
    due = cents(at.decision.paid * at.payer.interest_rate * LATE_DAYS / 365)
    if not due:
        return None
    late = _late(at).payables[0]
    return Plan((replace(late, levels=(Level("L6", -due, at.payer_number),), interest=due),), at.decision)


def _split(at: Situation) -> Plan | None:
    parts = in_two_parts(at.decision)
    if parts is None:
        return None
    first, second = parts
    return Plan((at.payable(PAYMENT, first), at.payable("rest", second, after=at.gap)), at.decision)


def _zero_pay(at: Situation) -> Plan:
    bottomless = replace(
        at.case.member,
        deductible_remaining=_BOTTOMLESS,
        copay=ZERO,
        out_of_pocket_remaining=None,
    )
    decided = decide(replace(at.case, member=bottomless), at.ordered)
    # The member's own accumulators know nothing of this deductible.
    decided = replace(decided, deductible_applied=ZERO, out_of_pocket_applied=ZERO)
    return Plan((replace(at.payable(PAYMENT, decided), apart=at.alone),), decided)


def _second_look(at: Situation, *, worse: bool) -> Decision | None:
    """Decided again: what was refused is granted, or the last line that was allowed is refused."""
    if at.ordered and not worse:
        return decide(at.case)
    allowed = [line.number for line in at.decision.lines if not line.denied]
    if not allowed:
        return None
    return decide(at.case, (*at.ordered, Denial(allowed[-1], "50", "a second look", remarks=("N115",))))


def _reversed(at: Situation, after: float) -> Payable:
    return replace(at.payable(REVERSAL, at.decision.reversed(), after=after), reverses=PAYMENT)


def _corrected(at: Situation) -> Plan | None:
    return _reversal_and_correction(at, _second_look(at, worse=False), at.gap, at.gap)


def _corrected_apart(at: Situation) -> Plan | None:
    return _reversal_and_correction(at, _second_look(at, worse=False), at.gap, 2 * at.gap)


def _reversal_and_correction(
    at: Situation, again: Decision | None, reversed_after: float, corrected_after: float
) -> Plan | None:
    if again is None:
        return None
    pair = _reversed(at, reversed_after), at.payable(CORRECTION, again, after=corrected_after)
    return Plan((*plain(at).payables, *pair), again)


def _taken_back(at: Situation) -> Plan | None:
    ended = (Denial(line.number, "27", "the coverage had ended after all") for line in at.case.claim.lines)
    plan = _reversal_and_correction(at, decide(at.case, tuple(ended)), at.gap, at.gap)
    if plan is None or not at.decision.paid:
        return None
    first, *pair = plan.payables
    return replace(plan, payables=(first, *(replace(one, apart=at.alone) for one in pair)))


def _recovery(at: Situation) -> Plan | None:
    taken = cents(at.decision.paid / 2)
    if not taken:
        return None
    recovered = replace(at.payable("recovery", after=at.gap), levels=(Level("WO", taken, at.payer_number),))
    return Plan((*plain(at).payables, recovered), at.decision)


def _recovery_announced(at: Situation) -> Plan | None:
    return _worked_off(at, lambda lost: (Level("WO", lost, at.payer_number),))


def _refund_returned(at: Situation) -> Plan | None:
    """The refund that came in is acknowledged by 72, against the recovery that it makes needless."""
    return _worked_off(at, lambda lost: (Level("72", -lost, at.payer_number), Level("WO", lost, at.payer_number)))


def _worked_off(at: Situation, later: Callable[[Decimal], tuple[Level, ...]]) -> Plan | None:
    """A reversal and correction whose difference is left with the provider (PLB WO below zero), and what `later` is."""
    again = _second_look(at, worse=True)
    plan = _reversal_and_correction(at, again, at.gap, at.gap)
    lost = ZERO if again is None else at.decision.paid - again.paid
    if plan is None or lost <= 0:
        return None
    payment, reversal, correction = plan.payables
    correction = replace(correction, levels=(Level("WO", -lost, at.payer_number),))
    settled = replace(at.payable("settlement", after=2 * at.gap), levels=later(lost))
    return replace(plan, payables=(payment, reversal, correction, settled))


def _crossover(at: Situation) -> Plan | None:
    second = at.at_the_others("second payer", _as_second_payer(at.decision))
    if second is None or not at.decision.patient_responsibility or at.decision.claim_level_only:
        return None
    first = replace(at.decision, remarks=(*at.decision.remarks, "MA18"))
    payments = replace(at.payable(PAYMENT, first), status=FORWARDED_AS_PRIMARY), replace(second, status=SECONDARY)
    return Plan(payments, at.decision)


def _as_second_payer(first: Decision) -> Decision:
    def line(one: LineDecision) -> LineDecision:
        left = sum((item.amount for item in one.adjustments if item.group == PATIENT), ZERO)
        own = LineDecision(one.number, one.charge, cents(left * _SECOND_PAYERS_SHARE), allowed=one.charge)
        return coordinated(own, left)

    return Decision(first.charge, tuple(map(line, first.lines)))


def _sent_on(at: Situation) -> Plan | None:
    there = at.at_the_others("right payer", at.decision)
    if there is None:
        return None
    elsewhere = (Denial(line.number, "B11", "sent on to the right payer", "OA") for line in at.case.claim.lines)
    here = decide(at.case, tuple(elsewhere))
    return Plan((replace(at.payable("sent on", here), status=SENT_ON), there), here)


COURSES: Mapping[str, Course] = {
    "late": _late,
    "interest": _interest,
    "split": _split,
    "zero_pay": _zero_pay,
    "corrected": _corrected,
    "corrected_apart": _corrected_apart,
    "taken_back": _taken_back,
    "recovery": _recovery,
    "recovery_announced": _recovery_announced,
    "refund_returned": _refund_returned,
    "crossover": _crossover,
    "sent_on": _sent_on,
}

Companion = Callable[[Situation, Payable], tuple[Payable, ...] | None]
"""What becomes of a plan's first payable beside its course."""


def _late_charge(at: Situation, first: Payable) -> tuple[Payable, ...] | None:
    if first.decision is None or first.decision.paid <= _LATE_CHARGE:
        return None
    return (replace(first, levels=(*first.levels, Level("50", _LATE_CHARGE, at.payer_number))),)


def _unknown_claim(at: Situation, first: Payable) -> tuple[Payable, ...]:
    # A claim that was only sent on has no payment that the stray one could look like.
    like = at.payable(PAYMENT, at.decision) if first.status == SENT_ON else first
    stray = replace(
        like,
        part="stray",
        control_number=f"STRAY{at.claim:07d}",
        payer_number=f"S{at.payer_number}",
        levels=(),
        interest=ZERO,
    )
    return first, stray


def _repeated(at: Situation, first: Payable) -> tuple[Payable, ...]:
    return (replace(first, apart=at.alone, repeated_after=at.gap),)


def _money_first(at: Situation, first: Payable) -> tuple[Payable, ...]:
    return (replace(first, apart=at.alone, timing="money_first"),)


def _money_late(at: Situation, first: Payable) -> tuple[Payable, ...]:
    return (replace(first, apart=at.alone, timing="money_late"),)


COMPANIONS: Mapping[str, Companion] = {
    "late_charge": _late_charge,
    "unknown_claim": _unknown_claim,
    "repeated": _repeated,
    "money_first": _money_first,
    "money_late": _money_late,
}


def planned(at: Situation, kinds: Iterable[str]) -> tuple[Plan, tuple[str, ...]]:
    """The course among `kinds`, or the plain one when none fits the claim, with what stands beside it; which did."""
    plan, effective = plain(at), list[str]()
    for kind in kinds:
        course, companion = COURSES.get(kind), COMPANIONS.get(kind)
        changed = course(at) if course else None
        if companion:
            first, *rest = plan.payables
            beside = companion(at, first)
            changed = None if beside is None else replace(plan, payables=(*beside, *rest))
        if changed is not None:
            plan = changed
            effective.append(kind)
    return plan, tuple(effective)
