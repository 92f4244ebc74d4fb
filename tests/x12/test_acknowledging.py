"""Every seeded fault is answered: TA1, a 999 that others read, and a 277CA that loses only the bad claim."""

import io
import logging
from collections.abc import Iterator
from datetime import date, datetime
from importlib.resources import files

import pytest
import pyx12.params
import pyx12.x12n_document
from tests.x12.bases import recounted, written
from tests.x12.seeded_bases import CLAIMS
from tests.x12.seeded_claims import CLAIM_ELEMENTS, CLAIM_SENSE, CLAIM_STRUCTURE
from tests.x12.seeded_edits import Fault
from tests.x12.seeded_errors import FAULTS

import x12

MAPS = str(files("pyx12") / "map")
TODAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 3, 9)  # noqa: DTZ001
IN_CLAIMS = (*CLAIM_STRUCTURE, *CLAIM_ELEMENTS, *CLAIM_SENSE)
# What stands above any one subscriber concerns the whole set.
COMMON = ("ST", "1000A", "1000B", "2000A", "2010AA", "2010AB")


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
    """What pyx12 objects to; empty when it accepts the file."""
    report = io.StringIO()
    accepted = pyx12.x12n_document.x12n_document(
        pyx12.params.ParamsBase(), io.StringIO(file.decode()), None, None, fd_json=report, map_path=MAPS
    )
    return "" if accepted else report.getvalue() or "rejected"


def answers(file: bytes, header: x12.InterchangeHeader) -> Iterator[tuple[x12.FunctionalAck, bytes]]:
    for report in x12.examine(file):
        for ack in x12.acknowledge(report):
            body = x12.render_functional_ack_body(ack)
            sets = [x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, body)]
            yield ack, x12.write_interchange(header, sets)


def source() -> x12.AckSource:
    payer = x12.Party("ACME HEALTH", id_qualifier="PI", id="60054")
    return x12.AckSource("ACKS1", NOW, payer, trace="TRACE1", received=TODAY, processed=TODAY)


def batch(count: int, bad: int, spoil: tuple[str, str]) -> bytes:
    """A set of `count` claims, each of its own subscriber, of which number `bad` is spoiled."""
    head = CLAIMS.segments[: CLAIMS.segments.index("HL*2*1*22*0")]
    one = CLAIMS.segments[len(head) : CLAIMS.segments.index("HL*3*1*22*1")]
    segments = list(head)
    for number in range(1, count + 1):
        for segment in one:
            text = segment.replace("HL*2*", f"HL*{number + 1}*").replace("CLAIM0001", f"CLAIM{number:04d}")
            segments.append(text.replace(*spoil) if number == bad else text)
    return written(recounted([*segments, "SE*0*0001", "GE*1*17", "IEA*1*000000905"]))


class TestFunctionalAcknowledgements:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
    def test_ours_is_right_and_others_read_it(self, fault: Fault, header):
        for ack, file in answers(fault.file, header):
            assert [item for item in x12.validate(file) if item.severity == "error"] == []
            (again,) = x12.read_functional_acks(file)
            assert again.value == ack
            # Its map of the 999 has no group of kind PI, so that it reads none that answers a 275.
            assert ack.functional_id == "PI" or complaints(file) == ""

    @pytest.mark.parametrize("fault", CLAIM_STRUCTURE, ids=lambda fault: fault.label)
    def test_a_broken_structure_is_never_accepted_in_silence(self, fault: Fault, header):
        codes = {ack.code for ack, _ in answers(fault.file, header)}
        assert codes <= {"E", "R"}

    @pytest.mark.parametrize(
        "fault", [item for item in CLAIM_ELEMENTS if item.loop in COMMON], ids=lambda fault: fault.label
    )
    def test_what_concerns_all_claims_of_a_provider_rejects_the_set(self, fault: Fault):
        (report,) = x12.examine(fault.file)
        graver = [item for item in report.all_findings() if item.severity == "error" and item.level != "code"]
        assert [ack.code for ack in x12.acknowledge(report)] == ["R" if graver else "A"] or not graver


class TestInterchangeAcknowledgements:
    @pytest.mark.parametrize(
        ("old", "new", "code", "note"),
        [
            (b"IEA*1*000000905", b"IEA*1*000000906", "R", "001"),
            (b"IEA*1", b"IEA*2", "R", "021"),
            (b"*ZZ*DERMBILL", b"*QQ*DERMBILL", "R", "005"),
            (b"*0*T*:", b"*0*Q*:", "R", "020"),
            (b"*260302*1030*", b"*261302*1030*", "R", "014"),
            (b"*00501*", b"*00401*", "E", "017"),
            (b"NTE*ADD", b"NTE*ADD", "A", "000"),
        ],
    )
    def test_a_fault_of_the_interchange_has_its_note(self, old, new, code, note):
        assert old in CLAIMS.file
        (report,) = x12.examine(CLAIMS.file.replace(old, new, 1))
        ack = x12.acknowledge_interchange(report)
        assert (ack.code, ack.note) == (code, note)

    def test_a_control_number_sent_again_is_rejected_by_its_note(self):
        _, again = x12.examine(CLAIMS.file * 2)
        assert (x12.acknowledge_interchange(again).code, x12.acknowledge_interchange(again).note) == ("R", "025")


