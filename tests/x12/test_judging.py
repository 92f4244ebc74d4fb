"""What is wrong with a file is found, placed and answered; what is right raises no finding."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import x12


@pytest.fixture(scope="module")
def claim_file(header, submission, claim) -> bytes:
    body = x12.render_claims_body([claim], submission)
    return x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])


@pytest.fixture(scope="module")
def remittance_file(header, advice) -> bytes:
    return wrapped(header, advice)


def wrapped(header: x12.InterchangeHeader, advice: x12.RemittanceAdvice) -> bytes:
    body = x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
    return x12.write_interchange(header, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])


class TestRightFiles:
    def test_our_claims_and_remittances_raise_no_finding(self, claim_file, remittance_file):
        assert list(x12.validate(claim_file)) == []
        assert list(x12.validate(remittance_file)) == []

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def test_no_claim_we_write_raises_an_error(self, data, any_claims, header, submission):
        body = x12.render_claims_body(data.draw(any_claims), submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        assert [item for item in x12.validate(file) if item.severity == "error"] == []

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def test_no_acknowledgement_we_write_raises_an_error(self, data, any_functional_ack, any_claim_acks, header):
        functional = x12.render_functional_ack_body(data.draw(any_functional_ack))
        of_claims = x12.render_claim_acks_body(data.draw(any_claim_acks))
        file = x12.write_interchange(
            header,
            [
                x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, functional),
                x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, of_claims),
            ],
        )
        assert [item for item in x12.validate(file) if item.severity == "error"] == []


FAULTS = [
    ("N3*1 CLINIC WAY*SUITE 2~", "", "segment", "3", "2010AA", "N3", 0),
    ("REF*EI*123456789~", "", "segment", "3", "2010AA", "REF", 0),
    ("SBR*P*18*GRP1******CI~", "", "segment", "3", "2000B", "SBR", 0),
    ("SBR*P*", "SBR*Z*", "element", "7", "2000B", "SBR", 1),
    ("HI*ABK:D485*ABF:L570~", "", "segment", "3", "2300", "HI", 0),
    ("ABK:D485", "XXX:D485", "element", "7", "2300", "HI", 1),
    ("HI*ABK", "XYZ*1~HI*ABK", "segment", "1", "2300", "XYZ", 0),
    ("HI*ABK", "SV1*1~HI*ABK", "segment", "2", "2300", "SV1", 0),
    ("*11:B:1*", "*:B:1*", "element", "1", "2300", "CLM", 5),
    ("*11:B:1*Y*A*", "*11:B:1*Q*A*", "element", "7", "2300", "CLM", 6),
    ("CLM*CLAIM0001", "CLM*" + "9" * 39, "element", "5", "2300", "CLM", 1),
    ("DTP*472*D8*20260302~", "", "segment", "3", "2400", "DTP", 0),
    ("472*D8*20260302", "472*D8*20260230", "element", "8", "2400", "DTP", 3),
    ("*UN*1***1~", "*XX*1***1~", "element", "7", "2400", "SV1", 3),
    ("*XX*1234567893~N3*1", "*XX~N3*1", "element", "2", "2010AA", "NM1", 9),
    ("NM1*PR*2*ACME HEALTH*****PI*60054~", "", "segment", "I7", "2010BB", "NM1", 0),
    ("HL*2*1*22*0", "HL*2*9*22*0", "element", "7", "2000B", "HL", 2),
    ("HL*2*1*22*0", "HL*3*1*22*0", "element", "7", "2000B", "HL", 1),
    ("HL*2*1*22*0", "HL*2*1*22*1", "element", "7", "2000B", "HL", 4),
    ("LX*1~", "NM1*82*1*A****XX*1~NM1*82*1*B~LX*1~", "segment", "4", "2310B", "NM1", 0),
    ("LX*1~", "LX*1**X~", "element", "3", "2400", "LX", 3),
    ("BHT*0019*00", "BHT*0019*77", "element", "7", "ST", "BHT", 2),
    ("DMG*D8*19800517*F~", "DMG*D8*19800517*F~N3*LATE~", "segment", "7", "2010BA", "N3", 0),
]


class TestWrongClaims:
    @pytest.mark.parametrize(("old", "new", "scope", "code", "loop", "segment", "element"), FAULTS)
    def test_a_seeded_fault_is_found_where_it_is(
        self, header, submission, claim, old, new, scope, code, loop, segment, element
    ):
        body = x12.render_claims_body([claim], submission)
        if segment == "N3" and loop == "2010BA":
            body = body.replace("N3*12 ELM STREET~", "")
        assert old in body
        spoiled = body.replace(old, new, 1)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, spoiled)])
        found = [
            (item.scope, item.code, item.loop, item.segment, item.element)
            for item in x12.validate(file)
            if item.severity == "error"
        ]
        assert (scope, code, loop, segment, element) in found

    def test_a_claim_that_is_not_the_sum_of_its_lines_is_found(self, header, submission, claim):
        wrong = replace(claim, charge=claim.charge + Decimal("0.01"))
        body = x12.render_claims_body([wrong], submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        (finding,) = x12.validate(file)
        assert (finding.level, finding.segment, finding.element) == ("balance", "CLM", 2)

    def test_a_pointer_to_a_diagnosis_that_was_not_sent_is_found(self, claim):
        line = replace(claim.lines[0], pointers=(3,))
        (finding,) = x12.claim_imbalances(replace(claim, lines=(line, *claim.lines[1:])))
        assert (finding.segment, finding.element) == ("SV1", 7)

    def test_codes_are_judged_by_the_hook(self, claim_file):
        asked: set[tuple[str, str]] = set()

        def check(kind: str, code: str) -> str | None:
            asked.add((kind, code))
            return "The procedure is not known" if code == "11102" else None

        (finding,) = x12.validate(claim_file, check_code=check)
        assert (finding.level, finding.segment, finding.component) == ("code", "SV1", 2)
        assert {("npi", "1234567893"), ("diagnosis", "D485"), ("modifier", "25"), ("place", "11")} <= asked

    def test_no_finding_shows_what_was_sent(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission).replace("D8*19800517", "D8*19801399")
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        findings = list(x12.validate(file))
        assert findings
        assert not any("19801399" in repr(item) or "DOE" in repr(item) for item in findings)


class TestBalancingARemittance:
    def test_a_balanced_remittance_has_no_imbalance(self, advice):
        assert x12.remittance_imbalances(advice) == ()

    @settings(max_examples=60, deadline=None)
    @given(cents=st.integers(-500, 500).filter(bool), place=st.sampled_from(("line", "claim", "cheque", "plb")))
    def test_a_cent_off_at_any_level_is_found_in_the_file(self, cents, place, header, advice):
        off = Decimal(cents) / 100
        paid, *others = advice.claims
        match place:
            case "line":
                service = replace(paid.services[0], paid=paid.services[0].paid + off)
                wrong = replace(advice, claims=(replace(paid, services=(service, paid.services[1])), *others))
            case "claim":
                wrong = replace(advice, claims=(replace(paid, paid=paid.paid + off), *others))
            case "cheque":
                wrong = replace(advice, remittance=replace(advice.remittance, total=advice.remittance.total + off))
            case _:
                interest = replace(advice.provider_adjustments[0], amount=off - Decimal("0.25"))
                wrong = replace(advice, provider_adjustments=(interest,))
        assert x12.remittance_imbalances(wrong)
        found = {(item.level, item.severity) for item in x12.validate(wrapped(header, wrong))}
        assert ("balance", "error") in found

    def test_a_reversal_and_its_correction_balance(self, advice):
        paid, denied = advice.claims
        taken_back = replace(
            paid, status="22", charge=-paid.charge, paid=-paid.paid, patient_responsibility=None,
            services=tuple(
                replace(
                    item, charge=-item.charge, paid=-item.paid,
                    adjustments=tuple(replace(one, amount=-one.amount) for one in item.adjustments),
                )
                for item in paid.services
            ),
        )  # fmt: skip
        assert x12.remittance_imbalances(replace(advice, claims=(taken_back, paid, paid, denied))) == ()


class TestAcknowledging:
    def test_a_right_file_is_accepted(self, claim_file):
        (report,) = x12.examine(claim_file)
        (ack,) = x12.acknowledge(report)
        assert (ack.code, ack.included, ack.received, ack.accepted) == ("A", 1, 1, 1)
        assert (ack.functional_id, ack.group_control_number, ack.version) == ("HC", "17", x12.CLAIM_VERSION)
        assert [(item.control_number, item.code) for item in ack.sets] == [("0001", "A")]
        assert x12.acknowledge_interchange(report).note == "000"

    def test_one_bad_set_of_three_is_rejected_alone_and_its_fault_is_placed(self, header, submission, claim):
        good = x12.render_claims_body([claim], submission)
        bad = good.replace("*11:B:1*Y*", "*11:B:1*Q*")
        sets = [x12.TransactionSet("837", x12.CLAIM_VERSION, body) for body in (good, bad, good)]
        (report,) = x12.examine(x12.write_interchange(header, sets))
        (ack,) = x12.acknowledge(report)
        assert (ack.code, ack.received, ack.accepted) == ("P", 3, 2)
        assert [item.code for item in ack.sets] == ["A", "R", "A"]
        (error,) = ack.sets[1].segments
        assert (error.segment, error.loop, error.code) == ("CLM", "2300", "8")
        assert bad.split("~")[error.position - 2].startswith("CLM*")
        assert [(item.element, item.code) for item in error.elements] == [(6, "7")]
        assert [(item.name, item.value) for item in error.contexts] == [("CLM01", "CLAIM0001")]

    def test_a_wrong_segment_count_rejects_the_set(self, claim_file):
        (report,) = x12.examine(claim_file.replace(b"~SE*", b"~SE*1"))
        (ack,) = x12.acknowledge(report)
        assert (ack.code, ack.sets[0].code, ack.sets[0].errors) == ("R", "R", ("4",))

    def test_a_group_cut_short_is_rejected_whole(self, claim_file):
        (report,) = x12.examine(claim_file.replace(b"GE*1*17", b"GE*1*99"))
        (ack,) = x12.acknowledge(report)
        assert (ack.code, ack.accepted, ack.errors, ack.sets) == ("R", 0, ("4",), ())

    def test_an_imbalance_is_the_payers_to_answer_not_the_999s(self, header, submission, claim):
        body = x12.render_claims_body([replace(claim, charge=Decimal(1))], submission)
        (report,) = x12.examine(x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)]))
        assert [item.level for item in report.all_findings()] == ["balance"]
        assert x12.acknowledge(report)[0].code == "A"

    def test_an_unknown_kind_of_transaction_is_rejected_by_name(self, claim_file):
        (report,) = x12.examine(claim_file.replace(b"005010X222A1", b"005010X999"))
        (ack,) = x12.acknowledge(report)
        assert ack.sets[0].errors == ("1",)

    def test_acknowledgements_are_not_acknowledged(self, header):
        body = x12.render_functional_ack_body(x12.FunctionalAck("HC", "1", x12.CLAIM_VERSION, "A", 1, 1, 1))
        (report,) = x12.examine(
            x12.write_interchange(header, [x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, body)])
        )
        assert x12.acknowledge(report) == ()

    def test_a_file_that_becomes_unreadable_is_answered_with_a_rejection(self, claim_file):
        spoiled = claim_file.replace(b"CLAIM0001", b"X" * 40_000)
        (report,) = x12.examine(spoiled)
        assert x12.acknowledge_interchange(report).code == "R"


class TestDeciding:
    @pytest.mark.parametrize(
        ("category", "action", "accepted"),
        [("A1", "WQ", True), ("A2", "", True), ("A7", "U", False), ("A3", "", False), ("A1", "U", False)],
    )
    def test_a_status_accepts_by_its_action_or_else_its_category(self, category, action, accepted):
        assert x12.StatusReport((x12.Status(category, "20"),), action=action).accepted is accepted
