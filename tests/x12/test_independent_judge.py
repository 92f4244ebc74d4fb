"""pyx12, a validator by other hands, accepts what we write."""

import io
import logging
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
import pyx12.params
import pyx12.x12n_document
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import x12

JUDGE = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
MAPS = str(files("pyx12") / "map")


@pytest.fixture(autouse=True, scope="module")
def _silence():
    # pyx12 logs element values at ERROR.
    logger = logging.getLogger("pyx12")
    before = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    yield
    logger.level, logger.propagate = before


def complaints(file: bytes) -> str:
    """What pyx12 objects to, as its own error report; empty when it accepts the file."""
    report = io.StringIO()
    accepted = pyx12.x12n_document.x12n_document(
        pyx12.params.ParamsBase(), io.StringIO(file.decode()), None, None, fd_json=report, map_path=MAPS
    )
    return "" if accepted else report.getvalue() or "rejected"


def wrapped(header: x12.InterchangeHeader, kind: str, version: str, body: str) -> bytes:
    return x12.write_interchange(header, [x12.TransactionSet(kind, version, body)])


class TestClaims:
    def test_a_claim_of_an_office_visit_is_accepted(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        assert complaints(wrapped(header, "837", x12.CLAIM_VERSION, body)) == ""

    def test_a_dependents_corrected_claim_is_accepted(self, header, submission, claim):
        child = x12.Patient(
            replace(claim.subscriber.party, id="", id_qualifier="", first="TIM"), "19", date(2015, 1, 1), "M"
        )
        changed = replace(
            claim, patient=child, subscriber=replace(claim.subscriber, relationship=""), frequency="7",
            original_reference="PAYER77", prior_authorization="AUTH1", notes=(x12.Note("ADD", "CORRECTED CODE"),),
        )  # fmt: skip
        body = x12.render_claims_body([claim, changed], submission)
        assert complaints(wrapped(header, "837", x12.CLAIM_VERSION, body)) == ""

    @JUDGE
    @given(data=st.data())
    def test_every_claim_is_accepted(self, data, any_claims, header, submission):
        body = x12.render_claims_body(data.draw(any_claims), submission)
        assert complaints(wrapped(header, "837", x12.CLAIM_VERSION, body)) == ""

    def test_the_judge_rejects_a_broken_claim(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission).replace("*11:B:1*Y*", "*11:B:1*Q*")
        assert complaints(wrapped(header, "837", x12.CLAIM_VERSION, body)) != ""


class TestRemittances:
    def test_a_remittance_is_accepted(self, header, advice):
        body = x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
        assert complaints(wrapped(header, "835", x12.REMITTANCE_VERSION, body)) == ""

    @JUDGE
    @given(data=st.data())
    def test_every_remittance_is_accepted(self, data, any_advice, header):
        advice = data.draw(any_advice)
        # Its map allows one PLB where the guide allows any number.
        advice = replace(advice, provider_adjustments=advice.provider_adjustments[:1])
        body = x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
        assert complaints(wrapped(header, "835", x12.REMITTANCE_VERSION, body)) == ""


class TestAcknowledgements:
    def test_our_999_for_a_right_file_is_accepted(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        (report,) = x12.examine(wrapped(header, "837", x12.CLAIM_VERSION, body))
        (ack,) = x12.acknowledge(report)
        answer = wrapped(header, "999", x12.FUNCTIONAL_ACK_VERSION, x12.render_functional_ack_body(ack))
        assert complaints(answer) == ""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("*11:B:1*Y*", "*11:B:1*Q*"),
            ("HI*ABK:D485*ABF:L570~", ""),
            ("HL*2*1*22*0", "HL*5*1*22*1"),
            ("REF*EI*123456789~", "ZZZ*1~"),
        ],
    )
    def test_our_999_for_a_broken_file_is_accepted(self, header, submission, claim, old, new):
        body = x12.render_claims_body([claim], submission)
        assert old in body
        (report,) = x12.examine(wrapped(header, "837", x12.CLAIM_VERSION, body.replace(old, new)))
        (ack,) = x12.acknowledge(report)
        assert ack.code == "R"
        answer = wrapped(header, "999", x12.FUNCTIONAL_ACK_VERSION, x12.render_functional_ack_body(ack))
        assert complaints(answer) == ""
