"""Institutional claims, read for coordination of benefits: values and samples."""

import pytest

import x12
from x12.writer import body_text

VALID = "kputnam__stupidedi/spec/fixtures/005010/X223A2 HC837 Health Care Claim Institutional/pass"
BODY = (
    "BHT*0019*00*0123*20260302*1030*CH~NM1*41*2*HOSPITAL*****46*TP1~PER*IC*DESK*TE*5555550100~NM1*40*2*PAYER*****46*P1~"
    "HL*1**20*1~NM1*85*2*HOSPITAL*****XX*1234567893~N3*1 ROAD~N4*SPRINGFIELD*IL*627010001~REF*EI*123456789~HL*2*1*22*0~"
    "SBR*S*18*GRP******CI~NM1*IL*1*DOE*JANE****MI*M1~NM1*PR*2*SECOND*****PI*P2~CLM*A1*100***13:A:1**A*Y*Y~"
    "DTP*434*RD8*20260101-20260102~CL1*1*1*01~HI*ABK:L570~HI*BH:11:D8:20260101~HI*BE:A1:::25.5~HI*BG:09~"
    "SBR*P*18*******MB~CAS*PR*1*20**2*5~AMT*D*75~AMT*EAF*25~OI***Y***Y~NM1*IL*1*DOE*JANE****MI*M2~"
    "NM1*PR*2*FIRST*****PI*P1~LX*1~SV2*0510*HC:11102*100*UN*1~DTP*472*D8*20260101~SVD*P1*75*HC:11102*0510*1~"
    "CAS*CO*45*5~CAS*PR*1*20~DTP*573*D8*20260201~"
)


def file(header, body=BODY):
    return x12.write_interchange(header, [x12.TransactionSet("837", x12.INSTITUTIONAL_VERSION, body)])


def test_what_the_first_payer_did_is_read(header):
    (received,) = x12.read_institutional_claims(file(header))
    claim = received.value
    (other,) = claim.other_coverages
    assert (other.responsibility, other.paid, other.remaining) == ("P", 75, 25)
    assert [(item.reason, item.amount) for item in other.adjustments] == [("1", 20), ("2", 5)]
    (line,) = claim.lines
    (decision,) = line.adjudications
    assert (decision.payer_id, decision.paid, decision.revenue_code) == ("P1", 75, "0510")
    assert [(item.group, item.reason) for item in decision.adjustments] == [("CO", "45"), ("PR", "1")]


def test_every_code_of_the_claim_is_kept(header):
    (received,) = x12.read_institutional_claims(file(header))
    codes = received.value.codes
    assert [(item.qualifier, item.code) for item in codes] == [
        ("ABK", "L570"),
        ("BH", "11"),
        ("BE", "A1"),
        ("BG", "09"),
    ]
    assert str(codes[2].amount) == "25.5"


@pytest.mark.parametrize(
    ("before", "after", "segment"),
    [
        ("13:A:1", "13:B:1", "CLM"),
        ("SV2*0510*HC:11102*100*UN", "SV2*0510*HC:11102*100*XX", "SV2"),
        ("HI*ABK:L570~", "", "HI"),
        ("CL1*1*1*01~", "", "CL1"),
    ],
)
def test_a_fault_is_named(header, before, after, segment):
    assert [item for item in x12.validate(file(header)) if item.severity == "error"] == []
    found = [
        item.segment for item in x12.validate(file(header, BODY.replace(before, after))) if item.severity == "error"
    ]
    assert segment in found


def test_the_samples_are_read_and_their_segments_written_again(samples, header):
    seen = 0
    for path in sorted((samples / VALID).glob("*.edi")):
        content = path.read_bytes()
        segments = [tuple(event) for event in x12.read_events(content) if isinstance(event, list)]
        again = file(header, body_text(segments))
        assert [tuple(event) for event in x12.read_events(again) if isinstance(event, list)] == segments
        first = [item.value for item in x12.read_institutional_claims(content)]
        assert first
        assert [item.value for item in x12.read_institutional_claims(again)] == first
        errors = [item for item in x12.validate(content) if item.severity == "error"]
        # One example says that a single day is a range of days.
        assert all(item.segment == "DTP" and path.name == "837-institutional-claim.edi" for item in errors), path.name
        seen += 1
    if not seen:
        pytest.skip("the examples are not among the samples")
    assert seen == 5
