"""What is read of a message, and what is said of one that cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.hl7.messages import GT1, IN1, PID, PV1, adt, message, msh, segment

import hl7v2
from hl7v2 import Code, Moment, Outcome, Place
from hl7v2.delimiters import USUAL, escaped, unescaped


def refused(data: bytes) -> hl7v2.Unreadable:
    with pytest.raises(hl7v2.Unreadable) as refusal:
        hl7v2.read(data)
    return refusal.value


class TestAPatient:
    def test_is_read_with_every_identifier_name_and_address(self) -> None:
        patient = hl7v2.read(adt()).patient
        assert patient is not None
        numbers = [(number.value, number.authority, number.kind) for number in patient.identifiers]
        assert numbers == [("MRN-1001", "SPRINGFIELD", "MR"), ("999-00-1234", None, "SS")]
        assert (patient.names[0].family, patient.names[0].given, patient.names[0].middle) == ("Quill", "Maren", "T")
        assert (patient.birth_date, patient.sex, patient.phone) == (date(1958, 4, 2), "F", "(217)555-0100")
        home = patient.addresses[0]
        assert (home.line1, home.line2, home.state, home.zip) == ("12 Sample Row", "Apt 3", "IL", "62701-0001")
        assert patient.account is not None
        assert patient.account.value == "ACC-77"

    def test_whose_telephone_is_null_is_told_apart_from_one_without(self) -> None:
        deleted = adt(segments=('PID|1||MRN-1||Quill^Maren||19580402|F|||||""',))
        silent = adt(segments=("PID|1||MRN-1||Quill^Maren||19580402|F",))
        assert [getattr(hl7v2.read(data).patient, "phone", "?") for data in (deleted, silent)] == ["", None]

    def test_prints_nothing_of_who_it_is(self) -> None:
        told = hl7v2.read(adt())
        assert "Quill" not in f"{told!r}{told.patient!r}{told.insurance!r}{told.guarantors!r}"

    @pytest.mark.parametrize(
        "version", ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7.1", "2.8", "2.8.2"]
    )
    def test_is_read_of_every_version(self, version: str) -> None:
        patient = hl7v2.read(adt(version=version)).patient
        assert patient is not None
        assert patient.identifiers[0].value == "MRN-1001"


class TestACoverage:
    def test_is_read_with_its_payer_dates_rank_and_insured(self) -> None:
        [coverage] = hl7v2.read(adt()).insurance
        assert (coverage.companies[0].value, coverage.policy_number, coverage.group_number) == (
            "PAYERA",
            "MA1000001",
            "G-500",
        )
        assert (coverage.effective_from, coverage.effective_to, coverage.rank) == (date(2026, 1, 1), None, 1)
        assert coverage.relationship is not None
        assert coverage.relationship.code == "SEL"


class TestAVisit:
    def test_is_read_with_its_number_and_clinician(self) -> None:
        visit = hl7v2.read(adt()).visit
        assert visit is not None
        assert visit.number is not None
        assert (visit.number.value, visit.attending[0].id, visit.attending[0].kind) == (
            "V-2026-0007",
            "1234567893",
            "NPI",
        )

    def test_keeps_the_procedures_with_the_charge_they_follow(self) -> None:
        dft = message(
            msh("DFT^P03^DFT_P03"),
            PID,
            PV1,
            segment("FT1", {1: "1", 4: "20260304", 6: "CG", 25: "99213^Visit^CPT", 26: "25"}),
            segment(
                "FT1",
                {1: "2", 4: "20260304", 10: "3", 11: "630.00&USD", 19: "L57.0^^I10", 25: "17000^^CPT", 26: "59~RT"},
            ),
            "PR1|1||17000^Destruction^CPT||20260304",
            "DG1|1||L57.0^Keratosis^I10|||F",
        )
        first, second = hl7v2.read(dft).charges
        assert (first.procedures, first.modifiers) == ((), ("25",))
        assert (second.quantity, second.amount, second.modifiers) == (Decimal(3), Decimal("630.00"), ("59", "RT"))
        assert [procedure.code.code for procedure in second.procedures if procedure.code] == ["17000"]
        assert [code.code for code in second.diagnoses] == ["L57.0"]


class TestAnAppointment:
    def test_is_read_with_its_start_and_what_it_needs(self) -> None:
        siu = message(
            msh("SIU^S12^SIU_S12"),
            segment(
                "SCH",
                {1: "P-1", 2: "F-1^SCHED", 9: "30", 11: "^^30^20260310093000-0600^20260310100000-0600", 25: "Booked"},
            ),
            PID,
            "RGS|1",
            "AIS|1|A|SKIN^Skin check|20260310093000||||30|min",
            "AIL|1|A|DERM^R2^^MAIN",
            "AIP|1|A|1234567893^Okafor^Ada^^^^^^NPI^^^^NPI|DERM",
        )
        appointment = hl7v2.read(siu).appointment
        assert appointment is not None
        assert appointment.filler is not None
        assert (appointment.filler.value, appointment.status, appointment.duration) == ("F-1", "Booked", Decimal(30))
        assert appointment.starts == Moment(date(2026, 3, 10), time(9, 30), timedelta(hours=-6))
        assert [resource.segment for resource in appointment.resources] == ["AIS", "AIL", "AIP"]
        assert appointment.resources[2].practitioners[0].id == "1234567893"

    def test_without_its_own_time_begins_when_its_first_service_does(self) -> None:
        siu = message(msh("SIU^S12"), "SCH|P-1|F-1", PID, "RGS|1", "AIS|1|A|SKIN|20260310093000")
        appointment = hl7v2.read(siu).appointment
        assert appointment is not None
        assert appointment.starts is not None
        at = appointment.starts.at(ZoneInfo("America/Chicago"))
        assert at.astimezone(UTC) == datetime(2026, 3, 10, 14, 30, tzinfo=UTC)


class TestSeparatorsAndEscapes:
    def test_are_those_that_the_message_declares(self) -> None:
        odd = (
            "MSH#*!%@#EHR#HERE#US#US#20260304##ADT*A04#C-1#P#2.3",
            "PID#1##MRN-9***HERE*MR##Quill%F%Co*Maren##19580402",
        )
        patient = hl7v2.read(message(*odd)).patient
        assert patient is not None
        assert (patient.identifiers[0].kind, patient.names[0].family) == ("MR", "Quill#Co")

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("a\\F\\b", "a|b"),
            ("a\\S\\b\\T\\c\\R\\d", "a^b&c~d"),
            ("a\\E\\b", "a\\b"),
            ("\\X4D\\\\X61\\", "Ma"),
            ("a\\.br\\b", "a b"),
            ("\\H\\bold\\N\\", "bold"),
            ("a\\Zown\\b", "a\\Zown\\b"),
            ("a\\b", "a\\b"),
            ("\\", "\\"),
            ("\\X4\\", "\\X4\\"),
        ],
    )
    def test_stand_for_what_chapter_two_says(self, written: str, said: str) -> None:
        assert unescaped(written, USUAL) == said

    def test_are_written_so_that_they_are_read_again(self) -> None:
        assert unescaped(escaped("a|b^c&d~e\\f"), USUAL) == "a|b^c&d~e\\f"


class TestCharacterSets:
    def test_of_msh_18_are_followed(self) -> None:
        text = adt(segments=(PID.replace("Quill", "Åström"),)).decode().replace("|2.5.1||||", "|2.5.1||||||8859/1")
        assert "8859/1" in text
        patient = hl7v2.read(text.encode("latin-1")).patient
        assert patient is not None
        assert patient.names[0].family == "Åström"

    def test_that_are_not_named_may_be_utf_8(self) -> None:
        patient = hl7v2.read(b"\xef\xbb\xbf" + adt(segments=(PID.replace("Quill", "Åström"),))).patient
        assert patient is not None
        assert patient.names[0].family == "Åström"

    def test_with_a_wrong_byte_are_refused_with_its_field(self) -> None:
        [fault] = refused(adt(segments=(PID,)).replace(b"Maren", b"Mar\xe9n")).faults
        assert (fault.code, fault.place) == (Code.DATA_TYPE, Place("PID", 1, 5))


class TestWhatIsNoMessage:
    @pytest.mark.parametrize(
        ("data", "code", "place"),
        [
            (b"", Code.SEGMENT_SEQUENCE, "MSH"),
            (b"GET / HTTP/1.1\r\n", Code.SEGMENT_SEQUENCE, "MSH"),
            (b"MSH", Code.DATA_TYPE, "MSH-1"),
            (b"MSH|^~\\&", Code.DATA_TYPE, "MSH-1"),
            (b"MSH|^^\\&|A|B", Code.DATA_TYPE, "MSH-2"),
            (b"MSHA^~\\&AAB", Code.DATA_TYPE, "MSH-1"),
            (b"FHS|^~\\&|X|\rBHS|^~\\&|X|", Code.SEGMENT_SEQUENCE, "FHS"),
            (adt() + adt(), Code.SEGMENT_SEQUENCE, "MSH[2]"),
            (adt() + b"lost|text\r", Code.SEGMENT_SEQUENCE, "IN1"),
            (adt().replace(b"Maren", b"Ma\x07ren"), Code.DATA_TYPE, "PID-5"),
            (adt() + b"OBX|1|ST|x||" + b"^" * 61_000, Code.TOO_LONG, "None"),
            (adt() + b"NTE|1\r" * 2_000, Code.TOO_LONG, "None"),
            (adt() + b"NTE|1||" + b"x" * (1024 * 1024), Code.TOO_LONG, "None"),
        ],
    )
    def test_is_rejected_with_the_place(self, data: bytes, code: Code, place: str) -> None:
        refusal = refused(data)
        assert refusal.outcome is Outcome.REJECTED
        assert (refusal.faults[0].code, str(refusal.faults[0].place)) == (code, place)
        assert refusal.faults[0].mend

    def test_a_header_tells_everything_that_it_lacks(self) -> None:
        refusal = refused(message("MSH|^~\\&|EHR|HERE|||||||X|3.0|||NOW"))
        told = [str(fault.place) for fault in refusal.faults]
        assert told == ["MSH-9.1", "MSH-10", "MSH-11", "MSH-12", "MSH-15"]

    def test_values_that_are_not_of_their_type_are_named_one_and_all(self) -> None:
        wrong = adt(segments=("PID|1||MRN-1||Quill^Maren||19581302|Q", IN1.replace("20260101", "soon")))
        refusal = refused(wrong)
        assert refusal.outcome is Outcome.ERROR
        assert [(fault.code, str(fault.place)) for fault in refusal.faults] == [
            (Code.DATA_TYPE, "PID-7.1"),
            (Code.NOT_IN_TABLE, "PID-8"),
            (Code.DATA_TYPE, "IN1-12.1"),
        ]

    def test_a_sentence_never_repeats_what_was_sent(self) -> None:
        wrong = adt(segments=("PID|1||MRN-1||Quill^Maren||Canary-1958|Canary", GT1))
        assert "Canary" not in str(refused(wrong))


class TestTheFingerprint:
    def test_is_that_of_the_content_and_not_of_when_it_was_sent(self) -> None:
        again = adt().replace(b"20260304101500-0600", b"20260304102000-0600")
        assert hl7v2.read(again).fingerprint == hl7v2.read(adt()).fingerprint
        assert hl7v2.read(adt(segments=(PID,))).fingerprint != hl7v2.read(adt()).fingerprint
