"""Evaluation and management: whether the visit is billed beside its procedures, and how (rulebook 3.20 and 5)."""

from __future__ import annotations

from collections.abc import Sequence

from codes import cpt
from codes.edits import Edits
from coding.domain import global_periods
from coding.domain.aftercare import AFTERCARE
from coding.domain.findings import Finding, Flag, ask, bundled, note
from coding.domain.levels import NURSE_VISIT, by_decision, by_time, prolonged, seen_within_three_years
from coding.domain.reasons import Reason, because
from coding.domain.service import Chosen, Service
from coding.domain.visit import Evaluation, Kind, PayerType, Visit

CONTINUING_CARE = "G2211"
_MINOR = frozenset({"000", "010"})
# What a procedure of another kind than surgery on the day does not change about the visit.
_APART_FROM_VISIT = frozenset({Kind.DRUG, Kind.PATHOLOGY, Kind.SUTURE_REMOVAL})


def choose(visit: Visit, services: Sequence[Service], edits: Edits) -> Chosen:
    """The visit's own lines, given what its procedures were coded as."""
    em = visit.em
    if em is None:
        return Chosen()
    included = _in_global_period(visit, em, services) or _in_procedures(visit, em, services, edits)
    if included:
        return included
    standing, about_standing = _standing(visit)
    problems, about_problems = _problems(visit, em)
    code, about_level, reasons = _level(visit, em, standing) if standing else (None, (), ())
    modifiers, about_modifiers = _modifiers(visit, em, services, problems, _edited(visit, services, code, edits))
    findings = (*about_standing, *about_problems, *about_level, *about_modifiers, *_consultation(visit, em))
    if code is None or not problems:
        return Chosen(findings=findings)
    dx = tuple(dict.fromkeys(visit.problem(ref).icd10 for ref in problems))
    service = Service(code, 1, dx, reasons, problems=frozenset(problems))
    for modifier, reason in modifiers:
        service = service.modified(modifier, reason=reason)
    return Chosen((service,), findings=findings) + _add_ons(visit, em, service)


def _in_global_period(visit: Visit, em: Evaluation, services: Sequence[Service]) -> Chosen | None:
    """Aftercare without charge, or the question whether it is; None when no period runs or it is unrelated."""
    running = global_periods.running(visit)
    if not running or em.unrelated_to_global:
        return None
    surgery = running[0]
    if em.unrelated_to_global is None and em.separately_identifiable:
        says = f"Was the visit unrelated to {surgery.cpt}, whose global period runs?"
        return Chosen(findings=(ask(Flag.GLOBAL, "em.unrelated_to_global", says),))
    known = note(Flag.GLOBAL, f"The visit is aftercare of {surgery.cpt}, which includes it.")
    problems, questions = _problems(visit, em)
    if services:
        return Chosen(findings=(known,))
    if visit.procedures or questions:
        return Chosen(findings=(known, *questions))
    reason = because("AFTERCARE", surgery=surgery.cpt, surgery_date=surgery.date)
    dx = tuple(dict.fromkeys(visit.problem(ref).icd10 for ref in problems))
    return Chosen((Service(AFTERCARE, 1, dx, (reason,), problems=frozenset(problems)),), findings=(known,))


def _in_procedures(visit: Visit, em: Evaluation, services: Sequence[Service], edits: Edits) -> Chosen | None:
    """Why the day's procedures include the visit, or the question whether they do; None when it stands alone."""
    if not any(procedure.kind not in _APART_FROM_VISIT for procedure in visit.procedures):
        return None
    nurse = next((s.cpt for s in services if _holds_nurse_visit(visit, s.cpt, edits)), None)
    if em.mdm == "nurse_only" and nurse:
        return Chosen(findings=(bundled(NURSE_VISIT, f"The nurse's visit is part of {nurse}."),))
    decided_surgery = em.decision_for_major_surgery and any(_global_days(s.cpt) == "090" for s in services)
    if em.separately_identifiable or decided_surgery:
        return None
    if em.separately_identifiable is None:
        says = "Was the visit significant and separate from the procedure's usual work?"
        return Chosen(findings=(ask(Flag.MOD25_DOC, "em.separately_identifiable", says),))
    says = "The visit only decided and prepared the procedure, which includes it."
    return Chosen(findings=(note(Flag.EM_NOT_SEPARATE, says),))


def _holds_nurse_visit(visit: Visit, code: str, edits: Edits) -> bool:
    found = edits.edit(code, NURSE_VISIT, visit.date)
    return found is not None and not found.modifier_allowed


def _standing(visit: Visit) -> tuple[str | None, tuple[Finding, ...]]:
    """New or established, corrected by the history of the group and specialty."""
    given = visit.patient.new_or_established
    if seen_within_three_years(visit.last_face_to_face, visit.date):
        says = "The group and specialty saw the patient within three years: established."
        return "established", (note(Flag.NEW_PT_RULE, says),) if given == "new" else ()
    if visit.last_face_to_face:
        says = "The group and specialty last saw the patient more than three years ago: new."
        return "new", (note(Flag.NEW_PT_RULE, says),) if given == "established" else ()
    if given is None:
        says = "Has the group and specialty seen the patient within three years?"
        return None, (ask(Flag.NEW_PT_RULE, "patient.new_or_established", says),)
    return given, ()


def _problems(visit: Visit, em: Evaluation) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    if em.em_problem_refs:
        return em.em_problem_refs, ()
    if em.em_problem_refs is None and len(visit.problems) == 1:
        return (visit.problems[0].ref,), ()
    return (), (ask(Flag.DX_MISMATCH, "em.em_problem_refs", "Which problems did the visit itself deal with?"),)


