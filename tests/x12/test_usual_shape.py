"""Claims and payments of the usual shape are read from their text at once: to the same as along the guide."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import x12
from x12 import claim_reader, remittance_reader, usual_claim, usual_payment

LAW = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


def outcome(read, file):
    """What a reader makes of a file: what it hands out, what it reports (in any order), and at which places."""
    findings: list[x12.Finding] = []
    return list(read(file, report=findings.append)), sorted(findings, key=repr)


@pytest.fixture
def along_the_guide(monkeypatch):
    """Read as if no claim and no payment were usual."""

    def both(read, file):
        usual = outcome(read, file)
        with monkeypatch.context() as patched:
            patched.setattr(usual_claim, "insured_of", lambda *told: None)
            patched.setattr(usual_payment, "payment_of", lambda *told: None)
            return usual, outcome(read, file)

    return both


def claims_file(header, submission, claims):
    body = x12.render_claims_body(claims, submission)
    return x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])


def payments_file(header, advice):
    body = x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
    return x12.write_interchange(header, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])


spoilers = st.sampled_from(
    (b"", b"HL", b"SBR", b"CLM", b"HI", b"LX", b"SV1", b"DTP", b"REF", b"NM1", b"PAT", b"N4", b"CLP", b"CAS", b"SVC",
     b"DTM", b"AMT", b"MOA", b"LQ", b"SVD", b"OI", b"LIN", b"CTP", b"ZZZ")
)  # fmt: skip


def spoiled(data: st.DataObject, file: bytes) -> bytes:
    """A file in which a segment is lost, doubled, moved, renamed, cut or lengthened."""
    segments = file.split(b"~")
    inside = range(3, len(segments) - 4)
    assume(len(inside) > 2)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from(inside))
        to = data.draw(st.sampled_from(inside))
        elements = segments[at].split(b"*")
        place = data.draw(st.integers(0, len(elements) - 1))
        match data.draw(st.sampled_from(("lose", "double", "swap", "rename", "cut", "lengthen", "empty", "odd"))):
            case "lose":
                segments[at] = b""
            case "double":
                segments[at] += b"~" + segments[at]
            case "swap":
                segments[at], segments[to] = segments[to], segments[at]
            case "rename":
                segments[at] = b"*".join([data.draw(spoilers), *elements[1:]])
            case "cut":
                segments[at] = b"*".join(elements[: place + 1])
            case "lengthen":
                segments[at] += b"*X"
            case "empty":
                segments[at] = b"*".join([*elements[:place], b"", *elements[place + 1 :]])
            case _:
                odd = data.draw(st.sampled_from((b"A:B", b"24", b"23", b"22", b"20", b"6R", b"X^Y", b"1E9", b"-1")))
                segments[at] = b"*".join([*elements[:place], odd, *elements[place + 1 :]])
    return b"~".join(segments)


class TestTheSameAsAlongTheGuide:
    @LAW
    @given(data=st.data())
    def test_claims_whole_and_spoiled(self, data, any_claims, header, submission, along_the_guide):
        file = claims_file(header, submission, data.draw(any_claims))
        for each in (file, spoiled(data, file)):
            usual, walked = along_the_guide(x12.read_claims, each)
            assert usual == walked

    @LAW
    @given(data=st.data())
    def test_payments_whole_and_spoiled(self, data, any_advice, header, along_the_guide):
        file = payments_file(header, data.draw(any_advice))
        for each in (file, spoiled(data, file)):
            usual, walked = along_the_guide(x12.read_remittances, each)
            assert usual == walked


class TestBeingUsual:
    def test_a_plain_claim_is_read_without_a_walk_along_the_guide(self, header, submission, claim, monkeypatch):
        def walked(loop):
            raise AssertionError("walked along the guide")

        monkeypatch.setattr(claim_reader, "claim_of", walked)
        claims = [claim, replace(claim, control_number="CLAIM0002", subscriber=replace(claim.subscriber, sex="M"))]
        assert [item.claim for item in x12.read_claims(claims_file(header, submission, claims))] == claims

    def test_a_claim_that_another_payer_decided_is_read_without_a_walk_along_the_guide(
        self, header, submission, claim, monkeypatch
    ):
        def walked(loop):
            raise AssertionError("walked along the guide")

        monkeypatch.setattr(claim_reader, "claim_of", walked)
        first = x12.OtherCoverage(
            "P", claim.subscriber.party, x12.Party("OTHER HEALTH", id_qualifier="PI", id="60056"), filing_code="MB",
            adjustments=(x12.Adjustment("PR", "1", Decimal(20)),), paid=Decimal("125.50"), moa=("MOA", "", "", "MA01"),
        )  # fmt: skip
        decided = x12.LineAdjudication(
            "60056", Decimal("145.50"), x12.Procedure("11102"), Decimal(1),
            (x12.Adjustment("CO", "45", Decimal(50)),), date(2026, 3, 10),
        )  # fmt: skip
        drug = x12.Drug("00003029305", Decimal(4), "ML", prescription="RX1")
        lines = (replace(claim.lines[0], adjudications=(decided,)), replace(claim.lines[1], drug=drug))
        held = replace(claim, other_coverages=(first,), lines=lines)
        assert [item.claim for item in x12.read_claims(claims_file(header, submission, [held]))] == [held]

    def test_a_plain_payment_is_read_without_a_walk_along_the_guide(self, header, advice, monkeypatch):
        def walked(loop):
            raise AssertionError("walked along the guide")

        monkeypatch.setattr(remittance_reader, "payment_of_loop", walked)
        whole = replace(advice, provider_adjustments=())
        assert [item.value for item in x12.read_remittance_advices(payments_file(header, whole))] == [whole]


class TestRecords:
    def test_a_record_cannot_be_changed(self, claim):
        with pytest.raises(AttributeError):
            claim.charge = claim.charge
        assert type(claim) is x12.Claim837P
        assert {item.name for item in fields(claim)} >= {"charge", "lines"}
