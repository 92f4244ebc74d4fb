"""Edits on what is billed: codes, pointers, modifiers, units and charges of the lines."""

from __future__ import annotations

from collections.abc import Iterator

from claims.domain.coding import ServiceLine, total
from claims.domain.draft import Draft, Found, on_line
from claims.domain.findings import Severity
from codes import cpt, icd10, modifiers, place_of_service
from common.money import Money

MOST_LINES = 50
MOST_DIAGNOSES = 12
MOST_POINTERS = 4
MOST_UNITS = 9999
X_MODIFIERS = frozenset({"XE", "XS", "XP", "XU"})
# Fee schedule bilateral indicators under which 50 changes the payment (rulebook 5).
BOTH_SIDES = frozenset({"1", "3"})

_RECODE = "Correct the coding of the encounter; its next revision replaces the lines."


def procedures(draft: Draft) -> Iterator[Found]:
    day = draft.coded.date_of_service
    for line in draft.lines:
        code = cpt.lookup(line.cpt)
        if code is None:
            yield Found(
                on_line(line),
                f"{line.cpt} is not in the code table of edition {cpt.EDITION}.",
                "Correct the code, or vouch for it with a reason.",
                overridable=True,
            )
        elif not code.is_valid_on(day):
            yield Found(on_line(line), f"{line.cpt} may not be used on {day}.", _RECODE)


def diagnoses(draft: Draft) -> Iterator[Found]:
    day, codes = draft.coded.date_of_service, draft.coded.diagnoses
    if not 1 <= len(codes) <= MOST_DIAGNOSES:
        yield Found("diagnoses", f"A claim has 1 to {MOST_DIAGNOSES} diagnoses; this has {len(codes)}.", _RECODE)
    for number, code in enumerate(codes, start=1):
        if not icd10.is_billable(code, day):
            yield Found(f"diagnosis {number}", f"{code} is not a billable ICD-10-CM code on {day}.", _RECODE)


def pointers(draft: Draft) -> Iterator[Found]:
    count = len(draft.coded.diagnoses)
    for line in draft.lines:
        if not line.pointers:
            yield Found(on_line(line), f"{line.cpt} points to no diagnosis.", _RECODE)
        elif len(line.pointers) > MOST_POINTERS:
            yield Found(on_line(line), f"{line.cpt} points to more than {MOST_POINTERS} diagnoses.", _RECODE)
        elif any(not 1 <= pointer <= count for pointer in line.pointers):
            yield Found(on_line(line), f"{line.cpt} points past the {count} diagnoses of the claim.", _RECODE)


def add_ons(draft: Draft) -> Iterator[Found]:
    rendering = draft.coded.rendering_npi
    beside = {other.line.cpt for other in draft.neighbours if other.rendering_npi == rendering}
    billed = {line.cpt for line in draft.lines} | beside
    for line in draft.lines:
        code = cpt.lookup(line.cpt)
        if code and code.is_add_on and not billed & set(code.parents):
            parents = ", ".join(code.parents)
            yield Found(on_line(line), f"{line.cpt} stands only beside one of {parents}; none is billed.", _RECODE)


def modifier_sets(draft: Draft) -> Iterator[Found]:
    payer = draft.snapshot.payer if draft.snapshot else None
    for line in draft.lines:
        code = cpt.lookup(line.cpt)
        evaluation = code is not None and code.is_evaluation
        for conflict in modifiers.conflicts(line.modifiers, evaluation=evaluation):
            yield Found(on_line(line), conflict, _RECODE)
        if len(set(line.modifiers)) < len(line.modifiers):
            yield Found(on_line(line), "A modifier stands twice on the line.", _RECODE)
        if code and "50" in line.modifiers and code.bilateral not in BOTH_SIDES:
            said = f"{line.cpt} has bilateral indicator {code.bilateral}; 50 does not fit it."
            yield Found(on_line(line), said, _RECODE)
        if payer and not payer.x_modifiers and X_MODIFIERS & set(line.modifiers):
            said = f"Payer {payer.payer_id} prefers 59 to the X modifiers."
            yield Found(on_line(line), said, "Send 59 instead if the payer denies it.", severity=Severity.WARN)


def charges(draft: Draft) -> Iterator[Found]:
    for line in draft.lines:
        if line.unit_charge is None:
            mend = "Add the code to the charge master, then rebuild the claim."
            yield Found(on_line(line), f"The charge master has no charge for {line.cpt}.", mend)
        elif line.charge <= Money.zero():
            mend = "Correct the charge master, then rebuild the claim."
            yield Found(on_line(line), f"The charge for {line.cpt} is {line.charge}.", mend)


def sum_of_lines(draft: Draft) -> Iterator[Found]:
    added = total(draft.lines)
    if draft.charge != added:
        said = f"The claim's charge {draft.charge} is not the {added} of its lines."
        yield Found("claim", said, "Rebuild the claim, so that its lines are priced again.")


def line_count(draft: Draft) -> Iterator[Found]:
    if not 1 <= len(draft.lines) <= MOST_LINES:
        said = f"A professional claim has 1 to {MOST_LINES} lines; this has {len(draft.lines)}."
        yield Found("claim", said, "Split the encounter, or void the claim when nothing is to be billed.")


def units(draft: Draft) -> Iterator[Found]:
    for line in draft.lines:
        if not 1 <= line.units <= MOST_UNITS:
            yield Found(on_line(line), f"{line.units} units of {line.cpt} cannot be billed.", _RECODE)


def place(draft: Draft) -> Iterator[Found]:
    code = draft.coded.place_of_service
    if place_of_service.lookup(code) is None:
        yield Found("claim", f"{code or 'Nothing'} is not a known place of service.", _RECODE)


def duplicates(draft: Draft) -> Iterator[Found]:
    """Exact: the same clinician, code, modifiers, units and charge on the patient's day; suspect: modifiers aside."""
    mine = [(None, draft.coded.rendering_npi, line) for line in draft.lines]
    others = [(other.claim_id, other.rendering_npi, other.line) for other in draft.neighbours]
    for index, (_, rendering, line) in enumerate(mine):
        for claim_id, other_rendering, other in (*mine[:index], *others):
            if rendering != other_rendering or _service(line) != _service(other):
                continue
            theirs = f"line {other.number} of claim {claim_id}" if claim_id else on_line(other)
            if sorted(line.modifiers) == sorted(other.modifiers):
                yield Found(
                    on_line(line),
                    f"{line.cpt} is an exact duplicate of {theirs}.",
                    "Void the claim if the service was given once; else say with a reason why it was given twice.",
                )
            elif claim_id is not None:
                yield Found(
                    on_line(line),
                    f"{line.cpt} differs from {theirs} in its modifiers only.",
                    "Make sure that both services are documented.",
                    severity=Severity.WARN,
                )


def _service(line: ServiceLine) -> tuple[str, int, Money]:
    return line.cpt, line.units, line.charge
