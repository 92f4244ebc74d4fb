"""Every public sample of Da Vinci PAS, requests, answers and notifications: read without loss, or refused with the
element and the reason. One table has the verdict of each file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizations.operations.pas_reading import NotFhir, read, write

PRIOR_AUTH, PROVIDER, TEST_KIT = (
    "HL7-DaVinci__prior-auth",
    "HL7-DaVinci__br-provider/server/src/main/resources/examples-pas",
    "inferno-framework__davinci-pas-test-kit",
)
WHOLE = ""

VERDICTS: Mapping[str, Mapping[str, str]] = {
    PRIOR_AUTH: {
        "Claim.json": WHOLE,
        "ClaimUpdate1.json": WHOLE,
        "ClaimUpdate2.json": WHOLE,
        "DeniedResponse.json": WHOLE,
        "GrantedResponse.json": WHOLE,
        "PendedClaimResponse.json": WHOLE,
        "PendedFinalResponse.json": WHOLE,
        "bundle-dtr.json": "Bundle.entry.4.resource.clinicalStatus is not what FHIR has there",
        "bundle-items.json": WHOLE,
        "bundle-prior-auth.json": "Bundle.entry.1.resource.insurance is no list",
        "bundle-request.json": WHOLE,
        "bundle-response.json": WHOLE,
        "bundle-with-only-claim.json": WHOLE,
        "claim-complete.json": "Bundle.entry.6.resource.beneficiary is missing",
        "claim-minimal.json": WHOLE,
        "claim-only.json": WHOLE,
        "claim-update.json": WHOLE,
        "claimresponse-minimal.json": WHOLE,
        "claimresponse-only.json": WHOLE,
        "claimresponse-pended.json": WHOLE,
        "questionnaireresponse-dtr.json": "QuestionnaireResponse.item.2.item.2.answer.0 is empty",
    },
    PROVIDER: {
        "Bundle-ErrorResponseBundleExample.json": WHOLE,
        "Bundle-HomecareAuthorizationBundleExample.json": WHOLE,
        "Bundle-HomecareAuthorizationUpdateBundleExample.json": WHOLE,
        "Bundle-MedicalServicesAuthorizationBundleExample.json": WHOLE,
        "Bundle-PASClaimInquiryBundleExample.json": WHOLE,
        "Bundle-PASClaimInquiryResponseBundleExample.json": WHOLE,
        "Bundle-ReferralAuthorizationBundleExample.json": WHOLE,
        "Bundle-ReferralAuthorizationResponseBundleExample.json": WHOLE,
        "Bundle-ReferralPendingAuthorizationResponseBundleExample.json": WHOLE,
        "Bundle-RejectionResponseBundleExample.json": WHOLE,
        "Bundle-SurgicalRequestBundleExample.json": WHOLE,
        "Claim-HomecareAuthorizationExample.json": WHOLE,
        "Claim-HomecareAuthorizationUpdateExample.json": WHOLE,
        "Claim-MedicalServicesAuthorizationExample.json": WHOLE,
        "Claim-PASClaimInquiryExample.json": WHOLE,
        "Claim-ReferralAuthorizationExample.json": WHOLE,
        "Claim-SurgicalAuthorizationRequestExample.json": WHOLE,
        "ClaimResponse-ErrorResponseExample.json": WHOLE,
        "ClaimResponse-PASClaimInquiryResponseExample.json": WHOLE,
        "ClaimResponse-PractitionerRequestorAdditionalContentResponseExample.json": WHOLE,
        "ClaimResponse-PractitionerRequestorPendingResponseExample.json": WHOLE,
        "ClaimResponse-PractitionerRequestorResponseExample.json": WHOLE,
        "ClaimResponse-RejectionResponseExample.json": WHOLE,
        "Coverage-InsuranceExample.json": WHOLE,
    },
    TEST_KIT: {
        "PAS_notification_example_full_resource.json": WHOLE,
        "conformant_pas_bundle_v110.json": WHOLE,
        "conformant_pas_bundle_v110_multiple_items.json": WHOLE,
        "conformant_pas_bundle_v110_uuid.json": WHOLE,
        "conformant_pas_inquire_bundle_v110.json": WHOLE,
        "invalid_first_entry_response_bundle.json": WHOLE,
        "missing_referenced_resource_request_bundle.json": WHOLE,
        "missing_referenced_resource_response_bundle.json": WHOLE,
        "nonconformant_pas_bundle.json": "Bundle.entry is empty",
        "pas_claim.json": WHOLE,
        "response_bundle_patient_wrong_fullurl.json": WHOLE,
        "valid_pa_inquire_response_bundle.json": WHOLE,
        "valid_pa_response_bundle.json": WHOLE,
        "valid_pa_response_bundle_denial.json": WHOLE,
    },
}
FILES = [(folder, name, verdict) for folder, files in VERDICTS.items() for name, verdict in files.items()]
CLAIM = (
    '{"resourceType": "Claim", "status": "active", "type": {"text": "x"}, "use": "claim", "patient": {"display": "x"},'
    ' "created": "2026-03-02T10:00:00.1234567-05:00", "provider": {"display": "x"}, "priority": {"text": "x"},'
    ' "insurance": [{"sequence": 1, "focal": true, "coverage": {"display": "x"}}], "total": {"value": 1.10}}'
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def as_written(content: bytes) -> object:
    """The content with its decimals digit by digit."""
    return json.loads(content, parse_float=lambda digits: ("decimal", digits))


class TestPublicSamples:
    def test_each_has_a_verdict(self, shared_folder: Path) -> None:
        found = {
            (folder, path.name) for folder in VERDICTS for path in (shared_folder / "samples" / folder).rglob("*.json")
        }
        assert found == {(folder, name) for folder, name, _ in FILES}

    @pytest.mark.parametrize(("folder", "name", "verdict"), FILES, ids=[name for _, name, _ in FILES])
    def test_is_read_without_loss_or_refused_with_the_element(
        self, shared_folder: Path, folder: str, name: str, verdict: str
    ) -> None:
        [path] = (shared_folder / "samples" / folder).rglob(name)
        content = path.read_bytes()
        if verdict == WHOLE:
            assert as_written(write(read(content))) == as_written(content)
            return
        with pytest.raises(NotFhir) as refused:
            read(content)
        assert f"{refused.value.faults[0].where} {refused.value.faults[0].what}" == verdict


class TestReading:
    def test_keeps_decimals_fractions_of_seconds_and_order_as_they_were_written(self) -> None:
        written = write(read(CLAIM.encode())).decode()
        assert ('"value":1.10' in written, "10:00:00.1234567-05:00" in written) == (True, True)
        assert list(json.loads(written)) == list(json.loads(CLAIM))

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (CLAIM.replace('"use": "claim"', '"use": "claim", "use": "claim"'), "an object has a name twice"),
            (CLAIM.replace('"use": "claim", ', ""), "Claim.use is missing"),
            (CLAIM.replace('"use"', '"Maren Quill": 1, "use"'), "Claim.? is no element of FHIR"),
            ('{"resourceType": "Nothing"}', "resourceType is none of FHIR"),
            ("[]", "the body is no resource"),
            ("{", "the body is not JSON"),
        ],
    )
    def test_refuses_what_is_not_fhir_and_repeats_none_of_it(self, content: str, fault: str) -> None:
        with pytest.raises(NotFhir) as refused:
            read(content.encode())
        assert fault in str(refused.value)
        assert "Quill" not in str(refused.value)

    @given(VALUES)
    def test_whatever_stands_in_it_is_kept_or_refused(self, value: object) -> None:
        content = json.dumps(json.loads(CLAIM) | {"extension": value}).encode()
        try:
            kept = write(read(content))
        except NotFhir:
            return
        assert as_written(kept) == as_written(content)
