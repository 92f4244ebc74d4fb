"""Kafka in: patients' files, coding's encounters, edi's transmissions and interchanges, payments' postings, denials'
decisions, and what is known before the visit: coverage, authorizations, enrollments.
"""

from __future__ import annotations

from claims.domain import batches
from claims.domain.adjudication import Posting
from claims.domain.batches import FunctionalAnswer, set_number_of
from claims.domain.coding import CodedEncounter, LaterWord, NotBilled, ServiceLine
from claims.domain.correction import Correction
from claims.domain.facts import (
    AuthApproved,
    AuthDenied,
    AuthNeedDecided,
    AuthorizationHeard,
    AuthRequested,
    CoverageHeard,
    CoverageSaid,
    EnrollmentHeard,
    EnrollmentSaid,
    ExclusionHeard,
    NeedHeard,
    RulesHeard,
)
from claims.domain.recoding import Recoded
from claims.heard import (
    AppealFiled,
    CorrectionRequested,
    CoverageGapFound,
    DenialOverturned,
    DenialUpheld,
    EncounterCoded,
    EncounterHeld,
    EncounterNotBillable,
    EncounterRecoded,
    InterchangeReceived,
    PatientFile,
    ProviderExcluded,
    ProviderReinstated,
    RemittancePosted,
    SetError,
    TransmissionAcknowledged,
    TransmissionFailed,
    TransmissionSent,
)
from claims.operations import acknowledgement, adjudication, opening, patient_changed, readiness, transmission
from common.handlers import Handlers, Received
from common.uow import UnitOfWork

HANDLERS = Handlers()

CLAIMS_SENT = "837P"
CLAIM_ACKNOWLEDGEMENT = "277CA"
SELF_PAY = "self_pay"
AUTHORIZATION_NEEDED, REFERRAL_NEEDED = "authorization-needed", "referral-needed"


@HANDLERS.on("org.dermbill.patients.PatientChanged.v1")
async def patient_file_changed(uow: UnitOfWork, event: Received[PatientFile]) -> None:
    await patient_changed.patient_changed(uow, event.data.patient_id)


@HANDLERS.on("org.dermbill.patients.CoverageRecorded.v1")
async def coverage_recorded(uow: UnitOfWork, event: Received[PatientFile]) -> None:
    await patient_changed.patient_changed(uow, event.data.patient_id)


@HANDLERS.on("org.dermbill.patients.CoverageChanged.v1")
async def coverage_changed(uow: UnitOfWork, event: Received[PatientFile]) -> None:
    await patient_changed.patient_changed(uow, event.data.patient_id)


