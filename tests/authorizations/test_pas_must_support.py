"""Every element that the PAS guide (2.0.1) says must be supported, and every element of the public examples of
requests: ours carry it, or our guide says why it can never be in one (docs/guides/pas.md).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.bundle import Bundle

import x12
from authorizations.domain.authorization import Authorization, Decided
from authorizations.domain.clocks import Urgency
from authorizations.domain.counting import CertifiedService
from authorizations.domain.registers import AskingProvider, Clinician, Contact, Office, Payer
from authorizations.domain.request import Certification, Request
from authorizations.domain.wish import Attachment, Course, Kind, Wish
from authorizations.operations.pas_request import bundle_of, inquiry_of
from authorizations.operations.patient_facts import Coverage, Home, Name, PatientFacts, Person
from authorizations.operations.question import question_of
from common.phi import Phi

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "pas.md"
PROJECTS = ("HL7-DaVinci__prior-auth", "HL7-DaVinci__br-provider", "inferno-framework__davinci-pas-test-kit")
MOMENT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ID, PATIENT = UUID(int=7), UUID(int=8)

# What must be supported, by profile. `name:x` is the slice or the extension x, `name[x]` any type of a choice.
PERSON = (
    "identifier identifier.system identifier.value name name.family name.given name.prefix name.suffix telecom"
    " telecom.system telecom.value telecom.use gender birthDate address address.line address.city address.district"
    " address.state address.postalCode address.country address.period communication communication.language"
    " extension:us-core-race extension:us-core-ethnicity extension:us-core-birthsex"
)
ADDRESS = "address address.line address.city address.state address.postalCode address.country"
ORGANIZATION = f"identifier identifier:us-npi identifier:USEIN active type name telecom {ADDRESS}"
CLAIM = (
    "extension:extension-levelOfServiceCode extension:extension-Claim.encounter"
    " careTeam.extension:extension-careTeamClaimScope careTeam:overall careTeam:item"
    " diagnosis.extension:extension-diagnosisRecordedDate item.extension:extension-itemTraceNumber"
    " item.extension:extension-authorizationNumber item.extension:extension-administrationReferenceNumber"
    " item.extension:extension-serviceItemRequestType item.extension:extension-certificationType"
    " item.extension:extension-epsdtIndicator item.extension:extension-nursingHomeResidentialStatus"
    " item.extension:extension-nursingHomeLevelOfCare item.extension:extension-revenueUnitRateLimit"
    " item.extension:extension-requestedService supportingInfo:additionalInformation supportingInfo:freeFormMessage"
    " identifier insurer provider careTeam careTeam.sequence careTeam.provider careTeam.role careTeam.qualification"
    " supportingInfo supportingInfo.category supportingInfo.timing[x] supportingInfo.sequence supportingInfo.value[x]"
    " diagnosis diagnosis.sequence diagnosis.diagnosis[x] diagnosis.type insurance insurance.sequence"
    " insurance.coverage accident accident.date accident.type item item.sequence item.careTeamSequence"
    " item.diagnosisSequence item.informationSequence item.revenue item.category item.productOrService item.modifier"
    " item.serviced[x] item.location[x] item.quantity item.unitPrice"
)
MUST_SUPPORT: Mapping[str, str] = {
    "profile-pas-request-bundle": "identifier timestamp entry entry.fullUrl entry.resource entry:Claim",
    "profile-claim": CLAIM,
    "profile-claim-update": f"{CLAIM} related related.claim related.relationship item.extension:extension-infoChanged"
    " item.modifierExtension:modifierextension-infoCancelled supportingInfo.extension:extension-infoChanged",
    "profile-coverage": "identifier status subscriber subscriberId beneficiary relationship relationship:x12 payor",
    "profile-beneficiary": f"{PERSON} multipleBirth[x]",
    "profile-subscriber": PERSON,
    "profile-insurer": ORGANIZATION,
    "profile-requestor": f"{ORGANIZATION} contact contact.name contact.telecom",
    "profile-practitioner": "identifier identifier:us-npi name name.family telecom address",
    "profile-practitionerrole": "practitioner organization",
    "profile-servicerequest": "code quantity[x] subject occurrence[x] extension:extension-productOrServiceCodeEnd"
    " extension:ext-coverage-information",
    "profile-medicationrequest": "status intent reported[x] medication[x] subject encounter authoredOn requester"
    " dosageInstruction dosageInstruction.text dosageInstruction.timing dispenseRequest dispenseRequest.quantity"
    " extension:ext-coverage-information",
    "profile-devicerequest": "code[x] parameter subject occurrence[x] authoredOn requester",
    "profile-encounter": "identifier status class type subject period hospitalization location",
}

# Why an element is not carried: the first words of the sentence in our guide, and the elements (profile or type, path).
LEFT_OUT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Of hospital stays, home health care and nursing homes": (
        ("profile-encounter|Encounter", ".*"),
        ("Claim", r"extension:extension-(Claim\.encounter|conditionCode|homeHealthCareInformation)"),
        ("Claim", "supportingInfo:admissionDates"),
        ("Claim", r"item\.(revenue|extension:extension-(nursingHome.*|revenueUnitRateLimit))"),
    ),
    "Of accidents": (("Claim", r"accident.*"),),
    "Of screenings (EPSDT)": (("Claim", r"item\.extension:extension-epsdtIndicator"),),
    "In free text": (("Claim", "supportingInfo:freeFormMessage"),),
    "Prices": (("Claim", r"item\.unitPrice"),),
    "Modifiers": (("Claim", r"item\.modifier"),),
    "Ranges of codes": (("Claim|ServiceRequest", r"(item\.)?extension:extension-productOrServiceCodeEnd"),),
    "The day on which a diagnosis was recorded": (("Claim", r"diagnosis\.extension:extension-diagnosisRecordedDate"),),
    "A care team of one item alone": (("Claim", "careTeam:item"),),
    "What a payer does not need to know of a person": (
        ("Patient", r"extension:.*|telecom.*|communication.*|multipleBirth.*"),
        ("Patient", r"address\.(district|period|use|type)|name\.(prefix|suffix|use)|identifier\.type.*"),
    ),
    "What a payer knows of itself": (
        ("profile-insurer", r"identifier:(us-npi|USEIN)|telecom|address.*"),
    ),
    "How a clinician is reached": (("Practitioner", r"(telecom|address).*|name\.(prefix|use)|identifier\.type.*"),),
    "Coverage requirements that were looked up before (CRD)": (
        ("ServiceRequest|MedicationRequest", "extension:ext-coverage-information"),
    ),
    "Devices and equipment": (("profile-devicerequest|DeviceRequest|Device", ".*"),),
    "Whether a prescription was only reported, and at which visit": (
        ("MedicationRequest", r"reported\[x\]|encounter"),
    ),
    "What is in the chart": (
        ("Condition|Observation|QuestionnaireResponse|DocumentReference", ".*"),
        ("Claim", r"supportingInfo\.valueReference\.reference|supportingInfo:info"),
    ),
    "What stands on an envelope": (
        ("Claim", r"extension:extension-TransmissionIdentifiers"),
        ("Claim", r"identifier\.extension:extension-identifier(Jurisdiction|SubDepartment)"),
    ),
    "What only the payer's answer gives": (
        ("Claim", r"item\.extension:extension-(itemCertification.*Date|reviewActionCode)"),
    ),
    "Forms of older editions": (
        ("Claim", r"_use.*|prescription.*|facility.*|diagnosis\.diagnosisReference.*|related\.id"),
        ("Claim", r"identifier\.assigner\.reference"),
        ("Claim", r"item\.modifierExtension:extension-itemCancelled"),
        ("Coverage", r"grouping.*|class.*"),
        ("Organization", r"identifier\.type.*"),
        ("Location|PractitionerRole", r"type.*|code.*"),
        ("ServiceRequest", "performer.*"),
    ),
    "What a server adds": ((".*", r"meta\.(versionId|lastUpdated)|.*\.display|text(\..*)?|language"),),
}  # fmt: skip


def person(given: str) -> Person:
    home = Home(Phi("12 Sample Row"), Phi("Albany"), "NY", Phi("122070002"))
    return Person(Name(Phi("Quill"), Phi(given)), Phi(date(1980, 4, 2)), "F", home)


WISH = Wish(
    PATIENT,
    Kind.SERVICES,
    (CertifiedService("96910", 10), CertifiedService("J1745", 40)),
    date(2026, 3, 9),
    date(2026, 5, 9),
    "11",
    ("L40.0", "L82.1"),
    "1245319599",
    urgency=Urgency.URGENT,
    attachments=(Attachment("OZ", "EL", "CTRL1"),),
    course=Course("J1745", "400 mg", 56),
)
ASKING = AskingProvider(
    "Sample Dermatology PC",
    "1234567893",
    "911234567",
    Office("12 Sample Row", "Albany", "NY", "122070002"),
    Contact("Authorizations desk", "5185550100"),
)
CLINICIANS = {
    "1245319599": Clinician("1245319599", "Marsh", "Ada", "207N00000X"),
    "1003000126": Clinician("1003000126", "Bell"),
}
OWN = Coverage(UUID(int=9), "MERIDIAN", Phi("MA1000001"), "self")
OF_A_PARENT = replace(OWN, relationship="child", subscriber=person("Bron"))


def question(
    wish: Wish = WISH,
    coverage: Coverage = OWN,
    certification: Certification = Certification.INITIAL,
    number: int = 1,
    decided: Decided = Decided(),
) -> x12.AuthorizationRequest:
    """What the pipeline asks of a wish, with whatever the registers can have filled in."""
    request = Request(certification, number)
    one = Authorization(ID, wish, payer_id="MERIDIAN", request=request, requests=number, decided=decided)
    facts = PatientFacts(person("Maren"), (coverage,))
    return question_of(one, facts, coverage, Payer("MERIDIAN", "Meridian Mutual"), ASKING, CLINICIANS, MOMENT)


FEWER = replace(
    WISH,
    services=(CertifiedService("96910", 20), CertifiedService("96920", 4)),
    attachments=(Attachment("OZ", "EL", "CTRL2"),),
)


def ours() -> list[dict[str, Any]]:
    """One request of each kind that the desk can make."""
    visit = (CertifiedService("99203", 1),)
    referral = replace(WISH, kind=Kind.REFERRAL, requester_npi="1003000126", services=visit, last=None)
    partly = Decided(number="AUTH1", reasons=("0U",), administrative="ADM7")
    revised = question(FEWER, certification=Certification.REVISION, number=2, decided=partly)
    made = [
        bundle_of(question(), course=WISH.course),
        bundle_of(question(coverage=OF_A_PARENT)),
        bundle_of(question(referral)),
        bundle_of(question(replace(referral, services=(), visits=3))),
        bundle_of(question(certification=Certification.STANDARD_APPEAL, number=2, decided=partly)),
        bundle_of(revised, earlier=question()),
    ]
    return [json.loads(each) for each in made]


def resources(bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield bundle
    for entry in bundle.get("entry", []):
        yield from resources(entry["resource"]) if "entry" in entry["resource"] else [entry["resource"]]


def names_of(resource: dict[str, Any]) -> tuple[str, str]:
    """The profile where one is said, and the type."""
    profiles = resource.get("meta", {}).get("profile", [""])
    return profiles[0].rsplit("/", 1)[-1].split("|")[0], resource["resourceType"]


def paths(value: object, at: str = "") -> set[str]:
    """Every element below a value; extensions by their name, slices by what tells them from others."""
    if isinstance(value, list):
        return {path for each in value for path in paths(each, at)}
    if not isinstance(value, dict):
        return set()
    found = set(slices(value, at))
    for name, inner in value.items():
        path = f"{at}.{name}" if at else name
        if name in ("extension", "modifierExtension"):
            found |= {f"{path}:{each['url'].rsplit('/', 1)[-1]}" for each in inner if "url" in each}
        elif name != "entry" or not at:
            found |= {path} | (paths(inner, path) if name not in ("resource", "coding") else set())
    return found


def slices(value: dict[str, Any], at: str) -> Iterator[str]:
    name = at.rsplit(".", 1)[-1]
    for coding in value.get("coding", []) if isinstance(value.get("coding"), list) else []:
        if name == "relationship" and "x12" in coding.get("system", ""):
            yield f"{at}:x12"
        if at == "supportingInfo.category":
            yield f"supportingInfo:{coding.get('code')}"
    if name == "identifier" and "system" in value:
        yield f"{at}:{value['system'].rsplit('/', 1)[-1]}"
    if name == "entry" and "resource" in value:
        yield f"{at}:{value['resource']['resourceType']}"
    for each in value.get("extension", []) if name == "careTeam" else []:
        if each["url"].endswith("careTeamClaimScope"):
            yield "careTeam:overall" if each["valueBoolean"] else "careTeam:item"


def carried() -> Mapping[str, set[str]]:
    """By profile and by type: the elements that any request of ours has."""
    found: dict[str, set[str]] = defaultdict(set)
    for bundle in ours():
        for resource in resources(bundle):
            for name in names_of(resource):
                found[name] |= paths(resource)
    return found


def has(found: set[str], wanted: str) -> bool:
    if not wanted.endswith("[x]"):
        return wanted in found
    start = wanted.removesuffix("[x]")
    return any(re.fullmatch(re.escape(start) + "[A-Z][A-Za-z]*", path) for path in found)


TYPES = {
    "profile-claim": "Claim", "profile-claim-update": "Claim", "profile-coverage": "Coverage",
    "profile-beneficiary": "Patient", "profile-subscriber": "Patient", "profile-insurer": "Organization",
    "profile-requestor": "Organization", "profile-practitioner": "Practitioner",
    "profile-practitionerrole": "PractitionerRole", "profile-servicerequest": "ServiceRequest",
    "profile-medicationrequest": "MedicationRequest",
}  # fmt: skip


def reasons(names: tuple[str, ...], path: str) -> list[str]:
    """Why an element of that profile or type is not carried: the sentences that speak of it."""
    return [
        sentence
        for sentence, elements in LEFT_OUT.items()
        for kind, pattern in elements
        if any(name and re.fullmatch(kind, name) for name in names) and re.fullmatch(pattern, path)
    ]


REQUIRED = [(profile, path) for profile, listed in MUST_SUPPORT.items() for path in listed.split()]


@pytest.fixture(scope="module")
def known() -> Mapping[str, set[str]]:
    return carried()


class TestWhatMustBeSupported:
    def test_is_carried_or_explained_and_never_both(self, known: Mapping[str, set[str]]) -> None:
        wrong: list[str] = []
        for profile, path in REQUIRED:
            there = has(known[profile], path)
            explained = bool(reasons((profile, TYPES.get(profile, "")), path))
            if there == explained:
                wrong.append(f"{profile} {path}: {'carried and explained' if there else 'neither'}")
        assert wrong == []

    def test_is_explained_by_sentences_that_stand_in_our_guide(self) -> None:
        told = GUIDE.read_text("utf-8")
        assert [sentence for sentence in LEFT_OUT if f"- {sentence}" not in told] == []

    def test_is_in_valid_fhir_that_says_nothing_empty(self) -> None:
        for bundle in [*ours(), json.loads(inquiry_of(question(coverage=OF_A_PARENT)))]:
            Bundle.model_validate(bundle)
            assert all(value not in ("", [], {}, None) for value in leaves(bundle))


class TestPublicExamples:
    def test_have_no_element_that_we_neither_carry_nor_explain(
        self, shared_folder: Path, known: Mapping[str, set[str]]
    ) -> None:
        unknown: set[str] = set()
        examples = requests(shared_folder)
        assert len(examples) >= 8
        for resource in (each for bundle in examples for each in resources(bundle)):
            profile, kind = names_of(resource)
            for path in paths(resource):
                if path not in known[kind] and not reasons((profile, kind), path) and not names_its_kind(path):
                    unknown.add(f"{kind} {path}")
        assert sorted(unknown) == []


def names_its_kind(path: str) -> bool:
    """Slices by who gave a number, or by the kind of a resource, whose elements are looked at themselves."""
    return bool(re.fullmatch(r"(.*\.)?identifier:.*|entry:.*", path))


def requests(shared_folder: Path) -> list[dict[str, Any]]:
    """The Bundles there that ask for something."""
    found: list[dict[str, Any]] = []
    for project in PROJECTS:
        for path in sorted((shared_folder / "samples" / project).rglob("*.json")):
            document = json.loads(path.read_bytes())
            kinds = {each.get("resource", {}).get("resourceType") for each in document.get("entry", [])}
            if document.get("resourceType") == "Bundle" and "Claim" in kinds and "ClaimResponse" not in kinds:
                found.append(document)
    return found


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each) if each else [each]
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value
