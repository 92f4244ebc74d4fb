"""What names a person gives nothing away, is sealed for one place, and opens there alone."""

from __future__ import annotations

import copy
import json
import pickle
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from common.phi import Phi
from common.vault import CannotOpen, Sealed, Vault

OLD, NEW, INDEX = (bytes([number]) * 32 for number in (1, 2, 3))
VAULT = Vault({"new": NEW, "old": OLD}, INDEX)
NAME = "Quill-Canary"


@dataclass(frozen=True, slots=True)
class Card:
    name: Phi[str]
    born: Phi[date]
    nick: Phi[str] | None = None


CARD = Card(Phi(NAME), Phi(date(1958, 4, 2)))
COLUMN = Sealed(Card, "cards", "card")


class Answer(BaseModel):
    name: Phi[str]


def encoded(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


class TestAValueAboutAPerson:
    def test_is_never_printed_or_formatted(self) -> None:
        value = Phi(NAME)
        shown = [str(value), repr(value), f"{value}", f"{value!r:>40}", "%s" % value, str(CARD), str([asdict(CARD)])]  # noqa: UP031
        assert all(NAME not in text for text in shown)
        assert "1958" not in "".join(shown)

    def test_is_neither_pickled_nor_json(self) -> None:
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(Phi(NAME))
        with pytest.raises(TypeError, match="not JSON serializable"):
            json.dumps({"name": Phi(NAME)})
        assert NAME not in json.dumps({"name": Phi(NAME)}, default=str)

    def test_is_in_no_answer_unless_it_was_revealed(self) -> None:
        answer = Answer.model_validate({"name": NAME})
        for write in (answer.model_dump, answer.model_dump_json, lambda: TypeAdapter(Card).dump_json(CARD)):
            with pytest.raises(Exception, match="revealed for an answer") as refused:
                write()
            assert NAME not in str(refused.value)
        assert NAME not in repr(answer)

    def test_equals_and_hashes_by_its_value_and_does_not_change(self) -> None:
        assert Phi(NAME) == Phi(NAME)
        assert len({Phi(NAME), Phi(NAME), Phi("Other"), NAME}) == 3
        assert Phi(NAME) != NAME
        assert copy.deepcopy(CARD) == CARD
        with pytest.raises(AttributeError):
            Phi(NAME)._value = "Other"  # pyright: ignore[reportPrivateUsage]

    def test_is_revealed_by_name(self) -> None:
        assert Phi(NAME).reveal() == NAME


class TestASealedColumn:
    @given(st.text(), st.dates(), st.none() | st.text(), st.uuids(), st.uuids())
    def test_opens_in_its_place(self, name: str, born: date, nick: str | None, practice: UUID, row: UUID) -> None:
        card = Card(Phi(name), Phi(born), None if nick is None else Phi(nick))
        assert COLUMN.open(VAULT, practice, row, COLUMN.seal(VAULT, practice, row, card)) == card

    def test_shows_nothing_and_differs_each_time(self) -> None:
        practice, row = uuid4(), uuid4()
        once, again = (COLUMN.seal(VAULT, practice, row, CARD) for _ in range(2))
        assert once != again
        assert NAME.encode() not in once

    def test_opens_in_no_other_row_practice_table_or_column(self) -> None:
        practice, row = uuid4(), uuid4()
        sealed = COLUMN.seal(VAULT, practice, row, CARD)
        for column, where in (
            (COLUMN, (practice, uuid4())),
            (COLUMN, (uuid4(), row)),
            (Sealed(Card, "others", "card"), (practice, row)),
            (Sealed(Card, "cards", "other"), (practice, row)),
        ):
            with pytest.raises(CannotOpen):
                column.open(VAULT, *where, sealed)

    @given(st.data())
    def test_opens_after_no_change_of_any_bit_and_not_cut_short(self, data: st.DataObject) -> None:
        sealed = VAULT.seal(b"Quill", "here")
        place = data.draw(st.integers(0, len(sealed) * 8 - 1))
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        for wrong in (bytes(changed), sealed[: place // 8]):
            with pytest.raises(CannotOpen):
                VAULT.open(wrong, "here")

    def test_of_an_old_key_still_opens_and_says_that_it_is_old(self) -> None:
        before = Vault({"old": OLD}, INDEX).seal(b"Quill", "here")
        assert VAULT.open(before, "here") == b"Quill"
        assert not before.startswith(VAULT.head)
        assert VAULT.seal(b"Quill", "here").startswith(VAULT.head)
        with pytest.raises(CannotOpen):
            Vault({"new": NEW}, INDEX).open(before, "here")


class TestALookUp:
    def test_is_equal_for_equal_values_of_one_practice_and_tells_nothing_else(self) -> None:
        practice = uuid4()
        assert VAULT.index(practice, Phi("MA1"), "x") == VAULT.index(practice, "MA1", "x")
        assert VAULT.index(practice, "MA1") != VAULT.index(uuid4(), "MA1")
        assert VAULT.index("ab", "c") != VAULT.index("a", "bc")
        assert Vault({"new": NEW}, OLD).index(practice, "MA1") != VAULT.index(practice, "MA1")


class TestKeys:
    def test_are_read_in_order_from_settings(self) -> None:
        vault = Vault.of(f"new:{encoded(NEW)}, old:{encoded(OLD)}", encoded(INDEX))
        assert Vault({"new": NEW}, INDEX).seal(b"").startswith(vault.head)
        assert vault.open(Vault({"old": OLD}, INDEX).seal(b"Quill")) == b"Quill"

    @pytest.mark.parametrize(
        ("keys", "index"),
        [
            ("", encoded(INDEX)),
            (encoded(NEW), encoded(INDEX)),
            ("new:short", encoded(INDEX)),
            (f"new:{encoded(NEW)}", encoded(NEW)),
            (f"new:{encoded(NEW)},new:{encoded(OLD)}", encoded(INDEX)),
            (f"new:{encoded(NEW)}", "!"),
        ],
    )
    def test_that_cannot_seal_are_refused_without_being_quoted(self, keys: str, index: str) -> None:
        with pytest.raises(ValueError, match="key") as refused:
            Vault.of(keys, index)
        assert encoded(NEW) not in str(refused.value)
