"""The envelope of CAQH CORE: what is put into it comes out, and what a server objects to has one word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from edi.domain import core
from edi.domain.kinds import WRITTEN

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
ENDS = core.Ends("DERMGROUP", "CLEARINGHOUSE")


def handed_over(content: bytes, kind: str = "837P") -> dict[str, str]:
    return core.submission(kind, core.BATCH, ENDS, new_id(), NOW, content)


class TestPayloads:
    @given(st.binary(max_size=400))
    def test_any_bytes_come_out_as_they_went_in(self, content: bytes) -> None:
        assert core.payload_of(handed_over(content)) == content

    def test_text_stays_text(self) -> None:
        assert handed_over(b"ISA*00*~")["Payload"] == "ISA*00*~"
        assert "PayloadEncoding" not in handed_over(b"ISA*00*~")

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda told: told | {"Payload": told["Payload"] + " "},
            lambda told: told | {"CheckSum": "0" * 40},
            lambda told: told | {"PayloadEncoding": "base64"},
            lambda told: told | {"Payload": None},
            lambda told: {"ErrorCode": "Success"},
            lambda told: [told],
            lambda told: None,
        ],
        ids=["longer", "another sum", "no base64", "null", "none", "a list", "nothing"],
    )
    def test_what_is_not_what_was_summed_is_not_used(self, spoil: Any) -> None:
        with pytest.raises(core.Unreadable):
            core.payload_of(spoil(handed_over(b"ISA*00*~")))

    def test_every_kind_that_is_written_has_its_name(self) -> None:
        for kind in WRITTEN:
            told = handed_over(b"ISA", kind)
            assert told["PayloadType"].startswith(f"X12_{kind[:3]}_")
            assert all(told[name] for name in ("PayloadID", "TimeStamp", "SenderID", "ReceiverID", "CheckSum"))
            assert (told["ProcessingMode"], told["CORERuleVersion"]) == ("Batch", "4.0.0")


class TestErrors:
    @pytest.mark.parametrize(
        ("told", "word"),
        [
            ({"ErrorCode": "Success"}, None),
            ({}, None),
            (None, None),
            ({"ErrorCode": "PayloadTypeIllegal"}, "core-payload-type-illegal"),
            ({"ErrorCode": "SenderIDIllegal"}, "core-sender-id-illegal"),
            ({"ErrorCode": "CORERuleVersionRequired"}, "core-core-rule-version-required"),
            ({"ErrorCode": "VersionMismatch"}, "core-version-mismatch"),
            ({"ErrorCode": "Jane Smith 1980"}, "core-unknown"),
            ({"ErrorCode": 7}, "core-unknown"),
        ],
    )
    def test_an_error_has_one_word_and_nothing_of_what_came_with_it(self, told: Any, word: str | None) -> None:
        assert core.error_of(told) == word

    def test_only_a_word_about_the_payload_is_final(self) -> None:
        assert core.refuses_the_payload("core-payload-illegal")
        assert core.refuses_the_payload("unknown")
        assert not core.refuses_the_payload("core-sender-id-illegal")
        assert not core.refuses_the_payload("core-version-mismatch")