SPOILS = {
    "a charge that is not the sum of the lines": ("*345.5*", "*346*"),
    "an unknown signature indicator": ("*Y*A*Y*Y", "*Q*A*Y*Y"),
    "no diagnosis code": ("HI*ABK:D485*ABF:L570", "HI*ABK"),
    "an unknown segment": ("NTE*ADD*BIOPSY OF TWO LESIONS", "XYZ*1"),
    "a day that is none": ("DMG*D8*19800517*F", "DMG*D8*19801317*F"),
    "a wrong level": ("SBR*P*18", "SBR*Z*18"),
    "a diagnosis without its form": ("ABK:D485", "ABK:485D"),
}


class TestOneBadClaimOfFiveHundred:
    @pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS.keys())
    def test_only_that_claim_is_lost(self, spoil, header):
        file = batch(500, 250, spoil)
        (ack,) = (ack for ack, _ in answers(file, header))
        assert ack.code in ("A", "E")
        judged = list(x12.judge_claims(file))
        assert [claim.control_number for claim in judged if not claim.accepted] == ["CLAIM0250"]
        assert len({claim.read().control_number for claim in judged if claim.accepted}) == 499

    def test_the_277ca_rejects_it_with_its_reason_and_accepts_the_others(self, header):
        file = batch(500, 250, SPOILS["a charge that is not the sum of the lines"])
        parts = x12.acknowledge_claims(x12.judge_claims(file), source(), TODAY)
        body = x12.render_claim_acks_body(parts)
        answer = x12.write_interchange(header, [x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, body)])
        assert list(x12.validate(answer)) == []
        read = [item.value for item in x12.read_claim_acks(answer)]
        claims = [item for item in read if isinstance(item, x12.ClaimAck)]
        assert sum(item.accepted for item in claims) == 499
        (rejected,) = (item for item in claims if not item.accepted)
        assert rejected.control_number == "CLAIM0250"
        assert [(status.category, status.code) for report in rejected.reports for status in report.statuses] == [
            ("A8", "400")
        ]
        receiver = next(item for item in read if isinstance(item, x12.LevelAck) and item.level == "receiver")
        assert (receiver.accepted_count, receiver.rejected_count) == (499, 1)

    def test_a_set_without_a_good_claim_is_rejected(self, header):
        (ack,) = (ack for ack, _ in answers(batch(1, 1, SPOILS["no diagnosis code"]), header))
        assert ack.code == "R"


class TestClaimAcknowledgements:
    @pytest.mark.parametrize("fault", IN_CLAIMS, ids=lambda fault: fault.label)
    def test_every_faulty_file_of_claims_is_answered(self, fault: Fault, header):
        parts = x12.acknowledge_claims(x12.judge_claims(fault.file), source(), TODAY)
        if not parts:
            return
        body = x12.render_claim_acks_body(parts)
        answer = x12.write_interchange(header, [x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, body)])
        read = [item.value for item in x12.read_claim_acks(answer)]
        rejected = [item for item in read if isinstance(item, x12.ClaimAck) and not item.accepted]
        bad = [claim for claim in x12.judge_claims(fault.file) if not claim.accepted]
        # A component mark inside the number is echoed as a blank: an acknowledgement never changes its own meaning.
        assert [item.control_number for item in rejected] == [
            claim.control_number.replace("\x1f", " ") for claim in bad
        ]

    @pytest.mark.parametrize(
        ("spoil", "status"),
        [
            (("*345.5*", "*346*"), ("A8", "400", "")),
            (("1:2", "1:9"), ("A8", "477", "")),
            (("MI*MEMBER0001", "MI*M"), ("A7", "164", "IL")),
            (("DMG*D8*19800517*F", "DMG*D8*19801317*F"), ("A7", "158", "IL")),
            (("CLM*CLAIM0001*345.5***11", "CLM*CLAIM0001*345.5***88"), ("A7", "249", "")),
            (("HC:11102", "HC:1110"), ("A7", "454", "")),
            (("DTP*472*D8*20260302", "DTP*472*D8*20260332"), ("A7", "187", "")),
        ],
    )
    def test_the_status_names_what_was_wrong(self, spoil, status):
        assert spoil[0].encode() in CLAIMS.file
        claims = x12.judge_claims(batch(1, 1, spoil))
        *_, ack = x12.acknowledge_claims(claims, source(), TODAY)
        assert isinstance(ack, x12.ClaimAck)
        found = {(one.category, one.code, one.entity) for report in ack.reports for one in report.statuses}
        assert status in found


def test_data_with_our_delimiters_in_it_is_echoed_without_them(header):
    other = CLAIMS.file.replace(b"*", b"|").replace(b":", b">").replace(b"DOE", b"D*O:E").replace(b"CLAIM0001", b"C*1")
    other = other.replace(b"11>B>1|Y", b"11>B>1|Q")
    parts = x12.acknowledge_claims(x12.judge_claims(other), source(), TODAY)
    assert "D O E" in x12.render_claim_acks_body(parts)
    (ack,) = (ack for ack, _ in answers(other, header))
    assert ack.code == "E"
