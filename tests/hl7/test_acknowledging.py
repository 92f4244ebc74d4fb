"""What is answered to a message: the outcome, and for each fault the place, the code and how to mend it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.hl7.messages import adt

import hl7v2
from hl7v2 import Answer, Code, Fault, Outcome, Place

NOW = datetime(2026, 3, 4, 16, 15, tzinfo=UTC)
WRONG = Fault(Code.DATA_TYPE, Place("DG1", 2, 3, 1, 1), "It is not a code of ICD-10-CM.", "Send I10.", "no-such-code")
REFUSED = Answer(Outcome.ERROR, (WRONG,))


def lines(data: bytes) -> list[list[str]]:
    return [line.split("|") for line in data.decode().rstrip("\r").split("\r")]


def answered(answer: Answer, **header: str) -> list[list[list[str]]]:
    envelope = hl7v2.open_envelope(adt(**header))
    return [lines(each) for each in hl7v2.answers(envelope.header, answer, id="OWN-1", now=NOW)]


class TestTheOriginalMode:
    def test_goes_back_to_where_the_message_came_from_and_names_it(self) -> None:
        [[msh, msa]] = answered(hl7v2.ACCEPTED, control_id="M-42")
        assert msh[2:6] == ["DERMBILL", "BILLING", "DERMEHR", "SPRINGFIELD"]
        assert (msh[6], msh[8], msh[9], msh[10], msh[11]) == (
            "20260304161500+0000",
            "ACK^A04^ACK",
            "OWN-1",
            "P",
            "2.5.1",
        )
        assert msa == ["MSA", "AA", "M-42"]

    def test_says_what_is_wrong_where_and_how_to_mend_it(self) -> None:
        [[_, msa, err]] = answered(REFUSED)
        assert msa[1] == "AE"
        assert err[2:6] == ["DG1^2^3^1^1", "102^Data type error^HL70357", "E", "no-such-code"]
        assert err[8] == "It is not a code of ICD-10-CM. Send I10."

    def test_tells_an_old_version_in_its_own_form(self) -> None:
        [[msh, msa, err]] = answered(REFUSED, version="2.3")
        assert (msh[8], err) == ("ACK^A04", ["ERR", "DG1^2^3^102&Data type error&HL70357"])
        assert msa[3].startswith("DG1[2]-3.1: It is not a code")

    def test_echoes_separators_in_names_and_ids_as_data(self) -> None:
        [[_, msa]] = answered(hl7v2.ACCEPTED, control_id="M\\F\\4\\T\\2")
        assert msa[2] == "M\\F\\4\\T\\2"

    def test_answers_even_what_is_no_message(self) -> None:
        broken = b"MSH|^^\\&|EHR|HERE|||20260304||ADT^A04|M-7|P|2.5.1\r"
        with pytest.raises(hl7v2.Unreadable) as refusal:
            hl7v2.read(broken)
        data = hl7v2.acknowledged(
            None, Answer.of(refusal.value), id="OWN-1", now=NOW, control_id=hl7v2.control_id_of(broken)
        )
        _, msa, err = lines(data)
        assert (msa[1:3], err[2]) == (["AR", "M-7"], "MSH^1^2")


class TestTheEnhancedMode:
    @pytest.mark.parametrize(
        ("asked", "of_success", "of_failure"),
        [
            ("AL|AL", ["CA", "AA"], ["CE", "AE"]),
            ("AL|NE", ["CA"], ["CE"]),
            ("NE|AL", ["AA"], ["AE"]),
            ("ER|ER", [], ["CE", "AE"]),
            ("SU|SU", ["CA", "AA"], []),
            ("NE|NE", [], []),
            ("|ER", [], ["AE"]),
            ("AL|", ["CA"], ["CE"]),
        ],
    )
    def test_sends_what_was_asked_for(self, asked: str, of_success: list[str], of_failure: list[str]) -> None:
        assert [each[1][1] for each in answered(hl7v2.ACCEPTED, acks=asked)] == of_success
        assert [each[1][1] for each in answered(REFUSED, acks=asked)] == of_failure
