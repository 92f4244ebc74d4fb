"""A request for authorization as the tests of FHIR Bundles ask it, and how the Bundles are looked at."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import x12

TRACE = "0" * 32 + "01"


def person(id: str = "MA1000001") -> x12.Person:
    party = x12.Party("QUILL", "1", "MAREN", id_qualifier="MI" if id else "", id=id)
    return x12.Person(party, date(1980, 4, 2), "F")


QUESTION = x12.AuthorizationRequest(
    head=x12.TransactionHead(TRACE, datetime(2026, 3, 2, 10, 0), "0007", "13"),  # noqa: DTZ001
    payer=x12.InformationSource(x12.Party("Meridian Mutual", id_qualifier="PI", id="MERIDIAN"), "X3"),
    requester=x12.InformationReceiver(x12.Party("Sample Dermatology PC", id_qualifier="XX", id="1234567893"), "1P"),
    subscriber=x12.Member(person()),
    event=x12.PatientEvent(
        review=x12.Review("HS", "I", "", "11", urgency="U"),
        traces=(x12.Trace(TRACE, "1", "9123456789"),),
        dates=(x12.DatedEvent("AAH", date(2026, 3, 9), date(2026, 5, 9)),),
        diagnoses=(x12.EventDiagnosis("ABK", "L400"), x12.EventDiagnosis("ABF", "L82")),
        attachments=(x12.Attachment("OZ", "EL", "CTRL1"),),
        providers=(x12.EventParty("SJ", x12.Party("", "1", id_qualifier="XX", id="1245319599")),),
        services=(
            x12.ServiceReview(x12.ReviewLine(x12.Procedure("96910"), Decimal(10), "UN")),
            x12.ServiceReview(x12.ReviewLine(x12.Procedure("J1745"), Decimal(40), "UN")),
        ),
    ),
)


def references(value: object) -> list[str]:
    if isinstance(value, list):
        return [found for each in value for found in references(each)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return own + [found for each in value.values() for found in references(each)]
