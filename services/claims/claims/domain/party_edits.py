"""Edits on who is billed, by whom, for whom: what 837P asks of the parties (rulebook 9.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claims.domain.draft import Draft, Found
from claims.domain.parties import Address, Person, Practice
from codes.npi import is_valid_npi
from codes.taxonomy import is_taxonomy_shaped

SELF = "18"
FIRST = "P"
MEDICARE = frozenset({"MA", "MB"})
SEXES = frozenset({"M", "F", "U"})
_MEMBER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,79}")
_STATE = re.compile(r"[A-Z]{2}")
_ZIP = re.compile(r"\d{5}(\d{4})?")
_ZIP9 = re.compile(r"\d{9}")
_TIN = re.compile(r"\d{9}")
_UNWRITABLE = re.compile(r"[*:~^\x00-\x1f\x7f]")
_POST_BOX = re.compile(r"\bP\.?\s*O\.?\s*BOX\b|\bPOST OFFICE BOX\b", re.IGNORECASE)


def member_id(draft: Draft) -> Iterator[Found]:
    coverage = draft.snapshot.coverage if draft.snapshot else None
    if coverage and not _MEMBER_ID.fullmatch(coverage.member_id.reveal()):
        yield Found(
            "coverage",
            "The coverage has no member id that a payer could read.",
            "Copy the member id from the card into the patient's coverage, then rebuild the claim.",
        )


def demographics(draft: Draft) -> Iterator[Found]:
    for role, person in _people(draft):
        born = person.birth_date
        if born is None or born.reveal() > draft.coded.date_of_service:
            yield Found(role, f"The {role} has no birth date before the service.", _MEND_PATIENT)
        if person.sex not in SEXES:
            yield Found(role, f"The {role} has no sex of M, F or U.", _MEND_PATIENT)


def coverage_in_force(draft: Draft) -> Iterator[Found]:
    if draft.snapshot is None or draft.snapshot.coverage is None:
        yield Found(
            "coverage",
            f"No coverage is in force on {draft.coded.date_of_service}.",
            "Record the coverage with its dates, then rebuild the claim; or void it and bill the patient.",
        )


def payer_known(draft: Draft) -> Iterator[Found]:
    snapshot = draft.snapshot
    if snapshot and snapshot.coverage and snapshot.payer is None:
        yield Found(
            "payer",
            f"The practice's payers do not include {snapshot.coverage.payer_id}.",
            "Add the payer, or correct the payer of the coverage, then rebuild the claim.",
        )


def npis(draft: Draft) -> Iterator[Found]:
    snapshot = draft.snapshot
    if snapshot and snapshot.practice and not is_valid_npi(snapshot.practice.npi):
        yield Found("billing provider", _bad_npi(snapshot.practice.npi), "Correct the practice profile.")
    npi = draft.coded.rendering_npi
    if not is_valid_npi(npi):
        yield Found("rendering provider", _bad_npi(npi), "Correct the clinician's NPI in the encounter.")
    elif snapshot and snapshot.rendering is None:
        yield Found(
            "rendering provider",
            f"No rendering provider of the practice has the NPI {npi}.",
            "Add the clinician to the rendering providers, then rebuild the claim.",
        )


def location_known(draft: Draft) -> Iterator[Found]:
    code = draft.coded.location_code
    if draft.snapshot and code and draft.snapshot.location is None:
        yield Found(
            "location",
            f"No location of the practice has the code {code}, which the visit names.",
            "Add the location to the register, which releases the claim; or correct the location of the visit.",
        )


def taxonomies(draft: Draft) -> Iterator[Found]:
    snapshot = draft.snapshot
    if snapshot is None:
        return
    for where, provider in (("billing provider", snapshot.practice), ("rendering provider", snapshot.rendering)):
        if provider and not is_taxonomy_shaped(provider.taxonomy):
            yield Found(where, "There is no taxonomy code of ten characters.", "Enter the provider's taxonomy code.")


def billing_provider(draft: Draft) -> Iterator[Found]:
    practice = draft.snapshot.practice if draft.snapshot else None
    where = "billing provider"
    if practice is None:
        yield Found(where, "The practice profile is not set up.", "Enter the practice profile.")
        return
    for fault in _profile_faults(practice):
        yield Found(where, fault, "Correct the practice profile, then rebuild the claim.")


def tax_id(draft: Draft) -> Iterator[Found]:
    practice = draft.snapshot.practice if draft.snapshot else None
    if practice and not _TIN.fullmatch(practice.tax_id):
        yield Found("billing provider", "The tax id is not nine digits.", "Correct the practice profile.")


def names_and_addresses(draft: Draft) -> Iterator[Found]:
    for role, person in _people(draft):
        if not person.last_name.reveal().strip():
            yield Found(role, f"The {role} has no last name.", _MEND_PATIENT)
        if person.address is None or not _is_address(person.address.reveal()):
            yield Found(role, f"The {role} has no address with street, city, state and ZIP.", _MEND_PATIENT)


def writable(draft: Draft) -> Iterator[Found]:
    """What an X12 element cannot hold: its delimiters and control characters."""
    for where, texts in _texts(draft):
        if any(_UNWRITABLE.search(text) for text in texts):
            yield Found(where, f"The {where} holds one of * : ~ ^ or a control character.", _MEND_UNWRITABLE)


_MEND_UNWRITABLE = "Take the character out of the name, address or number, then rebuild the claim."
_MEND_PATIENT = "Correct the patient's record or coverage, then rebuild the claim."


def medicare_second(draft: Draft) -> Iterator[Found]:
    snapshot = draft.snapshot
    coverage, payer = (snapshot.coverage, snapshot.payer) if snapshot else (None, None)
    if coverage and payer and coverage.responsibility != FIRST and payer.filing_indicator in MEDICARE:
        yield Found(
            "coverage",
            "A claim to Medicare as a later payer must say why Medicare is not the first (SBR05); nobody has said so.",
            "Bill Medicare by hand with the reason from the patient's questionnaire, and settle the claim.",
        )


def _people(draft: Draft) -> Iterator[tuple[str, Person]]:
    """The patient, and the subscriber when that is somebody else."""
    if draft.snapshot is None:
        return
    yield "patient", draft.snapshot.patient
    coverage = draft.snapshot.coverage
    if coverage and coverage.relationship != SELF:
        yield "subscriber", coverage.subscriber


def _texts(draft: Draft) -> Iterator[tuple[str, tuple[str, ...]]]:
    snapshot = draft.snapshot
    if snapshot is None:
        return
    for role, person in _people(draft):
        names = tuple(name.reveal() for name in (person.last_name, person.first_name, person.middle_name))
        yield role, names + (_address_texts(person.address.reveal()) if person.address else ())
    if snapshot.coverage:
        yield "coverage", (snapshot.coverage.member_id.reveal(), snapshot.coverage.group_number.reveal())
    if snapshot.practice:
        practice = snapshot.practice
        yield (
            "billing provider",
            (practice.name, practice.contact_name, practice.contact_phone, *_address_texts(practice.address)),
        )
    if snapshot.location:
        yield "location", (snapshot.location.name, *_address_texts(snapshot.location.address))
    if snapshot.rendering:
        yield "rendering provider", (snapshot.rendering.last_name, snapshot.rendering.first_name)
    if snapshot.payer:
        yield "payer", (snapshot.payer.name, snapshot.payer.payer_id)


def _address_texts(address: Address) -> tuple[str, ...]:
    return (address.line1, address.line2, address.city)


def _profile_faults(practice: Practice) -> Iterator[str]:
    if not practice.name.strip():
        yield "The billing provider has no name."
    if not _is_address(practice.address):
        yield "The billing address lacks street, city, state or ZIP."
    elif _POST_BOX.search(f"{practice.address.line1} {practice.address.line2}"):
        yield "The billing address is a post office box; 837P takes only a street address."
    if not _ZIP9.fullmatch(practice.address.zip):
        yield "The ZIP of the billing address does not have nine digits."
    if not practice.contact_phone.strip():
        yield "The submitter's contact has no telephone number."


def _is_address(address: Address) -> bool:
    street = address.line1.strip() and address.city.strip()
    return bool(street) and bool(_STATE.fullmatch(address.state)) and bool(_ZIP.fullmatch(address.zip))


def _bad_npi(npi: str) -> str:
    return f"{npi or 'Nothing'} is not an NPI: ten digits whose last one checks the others."