def _level(visit: Visit, em: Evaluation, standing: str) -> tuple[str | None, tuple[Finding, ...], tuple[Reason, ...]]:
    """The higher of both levels; time counts only when it was documented as the day's total."""
    decided, timed = by_decision(em, standing), by_time(em, standing)
    if decided == NURSE_VISIT:
        if standing == "new":
            return None, (ask(Flag.NEW_PT_RULE, "em.mdm", "A nurse alone cannot see a new patient; who did?"),), ()
        return decided, (), (because("EM-LEVEL", mdm=em.mdm),)
    if decided is None and not (timed and em.time_documented):
        says = "Neither decision making nor the day's total time is documented; which was it?"
        return None, (ask(Flag.TIME_DOC, "em.mdm", says),), ()
    reasons = [because("EM-LEVEL", mdm=em.mdm, minutes=em.minutes, patient=standing)]
    if visit.last_face_to_face:
        reasons.append(because("EM-NEW", last_seen=visit.last_face_to_face, patient=standing))
    if timed is None or (decided is not None and timed <= decided):
        return decided, (), tuple(reasons)
    if em.time_documented:
        return timed, (note(Flag.TIME_DOC, "The level rests on the day's total time in the note."),), tuple(reasons)
    says = "The minutes reach a higher level, but are not documented as the day's total time."
    return decided, (note(Flag.TIME_DOC, says, "em.time_documented"),), tuple(reasons)


def _modifiers(
    visit: Visit, em: Evaluation, services: Sequence[Service], problems: Sequence[str], edited: frozenset[str]
) -> tuple[list[tuple[str, Reason]], tuple[Finding, ...]]:
    modifiers: list[tuple[str, Reason]] = []
    findings: tuple[Finding, ...] = ()
    running = global_periods.running(visit)
    if running:
        modifiers.append(("24", because("MOD-24", surgery=running[0].cpt, surgery_date=running[0].date)))
        findings += (note(Flag.GLOBAL, f"The global period of {running[0].cpt} runs; the visit is unrelated."),)
    major = sorted({s.cpt for s in services if _global_days(s.cpt) == "090"})
    minor = sorted({s.cpt for s in services if _global_days(s.cpt) in _MINOR or s.cpt in edited})
    if major and em.decision_for_major_surgery:
        modifiers.append(("57", because("MOD-57", surgery=major[0])))
    elif major or minor:
        treated = frozenset(ref for service in services for ref in service.problems)
        question = _same_problem(em, problems, treated)
        if question:
            return modifiers, (*findings, question)
        modifiers.append(("25", because("MOD-25", problems=", ".join(problems), procedures=", ".join(minor or major))))
        findings += (note(Flag.MOD25_DOC, "The note must show the separate work for the other problem."),)
    telehealth = _telehealth(visit)
    return modifiers + telehealth, findings


def _same_problem(em: Evaluation, problems: Sequence[str], treated: frozenset[str]) -> Finding | None:
    """25 rests on a problem of its own: the decision for a minor procedure is part of it (rulebook 5)."""
    if em.em_problem_refs and not set(problems) <= treated:
        return None
    says = "Which problem, other than those treated by the procedures, was the separate visit for?"
    return ask(Flag.MOD25_DOC, "em.em_problem_refs", says)


def _edited(visit: Visit, services: Sequence[Service], code: str | None, edits: Edits) -> frozenset[str]:
    """The services that an edit joins to the visit: light and patch tests have no global period but an edit."""
    if code is None:
        return frozenset()
    return frozenset(s.cpt for s in services if edits.edit(s.cpt, code, visit.date) is not None)


def _global_days(number: str) -> str:
    code = cpt.lookup(number)
    return code.global_days if code else ""


def _telehealth(visit: Visit) -> list[tuple[str, Reason]]:
    call = visit.telehealth
    if call is None:
        return []
    reason = because("TELEHEALTH", mode=call.mode, place_of_service=visit.place_of_service)
    if call.mode == "audio_only":
        return [("93", reason)]
    # Medicare reads the place of service instead (rulebook 3.20).
    return [] if visit.payer.type is PayerType.MEDICARE else [("95", reason)]


def _consultation(visit: Visit, em: Evaluation) -> tuple[Finding, ...]:
    if not em.consultation:
        return ()
    if visit.payer.type is PayerType.COMMERCIAL:
        says = "Does this payer take consultation codes, and are request and report documented?"
        return (ask(Flag.CONSULT_CROSSWALK, "em.consultation", says),)
    return (note(Flag.CONSULT_CROSSWALK, "The payer does not take consultation codes: coded as a visit."),)


def _add_ons(visit: Visit, em: Evaluation, service: Service) -> Chosen:
    chosen = Chosen()
    longer = prolonged(visit, service.cpt, em.minutes or 0) if em.time_documented else None
    if longer:
        code, units = longer
        reason = because("EM-PROLONGED", minutes=em.minutes, visit=service.cpt)
        chosen += Chosen((Service(code, units, service.dx, (reason,), problems=service.problems),))
    if em.longitudinal_care and visit.payer.type is PayerType.MEDICARE:
        if "25" in service.modifiers:
            says = "The continuing-care add-on is not paid beside a visit with 25."
            return chosen + Chosen(findings=(note(Flag.G2211_BLOCKED, says),))
        reason = because("EM-LONGITUDINAL", visit=service.cpt)
        chosen += Chosen((Service(CONTINUING_CARE, 1, service.dx, (reason,), problems=service.problems),))
    return chosen


def is_aftercare(services: Sequence[Service]) -> bool:
    """True when all that remains of a visit is included in earlier surgery."""
    return bool(services) and all(service.cpt == AFTERCARE for service in services)
