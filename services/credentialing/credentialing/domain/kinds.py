"""The kinds of papers, as one table: who can hold each, what it has to say, and how it ends (rulebook 13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from credentialing.domain.holders import HolderType
from credentialing.domain.provider import COLLABORATING, Profession


class Kind(StrEnum):
    LICENSE = "state_license"
    DEA = "dea_registration"
    CONTROLLED_SUBSTANCE = "state_controlled_substance"
    BOARD = "board_certification"
    MALPRACTICE = "malpractice_insurance"
    CAQH = "caqh_attestation"
    NPPES = "nppes_record"
    PRIVILEGES = "hospital_privileges"
    ADMITTING = "admitting_arrangement"
    COLLABORATION = "collaborating_agreement"
    EDUCATION = "medical_education"
    TRAINING = "postgraduate_training"
    PEER_REFERENCE = "peer_reference"
    IDENTITY = "government_id"
    IMMUNIZATION = "immunization_record"
    W9 = "w9"
    ENTITY_LIABILITY = "entity_liability_insurance"
    BUSINESS_LICENSE = "business_license"
    FACILITY_LICENSE = "facility_license"
    CLIA = "clia_certificate"


class CliaTier(StrEnum):
    """The certificates that a laboratory can hold (42 CFR 493.2); what may be tested under each is CMS's table."""

    WAIVER = "waiver"
    PPM = "provider_performed_microscopy"
    REGISTRATION = "registration"
    COMPLIANCE = "compliance"
    ACCREDITATION = "accreditation"


class Ending(StrEnum):
    """How a paper ends: on the day it names, on one it may name, or so long after it was attested."""

    NAMED = "named"
    MAY_BE_NAMED = "may_be_named"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` is what has to be said of the paper beside who issued it; a named ending belongs to it.

    `professions` are those of a clinician who can hold it; none is all.
    """

    held_by: tuple[HolderType, ...]
    says: tuple[str, ...]
    ends: Ending
    professions: frozenset[Profession] = frozenset()

    @property
    def parts(self) -> tuple[str, ...]:
        return (*self.says, "expires_on") if self.ends is Ending.NAMED else self.says


_CLINICIAN, _GROUP, _LOCATION = (HolderType.PROVIDER,), (HolderType.GROUP,), (HolderType.LOCATION,)
_INSURED = ("number", "per_claim", "aggregate")

KINDS: Mapping[Kind, Rule] = {
    Kind.LICENSE: Rule(_CLINICIAN, ("number", "state"), Ending.NAMED),
    Kind.DEA: Rule(_CLINICIAN, ("number", "state"), Ending.NAMED),
    Kind.CONTROLLED_SUBSTANCE: Rule(_CLINICIAN, ("number", "state"), Ending.NAMED),
    Kind.BOARD: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.MALPRACTICE: Rule(_CLINICIAN, _INSURED, Ending.NAMED),
    Kind.CAQH: Rule(_CLINICIAN, ("number", "issued_on"), Ending.ATTESTED),
    Kind.NPPES: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.PRIVILEGES: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.ADMITTING: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.COLLABORATION: Rule(
        _CLINICIAN, ("state", "issued_on", "collaborator_npi"), Ending.MAY_BE_NAMED, COLLABORATING
    ),
    Kind.EDUCATION: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.TRAINING: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.PEER_REFERENCE: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.IDENTITY: Rule(_CLINICIAN, (), Ending.NAMED),
    Kind.IMMUNIZATION: Rule(_CLINICIAN, ("issued_on",), Ending.MAY_BE_NAMED),
    # A W-9 names no end; where a payer wants a young one, the practice says until when it uses it.
    Kind.W9: Rule(_GROUP, ("issued_on",), Ending.MAY_BE_NAMED),
    Kind.ENTITY_LIABILITY: Rule(_GROUP, _INSURED, Ending.NAMED),
    Kind.BUSINESS_LICENSE: Rule((HolderType.GROUP, HolderType.LOCATION), ("number",), Ending.NAMED),
    Kind.FACILITY_LICENSE: Rule(_LOCATION, ("number", "state"), Ending.NAMED),
    Kind.CLIA: Rule(_LOCATION, ("number", "tier"), Ending.NAMED),
}

# As they are spoken of in a sentence, where the code's own words do not do.
_WORDS: Mapping[Kind, str] = {
    Kind.DEA: "DEA registration",
    Kind.CAQH: "CAQH attestation",
    Kind.NPPES: "NPPES record",
    Kind.IDENTITY: "government ID",
    Kind.W9: "W-9",
    Kind.CLIA: "CLIA certificate",
}


def word(kind: Kind) -> str:
    return _WORDS.get(kind) or kind.value.replace("_", " ")
