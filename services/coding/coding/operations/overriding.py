"""A coder codes an encounter by hand, with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from codes import cpt, icd10, modifiers
from coding import store
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.encounter import DIAGNOSES_ON_A_CLAIM, Encounter, Outcome, Override
from coding.domain.reasons import Reason, Rule
from coding.domain.refusals import Fault
from coding.domain.visit import PayerType
from coding.operations.announcing import announce
from coding.operations.pricing import priced
from common.phi import Phi
from common.refusal import Refusal, Stale
from common.uow import UnitOfWork

BY_HAND = Rule("OVERRIDE", "the practice's coder", "A coder chose the line; the history of the encounter says why.")
OPEN_TO_OVERRIDE = frozenset({Disposition.HOLD, Disposition.READY})


class NothingToOverride(Refusal):
    code = "nothing-to-override"
    sentence = "Encounter {encounter_id} is {disposition} for a {payer} payer, so it has no claim to code by hand."
    mend = "Amend the facts of the visit if they are wrong."


class FactsMissing(Refusal):
    code = "facts-missing"
    sentence = "Encounter {encounter_id} does not say {facts}, which a claim needs whatever its lines are."
    mend = "Send the whole visit form to the encounter first."


class LinesNotValid(Refusal):
    """`faults` name the lines and what is wrong with each; the codes in them are only repeated when they are known."""

    code = "lines-not-valid"
    sentence = "The lines cannot go on a claim: {faults}."
    mend = "Correct the named lines."
    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(faults="; ".join(str(fault) for fault in self.faults[:20]))


@dataclass(frozen=True, slots=True)
class HandLine:
    """A line as a coder wrote it; `dx` in the order of its pointers."""

    cpt: str
    units: int
    modifiers: tuple[str, ...]
    dx: tuple[str, ...]


async def override(
    uow: UnitOfWork, encounter_id: UUID, version: int, lines: Sequence[HandLine], *, reason: Phi[str]
) -> Outcome:
    """Put a coder's lines in the place of the engine's, which makes the encounter ready.

    What the patient pays alone stays, and so does what the engine found, as notes that hold no longer. Raises
    NotFound, Stale, NothingToOverride, FactsMissing, LinesNotValid.
    """
    async with uow.begin() as tx:
        before = await store.load(tx, encounter_id)
        if before.version != version:
            raise Stale(kind="encounter", id=encounter_id, version=version)
        coded = await priced(tx, _by_hand(before, lines), before.date_of_service)
        mark = Override(by=tx.actor.subject, at=tx.now, reason=reason)
        encounter = await store.save(tx, replace(before, coded=coded, override=mark))
        await announce(tx, encounter, before, act="overridden", reason=reason)
        tx.audit("decide", "encounter", encounter.id, version=encounter.version, act="override")
        return tx.done(Outcome(encounter, before))


def _by_hand(encounter: Encounter, lines: Sequence[HandLine]) -> CodedVisit:
    document = encounter.document
    told = {"the place of service": "place_of_service" in document, "the payer": "type" in document.get("payer", {})}
    if not all(told.values()):
        raise FactsMissing(encounter_id=encounter.id, facts=" and ".join(what for what in told if not told[what]))
    disposition, payer = encounter.coded.disposition, encounter.document["payer"]["type"]
    if disposition not in OPEN_TO_OVERRIDE or payer == PayerType.SELF_PAY:
        raise NothingToOverride(encounter_id=encounter.id, disposition=disposition.value, payer=payer)
    faults = tuple(_faults(lines, encounter.date_of_service))
    if faults:
        raise LinesNotValid(faults)
    return replace(
        encounter.coded,
        disposition=Disposition.READY,
        lines=tuple(_line(line) for line in lines),
        findings=tuple(replace(finding, holds=False) for finding in encounter.coded.findings),
    )


def _line(line: HandLine) -> CodedLine:
    dx = tuple(icd10.dotted(code) for code in line.dx)
    return CodedLine(line.cpt, line.units, modifiers.in_order(line.modifiers), dx, (Reason(BY_HAND, ()),))


def _faults(lines: Sequence[HandLine], on: date) -> Iterator[Fault]:
    for position, line in enumerate(lines):
        code = cpt.lookup(line.cpt)
        if code is None or not code.is_valid_on(on):
            yield Fault(f"lines[{position}].cpt", f"is not a procedure code that this table knows for {on}")
        for wrong in modifiers.conflicts(line.modifiers, evaluation=code is not None and code.is_evaluation):
            yield Fault(f"lines[{position}].modifiers", wrong.rstrip("."))
        yield from _faults_of_diagnoses(line.dx, f"lines[{position}].dx", on)
    if len({dx for line in lines for dx in line.dx}) > DIAGNOSES_ON_A_CLAIM:
        yield Fault("lines", f"name more than the {DIAGNOSES_ON_A_CLAIM} diagnoses that a claim carries")


def _faults_of_diagnoses(codes: Sequence[str], path: str, on: date) -> Iterator[Fault]:
    for position, code in enumerate(codes):
        entry = icd10.lookup(code, on)
        if entry is None:
            yield Fault(f"{path}[{position}]", "is not a code of ICD-10-CM")
        elif not entry.billable:
            yield Fault(f"{path}[{position}]", f"needs more characters than {entry.code} has")
        if code in codes[:position]:
            yield Fault(f"{path}[{position}]", "repeats an earlier diagnosis of the line")
