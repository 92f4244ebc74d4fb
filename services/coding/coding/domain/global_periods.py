"""Global periods: what surgery of the past days already pays for (rulebook 4.5)."""

from __future__ import annotations

from datetime import timedelta

from codes import cpt
from coding.domain.findings import Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Service
from coding.domain.visit import GlobalPeriod, Visit

_SURGICAL = frozenset({"000", "010", "090", "ZZZ"})


def running(visit: Visit) -> tuple[GlobalPeriod, ...]:
    """The periods that hold the visit's date, latest surgery first. 90 days begin on the day before surgery."""
    return tuple(
        sorted(
            (period for period in visit.global_periods if _holds(period, visit)),
            key=lambda period: (period.date, period.cpt),
            reverse=True,
        )
    )


def _holds(period: GlobalPeriod, visit: Visit) -> bool:
    first = period.date - timedelta(days=1 if period.days == 90 else 0)
    return first <= visit.date <= period.date + timedelta(days=period.days)


def relate(visit: Visit, services: tuple[Service, ...]) -> Chosen:
    """The procedures with 58 or 79 while an earlier global period runs; a question when the relation is unclear."""
    periods = running(visit)
    surgical = [service for service in services if is_surgical(service.cpt)]
    if not periods or not surgical:
        return Chosen(services)
    surgery = periods[0]
    known = note(Flag.GLOBAL, f"The {surgery.days}-day period of {surgery.cpt} runs.")
    staged, fresh = _documented(visit, staged=True), _documented(visit, staged=False)
    apart = visit.em is not None and visit.em.unrelated_to_global is True
    related: list[Service] = []
    for service in services:
        facts = {"surgery": surgery.cpt, "surgery_date": surgery.date, "days": surgery.days}
        if not is_surgical(service.cpt):
            related.append(service)
        elif service.problems & staged:
            related.append(service.modified("58", reason=because("MOD-58", **facts)))
        elif apart or service.problems & fresh:
            related.append(service.modified("79", reason=because("MOD-79", **facts)))
        else:
            says = f"Is this surgery planned after {surgery.cpt}, for its complication, or unrelated to it?"
            return Chosen(services, findings=(known, ask(Flag.GLOBAL, "global_periods", says)))
    return Chosen(tuple(related), findings=(known,))


def _documented(visit: Visit, *, staged: bool) -> frozenset[str]:
    """The problems whose surgery was documented as staged, or as not staged: closures follow the surgery."""
    return frozenset(
        procedure.problem_ref
        for procedure in visit.procedures
        if procedure.problem_ref and procedure.staged_or_more_extensive is staged
    )


def is_surgical(number: str) -> bool:
    """True for codes that a global period concerns: 000, 010, 090 and their add-ons."""
    code = cpt.lookup(number)
    return code is not None and code.global_days in _SURGICAL and not code.is_evaluation
