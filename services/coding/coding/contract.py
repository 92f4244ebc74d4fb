"""What coding publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from coding.domain.events import (
    EncounterCoded,
    EncounterHeld,
    EncounterNotBillable,
    EncounterRecoded,
    LineChange,
    LineFacts,
    SelfPayLine,
    ServiceLine,
)
from coding.domain.reasons import RULES_EDITION
from common.contracts import Contract

ENCOUNTER, PATIENT = UUID("01937e00-0000-7000-8000-000000000002"), UUID("01937e00-0000-7000-8000-000000000003")
SERVICE_DAY = date(2026, 3, 4)

CONTRACT = Contract(
    service="coding",
    topic="dermbill.encounters",
    key="encounter_id",
    publishes={EncounterCoded: 1, EncounterRecoded: 1, EncounterHeld: 1, EncounterNotBillable: 1},
    examples=(
        EncounterCoded(
            encounter_id=ENCOUNTER,
            patient_id=PATIENT,
            date_of_service=SERVICE_DAY,
            place_of_service="11",
            rendering_npi="1234567893",
            diagnoses=("L40.0", "L57.0"),
            lines=(
                ServiceLine(1, "99213", 1, ("25",), (1,)),
                ServiceLine(2, "17000", 1, (), (2,)),
                ServiceLine(3, "17003", 7, (), (2,)),
            ),
            self_pay_lines=(),
            rules_edition=RULES_EDITION,
            location_code="MAIN",
        ),
        EncounterRecoded(
            encounter_id=ENCOUNTER,
            patient_id=PATIENT,
            date_of_service=SERVICE_DAY,
            place_of_service="11",
            rendering_npi="1234567893",
            diagnoses=("L57.0",),
            lines=(ServiceLine(1, "17000", 1, (), (1,)), ServiceLine(2, "17003", 8, (), (1,))),
            self_pay_lines=(),
            rules_edition=RULES_EDITION,
            replaces=1,
            changes=(
                LineChange(
                    "changed", "17003", LineFacts(7, (), ("L57.0",), False), LineFacts(8, (), ("L57.0",), False)
                ),
                LineChange("removed", "99213", LineFacts(1, ("25",), ("L40.0",), False), None),
            ),
        ),
        EncounterHeld(ENCOUNTER, PATIENT, SERVICE_DAY, ("MISSING_SIZE",)),
        EncounterNotBillable(ENCOUNTER, PATIENT, SERVICE_DAY, "patient_only", (SelfPayLine("11200", 1),)),
    ),
)
