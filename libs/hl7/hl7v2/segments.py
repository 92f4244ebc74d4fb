"""Readers of whole segments; the numbers are those of the fields in chapters 3, 6 and 10 of HL7 v2."""

from __future__ import annotations

from hl7v2 import composites
from hl7v2.errors import Code
from hl7v2.fields import Fields, Moment
from hl7v2.model.insurance import Insurance
from hl7v2.model.people import Guarantor, Merge, Patient
from hl7v2.model.scheduling import Appointment, Resource
from hl7v2.model.visit import Charge, Diagnosis, Observation, ProcedureCode, Visit
from hl7v2.tree import Segment

_SEXES = ("F", "M", "U", "O", "A", "N", "X")


def patient(at: Fields) -> Patient:
    # PID-2 and PID-4 held the medical record number in the first versions; PID-3 is the one that stayed.
    return Patient(
        place=at.place(),
        identifiers=at.all(3, composites.identifier),
        names=at.all(5, composites.name),
        birth_date=at.at(7).day(),
        sex=_sex(at, 8),
        addresses=at.all(11, composites.address),
        phone=_phone(at, 13),
        account=composites.identifier(at.at(18)),
        died=at.at(30).said() == "Y",
    )


def guarantor(at: Fields) -> Guarantor:
    return Guarantor(
        place=at.place(),
        names=at.all(3, composites.name),
        addresses=at.all(5, composites.address),
        phone=_phone(at, 6),
        relationship=composites.coded(at.at(11)),
    )


def merge(at: Fields) -> Merge:
    return Merge(at.place(), at.all(1, composites.identifier))


def insurance(at: Fields) -> Insurance:
    return Insurance(
        place=at.place(),
        set_id=at.at(1).whole(),
        plan=composites.coded(at.at(2)),
        companies=at.all(3, composites.identifier),
        group_number=at.at(8).said(),
        effective_from=at.at(12).day(),
        effective_to=None if at.is_null(13) else at.at(13).day(),
        ends_open=at.is_null(13),
        plan_kind=at.at(15).said(),
        names=at.all(16, composites.name),
        relationship=composites.coded(at.at(17)),
        birth_date=at.at(18).day(),
        addresses=at.all(19, composites.address),
        rank=at.at(22).whole(),
        policy_number=at.at(36).said(),
        sex=_sex(at, 43),
        insured_id=at.at(49).said(),
    )


def visit(at: Fields) -> Visit:
    return Visit(
        place=at.place(),
        patient_class=at.at(2).said(),
        location=composites.location(at.at(3)),
        attending=at.all(7, composites.practitioner),
        number=composites.identifier(at.at(19)),
        began=at.at(44).moment(),
    )


def diagnosis(at: Fields) -> Diagnosis:
    return Diagnosis(at.place(), composites.coded(at.at(3)), at.at(6).said(), at.at(15).said())


def procedure(at: Fields) -> ProcedureCode:
    return ProcedureCode(
        place=at.place(),
        code=composites.coded(at.at(3)),
        on=at.at(5).moment(),
        practitioners=(*at.all(11, composites.practitioner), *at.all(12, composites.practitioner)),
        modifiers=at.all(16, composites.code_alone),
    )


def charge(at: Fields) -> Charge:
    return Charge(
        place=at.place(),
        id=at.at(2).said(),
        on=at.at(4).moment(),
        kind=at.at(6).said(),
        charge_code=composites.coded(at.at(7)),
        quantity=at.at(10).number(),
        amount=at.at(11).number(),
        location=composites.location(at.at(16)),
        diagnoses=at.all(19, composites.coded),
        performed_by=at.all(20, composites.practitioner),
        ordered_by=at.all(21, composites.practitioner),
        procedure=composites.coded(at.at(25)),
        modifiers=at.all(26, composites.code_alone),
    )


def observation(at: Fields) -> Observation:
    return Observation(
        place=at.place(),
        kind=at.at(2).said(),
        code=composites.coded(at.at(3)),
        sub_id=at.at(4).said(),
        values=at.all(5, lambda value: value.kept()),
        units=at.at(6).said(),
        status=at.at(11).said(),
    )


def appointment(at: Fields) -> Appointment:
    timing = at.at(11)
    return Appointment(
        place=at.place(),
        placer=composites.identifier(at.at(1)),
        filler=composites.identifier(at.at(2)),
        event_reason=composites.coded(at.at(6)),
        reason=composites.coded(at.at(7)),
        kind=composites.coded(at.at(8)),
        duration=at.at(9).number(),
        duration_units=at.at(10).said(),
        starts=timing.moment(4),
        ends=timing.moment(5),
        status=at.at(25).said(),
    )


# AIS, AIG, AIL and AIP say the same in different fields: what, when (and after how long), how long, and whether.
_RESOURCES = {"AIS": (3, 4, 7, 8, 10), "AIG": (3, 8, 11, 12, 14), "AIL": (3, 6, 9, 10, 12), "AIP": (3, 6, 9, 10, 12)}
RESOURCES = frozenset(_RESOURCES)


def resource(segment: Segment, at: Fields) -> Resource:
    name = segment.name
    what, start, duration, units, status = _RESOURCES[name]
    return Resource(
        place=at.place(),
        segment=name,
        code=composites.coded(at.at(what)) if name in ("AIS", "AIG") else composites.coded(at.at(4)),
        location=composites.location(at.at(what)) if name == "AIL" else None,
        practitioners=at.all(what, composites.practitioner) if name == "AIP" else (),
        starts=at.at(start).moment(),
        duration=at.at(duration).number(),
        duration_units=at.at(units).said(),
        status=at.at(status).said(),
    )


def timing(at: Fields) -> tuple[Moment | None, Moment | None]:
    """TQ1: the start and the end, which from version 2.5 on stand here and not in SCH-11."""
    return at.at(7).moment(), at.at(8).moment()


def _phone(at: Fields, number: int) -> str | None:
    return "" if at.is_null(number) else next(iter(at.all(number, composites.telephone)), None)


def _sex(at: Fields, number: int) -> str | None:
    value = at.at(number).said()
    if value is not None and value.upper() not in _SEXES:
        says = "The sex is not in table 0001."
        at.faults.add(Code.NOT_IN_TABLE, at.place(number), says, "Send F, M, U, O, A, N or X.")
        return None
    return value and value.upper()
