"""A denial case: one per claim, from the remittance that denied it to the last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from codes.carc import category_of
from common.change import Change
from common.money import Money
from denials.domain import playbook
from denials.domain.events import (
    AppealFiled,
    CorrectionRequested,
    DenialCaseOpened,
    DenialOverturned,
    DenialUpheld,
    LineChange,
)
from denials.domain.playbook import Play
from denials.domain.refusals import CannotAppeal, NoSuchLine, NothingToCorrect, NotPossibleNow, WindowClosed
from denials.domain.terms import Terms


class Status(StrEnum):
    OPEN = "open"
    CORRECTING = "correcting"
    APPEALED = "appealed"
    OVERTURNED = "overturned"
    UPHELD = "upheld"


class Act(StrEnum):
    """Everything that can happen to a case."""

    CORRECT = "correct"
    APPEAL = "appeal"
    DENY_AGAIN = "be denied again"
    PAY_PART = "be paid in part"
    OVERTURN = "be overturned"
    UPHOLD = "be closed"


ALLOWED: Mapping[tuple[Status, Act], Status] = {
    (Status.OPEN, Act.CORRECT): Status.CORRECTING,
    (Status.OPEN, Act.APPEAL): Status.APPEALED,
    (Status.OPEN, Act.DENY_AGAIN): Status.OPEN,
    (Status.OPEN, Act.PAY_PART): Status.OPEN,
    (Status.OPEN, Act.OVERTURN): Status.OVERTURNED,
    (Status.OPEN, Act.UPHOLD): Status.UPHELD,
    (Status.CORRECTING, Act.DENY_AGAIN): Status.OPEN,
    (Status.CORRECTING, Act.PAY_PART): Status.OPEN,
    (Status.CORRECTING, Act.OVERTURN): Status.OVERTURNED,
    (Status.CORRECTING, Act.UPHOLD): Status.UPHELD,
    (Status.APPEALED, Act.DENY_AGAIN): Status.OPEN,
    (Status.APPEALED, Act.PAY_PART): Status.OPEN,
    (Status.APPEALED, Act.OVERTURN): Status.OVERTURNED,
    (Status.APPEALED, Act.UPHOLD): Status.UPHELD,
    # A payer may take back what it paid after a case was won.
    (Status.OVERTURNED, Act.DENY_AGAIN): Status.OPEN,
    (Status.OVERTURNED, Act.PAY_PART): Status.OPEN,
    (Status.UPHELD, Act.OVERTURN): Status.OVERTURNED,
    # The payer took back the decision that was given up, which brought the write-off back, and denied anew.
    (Status.UPHELD, Act.DENY_AGAIN): Status.OPEN,
}

FINAL = frozenset({Status.OVERTURNED, Status.UPHELD})


@dataclass(frozen=True, slots=True)
class Adjustment:
    group: str
    carc: str
    amount: Money


@dataclass(frozen=True, slots=True)
class DeniedLine:
    number: int
    cpt: str
    modifiers: tuple[str, ...]
    charge: Money
    denied: Money
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denial:
    """What the remittance said. `denied` is what is open as denied, from earlier ones too, as the last one left it.

    `remittance_id` names the last one that said so, also where it only paid a part.
    """

    remittance_id: UUID
    control_number: str
    payer_claim_number: str | None
    payer_id: str
    date_of_service: date
    adjudicated_on: date
    denied: Money
    lines: tuple[DeniedLine, ...]
    remarks: tuple[str, ...] = ()

    def beside(self, earlier: Denial) -> Denial:
        """Both denials as one: every line that is denied, with the window of the one whose window ends first."""
        renewed = {line.number for line in self.lines if line.number}
        kept = tuple(line for line in earlier.lines if line.number not in renewed)
        return replace(
            self,
            adjudicated_on=min(earlier.adjudicated_on, self.adjudicated_on),
            lines=tuple(sorted((*kept, *self.lines), key=lambda line: line.number)),
            remarks=tuple(dict.fromkeys((*earlier.remarks, *self.remarks))),
        )

    @property
    def carcs(self) -> tuple[str, ...]:
        """Reason codes that deny, each once, in the order of the remittance."""
        seen = dict.fromkeys(a.carc for line in self.lines for a in line.adjustments if a.amount)
        return tuple(seen)


@dataclass(frozen=True, slots=True)
class DenialCase:
    id: UUID
    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    status: Status
    denial: Denial
    terms: Terms
    appeals: int = 0
    decision_due: date | None = None
    owner: str | None = None
    version: int = 1

    @property
    def carc(self) -> str:
        return playbook.leading(self.denial.carcs)

    @property
    def play(self) -> Play:
        return playbook.play_for(self.carc)

    @property
    def category(self) -> str:
        return category_of(self.carc).value

    @property
    def respond_by(self) -> date:
        """The last day of whatever the playbook suggests, or of the other window where that is the only one left."""
        on = self.denial.adjudicated_on
        if self.play.action in APPEALS:
            return self.terms.appeal_by(on)
        return self.terms.correct_by(on)

    def request_correction(
        self, changes: tuple[LineChange, ...], *, authorization_number: str | None, today: date
    ) -> Change[DenialCase]:
        """Ask claims for a replacement claim.

        Raises NotPossibleNow, WindowClosed, NothingToCorrect, NoSuchLine.
        """
        until = self.terms.correct_by(self.denial.adjudicated_on)
        if today > until:
            raise WindowClosed(what="correction", day=until)
        if not authorization_number and not any(_changes(change) for change in changes):
            raise NothingToCorrect
        denied = {line.number for line in self.denial.lines}
        for change in changes:
            if change.line not in denied:
                raise NoSuchLine(line=change.line, lines=", ".join(map(str, sorted(denied))))
        event = CorrectionRequested(
            case_id=self.id,
            claim_id=self.claim_id,
            control_number=self.denial.control_number,
            payer_claim_number=self.denial.payer_claim_number,
            changes=changes,
            authorization_number=authorization_number,
            remittance_id=self.denial.remittance_id,
        )
        return Change(self._moved(Act.CORRECT), (event,))

    def file_appeal(self, *, today: date) -> Change[DenialCase]:
        """Raises NotPossibleNow, CannotAppeal, WindowClosed."""
        moved = self._moved(Act.APPEAL)
        if not self.play.appeal:
            raise CannotAppeal(carc=self.carc, advice=self.play.advice)
        until = self.terms.appeal_by(self.denial.adjudicated_on)
        if today > until:
            raise WindowClosed(what="appeal", day=until)
        due = self.terms.decision_due(today)
        level = self.appeals + 1
        event = AppealFiled(self.id, self.claim_id, level, today, due, self.denial.remittance_id)
        return Change(replace(moved, appeals=level, decision_due=due), (event,))

    def denied_again(self, denial: Denial, terms: Terms, *, newly: Money) -> Change[DenialCase]:
        """A later remittance denied `newly` once more: the case goes on with what that one says.

        Where more is open than that, the earlier denial stands beside it. A case that was won or given up is worked
        again, under the terms and the window of the new denial; what was given up is not open any more, although its
        write-off may reach the books only after the remittance.
        """
        if self.status is Status.UPHELD:
            whole = replace(denial, denied=newly)
        else:
            whole = denial.beside(self.denial) if denial.denied > newly else denial
        moved = replace(self._moved(Act.DENY_AGAIN), denial=whole, terms=terms, decision_due=None)
        return Change(moved, (_opened(moved),))

    def paid_in_part(self, open_denied: Money, remittance_id: UUID) -> Change[DenialCase]:
        """The payer paid something and `open_denied` is still denied; nothing changes where that is what was denied.

        What it granted of an appeal or a correction ends that: the rest is to be worked again.
        """
        if open_denied == self.denial.denied or self.status is Status.UPHELD:
            return Change(self)
        left = replace(self.denial, denied=open_denied, remittance_id=remittance_id)
        moved = replace(self._moved(Act.PAY_PART), denial=left, decision_due=None)
        return Change(moved, (_opened(moved),) if self.status is not Status.OPEN else ())

    def reversed(self, open_denied: Money) -> Change[DenialCase]:
        """The payer took a decision back: the case is about what the others leave denied, until the next decision."""
        if self.status in FINAL:
            return Change(self)
        return Change(replace(self, denial=replace(self.denial, denied=open_denied)))

    def overturned(self, recovered: Money) -> Change[DenialCase]:
        """The payer paid. Raises NotPossibleNow."""
        event = DenialOverturned(self.id, self.claim_id, recovered, self.denial.remittance_id)
        return Change(replace(self._moved(Act.OVERTURN), decision_due=None), (event,))

    def upheld(self) -> Change[DenialCase]:
        """Give up, or accept the payer's last word: what was denied leaves the receivable. Raises NotPossibleNow."""
        event = DenialUpheld(self.id, self.claim_id, self.denial.denied, self.denial.remittance_id)
        return Change(replace(self._moved(Act.UPHOLD), decision_due=None), (event,))

    def _moved(self, act: Act) -> DenialCase:
        to = ALLOWED.get((self.status, act))
        if to is None:
            raise NotPossibleNow(case_id=self.id, status=self.status.value, act=act.value)
        return replace(self, status=to)


APPEALS = frozenset({playbook.Action.APPEAL, playbook.Action.APPEAL_WITH_RECORDS})


def open_case(
    id: UUID, *, claim_id: UUID, encounter_id: UUID, patient_id: UUID, denial: Denial, terms: Terms
) -> Change[DenialCase]:
    """A case for a claim that was denied for the first time."""
    case = DenialCase(
        id=id,
        claim_id=claim_id,
        encounter_id=encounter_id,
        patient_id=patient_id,
        status=Status.OPEN,
        denial=denial,
        terms=terms,
    )
    return Change(case, (_opened(case),))


def _opened(case: DenialCase) -> DenialCaseOpened:
    return DenialCaseOpened(
        case_id=case.id,
        claim_id=case.claim_id,
        category=case.category,
        carcs=case.denial.carcs,
        denied=case.denial.denied,
        respond_by=case.respond_by,
    )


def _changes(change: LineChange) -> bool:
    return any(part is not None for part in (change.modifiers, change.diagnosis_pointers, change.units))
