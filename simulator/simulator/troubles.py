"""The kinds of trouble a payer can make, as a table, and which of them a claim draws.

Kinds of one group exclude each other: a claim draws at most one of them, each at its own rate. The draw depends on
the seed, the group and the claim alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal

from simulator.adjudication.claim import ORIGINAL, Claim
from simulator.adjudication.payer import STRICT, Group

EVERY = "*"


class Stage(StrEnum):
    """Where on a claim's way a trouble sits; kinds of one stage exclude each other."""

    FRONT = "front"
    COURSE = "course"
    BESIDE = "beside"
    DENIAL = "denial"
    PRICE = "price"
    SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class Trouble:
    """`says` is the trouble in a sentence. `needs_money`: it is nothing on a claim that is denied whole. `stops`: no
    payer ever decides the claim.
    """

    name: str
    stage: Stage
    says: str
    needs_money: bool = False
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a drawn denial is written. `whole`: every line of the claim, else the last line alone.

    Beside a kind that needs money a denial takes the last line of several, whatever `whole` says.
    """

    carc: str
    group: Group = "CO"
    remarks: tuple[str, ...] = ()
    whole: bool = False


DENIALS: Mapping[str, Refusal] = {
    "modifier": Refusal("4"),
    "missing_information": Refusal("16", remarks=("N290", "MA130"), whole=True),
    "duplicate": Refusal("18", "OA", whole=True),
    "other_payer_first": Refusal("22", whole=True),
    "coverage_ended": Refusal("27", whole=True),
    "timely_filing": Refusal("29", whole=True),
    "necessity": Refusal("50", remarks=("N115",)),
    "not_covered": Refusal("96", "PR"),
    "bundled": Refusal("97", remarks=("M80",)),
    "global_period": Refusal("97", remarks=("N525",)),
    "benefit_maximum": Refusal("119", "PR"),
    "units": Refusal("151", remarks=("N362",)),
    "authorization": Refusal("197", whole=True),
    "payer_initiated": Refusal("50", "PI"),
    # B22 (adjusted for the diagnosis) is a reason that a practice's own table need not hold.
    "unlisted_reason": Refusal("B22"),
}

_FRONT: tuple[tuple[str, bool, str], ...] = (
    ("silence", True, "nobody ever says anything after the 999"),
    ("rejected_at_clearinghouse", True, "the clearinghouse's 277CA rejects the claim"),
    ("rejected_by_payer", True, "the clearinghouse accepts the claim, hours later the payer's 277CA rejects it"),
    ("refused_but_taken", False, "the clearinghouse's 277CA rejects the claim, and the payer takes and decides it"),
    ("taken_after_refusal", False, "the payer's 277CA rejects the claim, and hours later another accepts it"),
)
_COURSES: tuple[tuple[str, bool, str], ...] = (
    ("late", False, "the remittance comes a month late"),
    ("interest", True, "the remittance comes a month late, with interest (PLB L6)"),
    ("split", False, "the lines of the claim are paid by two remittances"),
    ("zero_pay", False, "everything goes to the deductible: a remittance without money (BPR04 NON)"),
    ("corrected", False, "a reversal and its correction on one later cheque (CLP02 22)"),
    ("corrected_apart", False, "a reversal on one cheque, its correction on a later one"),
    ("taken_back", True, "a reversal on a cheque of its own, whose debt is carried forward (PLB FB)"),
    ("recovery", True, "an overpayment is taken from a later cheque without a reversal (PLB WO)"),
    ("recovery_announced", True, "a reversal and correction whose money is taken by a later cheque (PLB WO twice)"),
    ("refund_returned", True, "a reversal and correction, and a refund that the payer acknowledges (PLB 72 and WO)"),
    ("crossover", False, "the claim is forwarded to a second payer, which pays without having been asked (19, then 2)"),
    ("sent_on", False, "not this payer's claim: it is sent on (CLP02 23), and the other one decides it"),
)
_BESIDE: tuple[tuple[str, bool, str], ...] = (
    ("late_charge", True, "the cheque is lowered by a charge for late filing (PLB 50)"),
    ("unknown_claim", True, "the cheque also pays a claim that nobody sent"),
    ("repeated", True, "the same remittance comes a second time in a later interchange"),
    ("money_first", True, "the deposit is at the bank days before the remittance comes"),
    ("money_late", True, "the deposit is at the bank days after the remittance came"),
)
_PRICES: tuple[tuple[str, bool, str], ...] = (
    ("downcoded", True, "another code than the billed one is paid (SVC06, CO-150)"),
    ("sequestration", True, "2 % of the payment is held back (CO-253)"),
)
_SHAPES: tuple[tuple[str, bool, str], ...] = (
    ("claim_level_only", False, "adjustments at claim level alone, and no service lines"),
    ("no_line_control", False, "the payer leaves our line numbers out (REF 6R)"),
    ("line_cut", False, "one of our lines is paid as two"),
)

KINDS: Mapping[str, Trouble] = {
    trouble.name: trouble
    for trouble in (
        *(Trouble(name, Stage.FRONT, says, stops=stops) for name, stops, says in _FRONT),
        *(Trouble(name, Stage.COURSE, says, money) for name, money, says in _COURSES),
        *(Trouble(name, Stage.BESIDE, says, money) for name, money, says in _BESIDE),
        *(Trouble(name, Stage.DENIAL, f"denied: {one.group}-{one.carc}") for name, one in DENIALS.items()),
        *(Trouble(name, Stage.PRICE, says, money) for name, money, says in _PRICES),
        *(Trouble(name, Stage.SHAPE, says, money) for name, money, says in _SHAPES),
    )
}


def need_money(kinds: Iterable[str]) -> bool:
    return any(KINDS[kind].needs_money for kind in kinds)


@dataclass(frozen=True, slots=True)
class TroubleTable:
    """`rates` by kind, between 0 and 1; `*` stands for every kind that is not named.

    `claims`: what makes a draw a claim's own. `control_number` is the number it was sent under; `services` are its
    member and lines, which stay the same when the whole platform is run again and gives other numbers; `without` is a
    text left out of member ids, such as the name of a run. `gap_days` lie between one thing a payer does with a claim
    and the next.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    seed: int = 1
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    claims: Literal["control_number", "services"] = "control_number"
    without: str = ""
    gap_days: float = 5.0

    def __post_init__(self) -> None:
        """Raises ValueError for a kind that there is not, and for rates that do not fit into one draw."""
        unknown = set(self.rates) - set(KINDS) - {EVERY}
        if unknown:
            raise ValueError(f"there is no trouble called {', '.join(sorted(unknown))}")
        if any(not 0 <= rate <= 1 for rate in self.rates.values()):
            raise ValueError("a rate is between 0 and 1")
        if any(self._sum_of(stage) > 1 + 1e-9 for stage in Stage):
            raise ValueError("the rates of one stage add up to more than every claim")
        if not 0 < self.gap_days <= 365:
            raise ValueError("gap_days is between 0 and 365")

    def rate(self, kind: str) -> float:
        return self.rates.get(kind, self.rates.get(EVERY, 0.0))

    def _sum_of(self, stage: Stage) -> float:
        return sum(self.rate(kind.name) for kind in KINDS.values() if kind.stage is stage)

    def drawn(self, claim: Claim) -> tuple[str, ...]:
        """The kinds that this claim draws, in the order of the table; corrections and later payers' claims draw none.

        After a kind that stops the claim nothing else is drawn. A denial is not put on the only line of a claim whose
        other kind needs money.
        """
        if claim.frequency != ORIGINAL or claim.responsibility != "P" or not any(self.rates.values()):
            return ()
        found: list[str] = []
        for stage in Stage:
            kind = self._draw(stage, claim)
            moneyless = kind in DENIALS and len(claim.lines) == 1 and need_money(found)
            if kind and not moneyless:
                found.append(kind)
            if kind and KINDS[kind].stops:
                break
        return tuple(found)

    def _draw(self, stage: Stage, claim: Claim) -> str:
        # Not for secrets: the same seed and claim draw the same.
        left = random.Random(f"{self.seed}|{stage}|{self._key(claim)}").random()  # noqa: S311
        for kind in KINDS.values():
            if kind.stage is stage:
                left -= self.rate(kind.name)
                if left < 0:
                    return kind.name
        return ""

    def _key(self, claim: Claim) -> str:
        if self.claims == "control_number":
            return claim.control_number
        lines = (f"{line.service_on}{line.cpt}{line.units}{''.join(line.modifiers)}" for line in claim.lines)
        member = claim.member_id.replace(self.without, "") if self.without else claim.member_id
        return f"{member}|{'|'.join(lines)}"
