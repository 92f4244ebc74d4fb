"""The documented facts of one visit. None always means "not documented", never "no"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from common.phi import Phi


class PayerType(StrEnum):
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    COMMERCIAL = "commercial"
    SELF_PAY = "self_pay"


class Kind(StrEnum):
    """What was done, in the words of the visit form."""

    BIOPSY = "biopsy"
    SHAVE_REMOVAL = "shave_removal"
    EXCISION = "excision"
    REPAIR = "repair"
    ATT = "att"
    GRAFT = "graft"
    DESTRUCTION = "destruction"
    MOHS = "mohs"
    SKIN_TAG_REMOVAL = "skin_tag_removal"
    PARING = "paring"
    INCISION_DRAINAGE = "incision_drainage"
    INJECTION_INTRALESIONAL = "injection_intralesional"
    NAIL = "nail"
    HIDRADENITIS_EXCISION = "hidradenitis_excision"
    PHOTOTHERAPY = "phototherapy"
    EXCIMER = "excimer"
    PDT = "pdt"
    PATCH_TEST = "patch_test"
    PATHOLOGY = "pathology"
    BOTULINUM_HYPERHIDROSIS = "botulinum_hyperhidrosis"
    DRUG = "drug"
    COSMETIC = "cosmetic"
    SUTURE_REMOVAL = "suture_removal"


@dataclass(frozen=True, slots=True)
class Payer:
    """The payer's coding habits. `x_modifiers`: takes XE/XS/XP/XU rather than 59."""

    type: PayerType
    x_modifiers: bool
    wants_51: bool = False
    drug_waste_modifiers: bool | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    age: int | None
    sex: str | None
    new_or_established: str | None


@dataclass(frozen=True, slots=True)
class Telehealth:
    mode: str
    patient_location: str


@dataclass(frozen=True, slots=True)
class GlobalPeriod:
    """An earlier surgery of the same group and specialty whose aftercare may still be running."""

    cpt: str
    date: date
    days: int


@dataclass(frozen=True, slots=True)
class Authorization:
    required: bool | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """An advance beneficiary notice."""

    type: str | None
    signed: bool | None
    option: int | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the clinician documented of the visit itself, apart from procedures."""

    mdm: str | None
    minutes: int | None
    time_documented: bool | None = None
    separately_identifiable: bool | None = None
    decision_for_major_surgery: bool | None = None
    unrelated_to_global: bool | None = None
    consultation: bool | None = None
    longitudinal_care: bool | None = None
    em_problem_refs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """`text` is the clinician's own note: shown to staff, never read by a rule."""

    ref: str
    icd10: str
    text: Phi[str]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure. Which facts a kind has is said by the vocabulary in reading.py; the others stay None.

    Diameters, margins and lengths are in cm, areas in sq cm. `position` is its place on the form, from 0.
    """

    position: int
    kind: Kind
    problem_ref: str | None = None
    site: str | None = None
    technique: str | None = None
    count: int | None = None
    lesion_type: str | None = None
    diameter_cm: Decimal | None = None
    margin_cm: Decimal | None = None
    length_cm: Decimal | None = None
    area_sq_cm: Decimal | None = None
    primary_defect_sq_cm: Decimal | None = None
    secondary_defect_sq_cm: Decimal | None = None
    complexity: str | None = None
    complex_criteria: tuple[str, ...] | None = None
    stages: tuple[int | None, ...] | None = None
    symptoms: tuple[str, ...] | None = None
    pathology_icd10: str | None = None
    distinct_lesions: bool | None = None
    same_lesion_as_next: bool | None = None
    mucosal: bool | None = None
    includes_lid_margin: bool | None = None
    prior_pathology_within_60_days: bool | None = None
    frozen_section_read_before_mohs: bool | None = None
    staged_or_more_extensive: bool | None = None
    patient_requests_medicare_denial: bool | None = None
    other_surgeon: bool | None = None
    under_anesthesia: bool | None = None
    anesthesia: str | None = None
    bilateral: bool | None = None
    complex_closure: bool | None = None
    complicated: bool | None = None
    performed_by: str | None = None
    debridement: str | None = None
    graft_type: str | None = None
    donor_closure: str | None = None
    level: str | None = None
    specimen: str | None = None
    stain: str | None = None
    antibodies_single_stain: int | None = None
    blocks: int | None = None
    hcpcs: str | None = None
    dose_mg: Decimal | None = None
    dose_units: Decimal | None = None
    sticks: int | None = None
    vial_units: Decimal | None = None
    wasted_units: Decimal | None = None
    package: str | None = None

    @property
    def path(self) -> str:
        return f"procedures[{self.position}]"


@dataclass(frozen=True, slots=True)
class Visit:
    """One encounter as documented."""

    date: date
    place_of_service: str
    payer: Payer
    patient: Patient
    problems: tuple[Problem, ...]
    procedures: tuple[Procedure, ...]
    em: Evaluation | None = None
    telehealth: Telehealth | None = None
    component: str | None = None
    clia_number_on_file: bool | None = None
    last_face_to_face: date | None = None
    global_periods: tuple[GlobalPeriod, ...] = ()
    authorization: Authorization | None = None
    abn: Notice | None = None

    def problem(self, ref: str) -> Problem:
        return self.problems[self.problem_order(ref)]

    def problem_order(self, ref: str) -> int:
        """Where the clinician listed the problem: diagnoses stand on a line in this order."""
        for place, problem in enumerate(self.problems):
            if problem.ref == ref:
                return place
        raise LookupError("The visit has no such problem.")