@HANDLERS.on("org.dermbill.encounters.EncounterCoded.v1")
async def encounter_coded(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await _take_coded(uow, event.data, event.version)


@HANDLERS.on("org.dermbill.encounters.EncounterRecoded.v1")
async def encounter_recoded(uow: UnitOfWork, event: Received[EncounterRecoded]) -> None:
    differs = ", ".join(f"{line.change} {line.cpt}" for line in event.data.changes)
    await _take_coded(uow, event.data, event.version, differs)


@HANDLERS.on("org.dermbill.encounters.EncounterHeld.v1")
async def encounter_held(uow: UnitOfWork, event: Received[EncounterHeld]) -> None:
    word = LaterWord(event.version, held=True, flags=event.data.flags)
    await opening.take_held(uow, event.data.encounter_id, word)


@HANDLERS.on("org.dermbill.encounters.EncounterNotBillable.v1")
async def encounter_not_billable(uow: UnitOfWork, event: Received[EncounterNotBillable]) -> None:
    said = event.data
    facts = NotBilled(
        encounter_id=said.encounter_id,
        patient_id=said.patient_id,
        revision=event.version,
        date_of_service=said.date_of_service,
        disposition=said.disposition,
        lines=said.self_pay_lines,
    )
    await opening.take_not_billable(uow, facts)


@HANDLERS.on("org.dermbill.edi.TransmissionSent.v1")
async def transmission_sent(uow: UnitOfWork, event: Received[TransmissionSent]) -> None:
    if event.data.kind == CLAIMS_SENT:
        await transmission.transmission_sent(uow, event.data.reference, event.data.transmission_id)


@HANDLERS.on("org.dermbill.edi.TransmissionAcknowledged.v1")
async def transmission_acknowledged(uow: UnitOfWork, event: Received[TransmissionAcknowledged]) -> None:
    said = event.data
    answer = FunctionalAnswer(
        outcome=said.outcome,
        sets={number: one.outcome for one in said.sets if (number := set_number_of(one.set_control)) is not None},
        errors=tuple(batches.SetError(set_number_of(error.set_control), _place(error)) for error in said.errors),
    )
    await transmission.transmission_acknowledged(uow, said.reference, answer)


@HANDLERS.on("org.dermbill.edi.TransmissionFailed.v1")
async def transmission_failed(uow: UnitOfWork, event: Received[TransmissionFailed]) -> None:
    await transmission.transmission_failed(uow, event.data.reference, event.data.code)


@HANDLERS.on("org.dermbill.edi.InterchangeReceived.v1")
async def interchange_received(uow: UnitOfWork, event: Received[InterchangeReceived]) -> None:
    if event.data.kind == CLAIM_ACKNOWLEDGEMENT:
        await acknowledgement.announce(uow, event.data.interchange_id)


@HANDLERS.on("org.dermbill.payments.RemittancePosted.v1")
async def remittance_posted(uow: UnitOfWork, event: Received[RemittancePosted]) -> None:
    said = event.data
    posting = Posting(**{name: getattr(said, name) for name in Posting.__slots__})
    await adjudication.post_remittance(uow, said.claim_id, posting)


@HANDLERS.on("org.dermbill.denials.CorrectionRequested.v1")
async def correction_requested(uow: UnitOfWork, event: Received[CorrectionRequested]) -> None:
    said = event.data
    asked = Correction(**{name: getattr(said, name) for name in Correction.__slots__})
    await adjudication.request_correction(uow, said.claim_id, asked)


@HANDLERS.on("org.dermbill.denials.AppealFiled.v1")
async def appeal_filed(uow: UnitOfWork, event: Received[AppealFiled]) -> None:
    said = event.data
    await adjudication.file_appeal(
        uow,
        said.claim_id,
        case_id=said.case_id,
        level=said.level,
        filed_on=said.filed_on,
        due=said.decision_due,
        remittance_id=said.remittance_id,
    )


@HANDLERS.on("org.dermbill.denials.DenialOverturned.v1")
async def denial_overturned(uow: UnitOfWork, event: Received[DenialOverturned]) -> None:
    said = event.data
    await adjudication.overturn_denial(
        uow, said.claim_id, case_id=said.case_id, recovered=said.recovered, remittance_id=said.remittance_id
    )


@HANDLERS.on("org.dermbill.denials.DenialUpheld.v1")
async def denial_upheld(uow: UnitOfWork, event: Received[DenialUpheld]) -> None:
    said = event.data
    await adjudication.uphold_denial(
        uow, said.claim_id, case_id=said.case_id, write_off=said.write_off, remittance_id=said.remittance_id
    )


@HANDLERS.on("org.dermbill.eligibility.CoverageVerified.v1")
async def coverage_verified(uow: UnitOfWork, event: Received[CoverageSaid]) -> None:
    fact = CoverageHeard(event.data, active=True, version=event.version, told_at=event.time)
    await readiness.hear(uow, fact, event.data.check_id)


@HANDLERS.on("org.dermbill.eligibility.CoverageInactive.v1")
async def coverage_inactive(uow: UnitOfWork, event: Received[CoverageSaid]) -> None:
    fact = CoverageHeard(event.data, active=False, version=event.version, told_at=event.time)
    await readiness.hear(uow, fact, event.data.check_id)


@HANDLERS.on("org.dermbill.eligibility.CoverageGapFound.v1")
async def coverage_gap_found(uow: UnitOfWork, event: Received[CoverageGapFound]) -> None:
    said = event.data
    fact = NeedHeard(
        review_id=said.review_id,
        patient_id=said.patient_id,
        date_of_service=said.date_of_service,
        codes=tuple(sorted({gap.code for gap in said.gaps if gap.kind == AUTHORIZATION_NEEDED and gap.code})),
        payer_id=said.payer_id,
        referral=any(gap.kind == REFERRAL_NEEDED for gap in said.gaps),
        version=event.version,
    )
    await readiness.hear(uow, fact, said.review_id)


@HANDLERS.on("org.dermbill.authorizations.AuthNeedDecided.v1")
async def authorization_need_decided(uow: UnitOfWork, event: Received[AuthNeedDecided]) -> None:
    await readiness.hear(uow, RulesHeard(event.data, event.version), event.data.encounter_id)


@HANDLERS.on("org.dermbill.authorizations.AuthRequested.v1")
async def authorization_requested(uow: UnitOfWork, event: Received[AuthRequested]) -> None:
    fact = AuthorizationHeard.of_request(event.data, event.version)
    await readiness.hear(uow, fact, event.data.authorization_id)


@HANDLERS.on("org.dermbill.authorizations.AuthApproved.v1")
async def authorization_approved(uow: UnitOfWork, event: Received[AuthApproved]) -> None:
    fact = AuthorizationHeard.of_decision(event.data, event.version)
    await readiness.hear(uow, fact, event.data.authorization_id)


@HANDLERS.on("org.dermbill.authorizations.AuthDenied.v1")
async def authorization_denied(uow: UnitOfWork, event: Received[AuthDenied]) -> None:
    fact = AuthorizationHeard.of_decision(event.data, event.version)
    await readiness.hear(uow, fact, event.data.authorization_id)


@HANDLERS.on("org.dermbill.credentialing.EnrollmentActivated.v1")
async def enrollment_activated(uow: UnitOfWork, event: Received[EnrollmentSaid]) -> None:
    await readiness.hear(uow, EnrollmentHeard(event.data, event.version), event.data.enrollment_id)


@HANDLERS.on("org.dermbill.credentialing.EnrollmentLapsed.v1")
async def enrollment_lapsed(uow: UnitOfWork, event: Received[EnrollmentSaid]) -> None:
    await readiness.hear(uow, EnrollmentHeard(event.data, event.version), event.data.enrollment_id)


@HANDLERS.on("org.dermbill.credentialing.ProviderExcluded.v1")
async def provider_excluded(uow: UnitOfWork, event: Received[ProviderExcluded]) -> None:
    said = event.data
    fact = ExclusionHeard(
        said.provider_id, said.npi, event.version, said.excluded_on, said.waiver_state, said.exclusions
    )
    await readiness.hear(uow, fact, said.provider_id)


@HANDLERS.on("org.dermbill.credentialing.ProviderReinstated.v1")
async def provider_reinstated(uow: UnitOfWork, event: Received[ProviderReinstated]) -> None:
    fact = ExclusionHeard(event.data.provider_id, event.data.npi, event.version)
    await readiness.hear(uow, fact, event.data.provider_id)


async def _take_coded(uow: UnitOfWork, said: EncounterCoded, revision: int, differs: str = "") -> None:
    coded = CodedEncounter(
        encounter_id=said.encounter_id,
        patient_id=said.patient_id,
        revision=revision,
        date_of_service=said.date_of_service,
        place_of_service=said.place_of_service,
        rendering_npi=said.rendering_npi,
        diagnoses=said.diagnoses,
        lines=tuple(
            ServiceLine(line.number, line.cpt, line.units, line.modifiers, line.diagnosis_pointers, line.unit_charge)
            for line in said.lines
        ),
        rules_edition=said.rules_edition,
        location_code=said.location_code,
    )
    own = _self_pay(said, revision) if said.self_pay_lines else None
    await opening.take_coded(uow, Recoded(coded, differs), own)


def _self_pay(said: EncounterCoded, revision: int) -> NotBilled:
    return NotBilled(
        encounter_id=said.encounter_id,
        patient_id=said.patient_id,
        revision=revision,
        date_of_service=said.date_of_service,
        disposition=SELF_PAY,
        lines=said.self_pay_lines,
    )


def _place(error: SetError) -> str:
    """Where and what, as `SV1-02 7`; an error of the set as a whole has no segment."""
    element = f"-{error.element:02d}" if error.element is not None else ""
    return f"{error.segment}{element} {error.code}".strip()
