"""What is written is read back equal, whatever the model and the delimiters."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import x12
from x12.model.segments import COMPONENT

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

delimiters = st.permutations(list("*:~^|>\x1d\x1e\x1f!")).map(lambda marks: x12.Delimiters(*marks[:4]))


class TestReadingWhatWasWritten:
    @LAW
    @given(data=st.data())
    def test_claims_come_back_equal(self, data, any_claims, header, submission):
        claims = data.draw(any_claims)
        body = x12.render_claims_body(claims, submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        received = list(x12.read_claims(file))
        assert [item.claim for item in received] == claims
        assert {item.submission for item in received} == {submission}

    def test_a_lines_own_authorization_comes_back_beside_that_of_another_payer(self, header, submission, claim):
        others = (("REF", "G1", "THEIRS", "", COMPONENT.join(("2U", "PAYERB"))),)
        first = replace(claim.lines[0], prior_authorization="OURS", referral_number="REF7", extra=others)
        told = replace(claim, lines=(first, *claim.lines[1:]))
        file = x12.write_interchange(
            header, [x12.TransactionSet("837", x12.CLAIM_VERSION, x12.render_claims_body([told], submission))]
        )
        assert b"~REF*G1*OURS~REF*9F*REF7~REF*G1*THEIRS**2U:PAYERB~" in file
        assert [item.claim for item in x12.read_claims(file)] == [told]
        assert not [one for one in x12.validate(file) if one.severity == "error"]

    @LAW
    @given(data=st.data())
    def test_a_remittance_comes_back_equal(self, data, any_advice, header):
        advice = data.draw(any_advice)
        body = x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
        file = x12.write_interchange(header, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])
        assert [item.value for item in x12.read_remittance_advices(file)] == [advice]

    @LAW
    @given(data=st.data())
    def test_a_functional_acknowledgement_comes_back_equal(self, data, any_functional_ack, header):
        ack = data.draw(any_functional_ack)
        body = x12.render_functional_ack_body(ack)
        file = x12.write_interchange(header, [x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, body)])
        assert [item.value for item in x12.read_functional_acks(file)] == [ack]

    @LAW
    @given(data=st.data())
    def test_claim_acknowledgements_come_back_equal(self, data, any_claim_acks, header):
        parts = data.draw(any_claim_acks)
        body = x12.render_claim_acks_body(parts)
        file = x12.write_interchange(header, [x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, body)])
        assert tuple(item.value for item in x12.read_claim_acks(file)) == parts

    def test_interchange_acknowledgements_come_back_equal(self, header):
        acks = [x12.InterchangeAck("000000905", header.created, "R", "025")]
        assert list(x12.read_interchange_acks(x12.write_interchange_acks(header, acks))) == acks

    @LAW
    @given(marks=delimiters, line_break=st.sampled_from(("", "\n", "\r\n", "\r")))
    def test_the_delimiters_make_no_difference(self, marks, line_break, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        chosen = replace(header, delimiters=marks, line_break=line_break)
        try:
            file = x12.write_interchange(chosen, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        except x12.DelimiterInData:
            assume(False)
        assert [item.claim for item in x12.read_claims(file)] == [claim]
        assert x12.sniff(file).interchange.delimiters == marks


class TestKeepingWhatNoFieldHolds:
    def test_unknown_and_extra_segments_survive_on_their_loop(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        body = body.replace("HI*ABK", "ZZZ*WHAT:EVER**X~K3*STATE DATA~HI*ABK").replace(
            "LX*2~", "NM1*ZZ*2*UNKNOWN ROLE~LX*2~"
        )
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        (received,) = x12.read_claims(file)
        assert received.claim.extra == (("ZZZ", "WHAT\x1fEVER", "", "X"), ("K3", "STATE DATA"))
        assert received.claim.lines[0].extra == (("NM1", "ZZ", "2", "UNKNOWN ROLE"),)
        again = x12.render_claims_body([received.claim], received.submission)
        assert sorted(again.split("~")) == sorted(body.split("~"))

    def test_a_coverage_without_a_payer_is_kept_as_it_came(self, header, submission, claim):
        other = x12.Loop(
            "2320",
            (("SBR", "S", "18", "", "", "", "", "", "", "CI"), ("OI", "", "", "Y", "", "", "Y")),
            (x12.Loop("2330A", (("NM1", "IL", "1", "DOE", "JANE", "", "", "", "MI", "Z9"),)),),
        )
        held = replace(claim, loops=(other,))
        body = x12.render_claims_body([held], submission)
        assert body.index("SBR*S") < body.index("LX*1")
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        assert [item.claim for item in x12.read_claims(file)] == [held]


class TestLevels:
    def test_claims_of_one_subscriber_share_their_levels(self, submission, claim):
        second = replace(claim, control_number="CLAIM0002")
        body = x12.render_claims_body([claim, second], submission)
        assert body.count("HL*") == 2
        assert body.count("CLM*") == 2

    def test_dependents_stand_below_their_subscriber(self, submission, claim):
        child = x12.Patient(replace(claim.subscriber.party, id="", id_qualifier=""), "19", date(2015, 1, 1), "M")
        dependent = replace(claim, subscriber=replace(claim.subscriber, relationship=""), patient=child)
        body = x12.render_claims_body([dependent], submission)
        assert "HL*2*1*22*1~" in body
        assert "HL*3*2*23*0~" in body

    def test_a_claim_of_the_subscriber_after_a_dependents_begins_a_new_level(self, header, submission, claim):
        child = x12.Patient(replace(claim.subscriber.party, id="", id_qualifier=""), "19", date(2015, 1, 1), "M")
        claims = [replace(claim, patient=child), replace(claim, control_number="CLAIM0002")]
        body = x12.render_claims_body(claims, submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        assert [item.claim for item in x12.read_claims(file)] == claims


class TestWriting:
    @pytest.mark.parametrize("mark", list("*:~^\n\x1f"))
    def test_a_delimiter_inside_data_is_refused(self, submission, claim, mark):
        spoiled = replace(claim, control_number=f"A{mark}B")
        if mark == "\x1f":
            spoiled = replace(claim, control_number="A\x00B")
        with pytest.raises(x12.DelimiterInData) as refused:
            x12.render_claims_body([spoiled], submission)
        assert refused.value.segment == "CLM"

    def test_a_delimiter_chosen_for_the_file_that_stands_in_the_body_is_refused(self, header, submission, claim):
        named = replace(claim, payer=replace(claim.payer, name="ACME|HEALTH"))
        body = x12.render_claims_body([named], submission)
        chosen = replace(header, delimiters=x12.Delimiters("|", ":", "~", "^"))
        with pytest.raises(x12.DelimiterInData):
            x12.write_interchange(chosen, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])

    def test_sets_of_one_kind_share_a_group_and_are_numbered_and_counted(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        one = x12.TransactionSet("837", x12.CLAIM_VERSION, body)
        ack = x12.FunctionalAck("HC", "1", x12.CLAIM_VERSION, "A", 1, 1, 1)
        other = x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, x12.render_functional_ack_body(ack))
        (summary,) = x12.read_interchanges(x12.write_interchange(header, [one, one, other]))
        assert summary.findings == ()
        assert [(group.group.functional_id, group.group.control_number) for group in summary.groups] == [
            ("HC", "17"),
            ("FA", "18"),
        ]
        assert [item.set.control_number for item in summary.groups[0].sets] == ["0001", "0002"]

    @pytest.mark.parametrize("body", ["", "BHT*0019", "BHT*0019~SE*1*0001~", "BHT*0019~\nGE*1*1~"])
    def test_a_body_that_would_break_the_envelope_is_refused(self, header, body):
        with pytest.raises(x12.WriteRefused):
            x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])

    @pytest.mark.parametrize(
        "change", [{"sender": ""}, {"receiver": "X" * 16}, {"control_number": 10**9}, {"usage": "X"}]
    )
    def test_an_envelope_that_does_not_fit_is_refused(self, header, change):
        with pytest.raises(x12.WriteRefused):
            x12.write_interchange(replace(header, **change), [])

    def test_an_amount_that_is_no_number_is_refused(self, submission, claim):
        with pytest.raises(x12.WriteRefused):
            x12.render_claims_body([replace(claim, charge=Decimal("NaN"))], submission)

    def test_empty_elements_at_the_end_are_cut(self, submission, claim):
        body = x12.render_claims_body([claim], submission)
        assert "*~" not in body
        assert ":*" not in body
