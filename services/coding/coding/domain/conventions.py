"""What ICD-10-CM says of diagnoses that stand together (rulebook 6; Official Guidelines I.A.12.a and I.A.13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from codes.icd10_conventions import Convention, Note, comes_first, excluded_together
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Service
from coding.domain.visit import Visit

# Two neoplasms are two lesions, told apart by their places, and so unrelated conditions (I.A.12.a).
_NEOPLASMS = ("C", "D0", "D1", "D2", "D3", "D4")


def in_order(visit: Visit, services: Sequence[Service]) -> Chosen:
    """The services with each underlying disease before its manifestation, and what does not go together."""
    recorded = tuple(dict.fromkeys(problem.icd10 for problem in visit.problems))
    done: list[Service] = []
    findings: list[Finding] = []
    for service in services:
        ordered, questions = _underlying_first(service, recorded)
        done.append(ordered)
        findings += questions
    return Chosen(tuple(done), findings=(*findings, *_excluded(done)))


def _underlying_first(service: Service, recorded: Sequence[str]) -> tuple[Service, tuple[Finding, ...]]:
    asked = comes_first(service.dx[0]) if service.dx else None
    if asked is None or asked.convention is Convention.CODE_FIRST_IF_ANY:
        return service, ()
    manifestation = service.dx[0]
    underlying = next((code for code in recorded if code != manifestation and asked.names(code)), None)
    if underlying is not None:
        rest = tuple(code for code in service.dx if code != underlying)
        reason = because("UNDERLYING-FIRST", first=underlying, then=manifestation)
        return replace(service, dx=(underlying, *rest), reasons=(*service.reasons, reason)), ()
    says = f"{manifestation} may not stand first: which disease underlies it{_such_as(asked)}?"
    return service, (ask(Flag.DX_MISMATCH, "problems", says),)


def _such_as(asked: Note) -> str:
    return f" ({', '.join(asked.codes[:4])})" if asked.codes else ""


def _excluded(services: Sequence[Service]) -> tuple[Finding, ...]:
    """A question where one service rests on two codes that exclude each other, a remark where two services do."""
    together = {pair for service in services for pair in combinations(sorted(service.dx), 2)}
    every = sorted({dx for service in services for dx in service.dx})
    found: list[Finding] = []
    for one, other in combinations(every, 2):
        if excluded_together(one, other) is None:
            continue
        says = f"{one} and {other} exclude each other (Excludes1)"
        if (one, other) in together and not (one.startswith(_NEOPLASMS) and other.startswith(_NEOPLASMS)):
            found.append(ask(Flag.DX_MISMATCH, "problems", f"{says}: which of them is meant?"))
        else:
            found.append(note(Flag.DX_MISMATCH, f"{says}, unless they are unrelated conditions."))
    return tuple(found)
