"""Lists in pages: ordered by id, each page beginning after the last id of the one before."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from sqlalchemy import ColumnElement, Select

from common.refusal import Refusal

T = TypeVar("T")
Row = TypeVar("Row")
S = TypeVar("S", bound=Select[Any])

LARGEST_PAGE = 200
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many items a page has.")]
"""The query parameter of every list: `limit: Limit = 50`."""

ENCODED_LENGTH = 22


class CursorInvalid(Refusal):
    code = "invalid-cursor"
    sentence = "The cursor is not one that this service gave."
    mend = "Begin again without a cursor, and pass on `next` as it came."
    status = 422


class Cursor:
    """The place in a list after `id`, opaque to clients. As a parameter: `cursor: Cursor | None = None`."""

    __slots__ = ("id",)

    def __init__(self, id: UUID) -> None:
        self.id = id

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises CursorInvalid for anything but the text of a cursor."""
        if len(text) != ENCODED_LENGTH or not text.isascii():
            raise CursorInvalid
        try:
            cursor = cls(UUID(bytes=base64.b64decode(text + "==", altchars=b"-_", validate=True)))
        except (binascii.Error, ValueError):
            raise CursorInvalid from None
        # 22 characters hold 132 bits: of the texts that decode to an id, only the one we write is a cursor.
        if cursor.encode() != text:
            raise CursorInvalid
        return cursor

    def encode(self) -> str:
        return base64.urlsafe_b64encode(self.id.bytes).decode().rstrip("=")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cursor) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Cursor({self.encode()!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=ENCODED_LENGTH, max_length=ENCODED_LENGTH)
        return core_schema.no_info_after_validator_function(cls._validated, text)

    @classmethod
    def _validated(cls, text: str) -> Cursor:
        try:
            return cls.decode(text)
        except CursorInvalid as refusal:
            raise PydanticCustomError("invalid_cursor", "{sentence}", {"sentence": refusal.detail}) from None


class Page(BaseModel, Generic[T]):
    """`items`, and the cursor of the next page or null."""

    items: list[T]
    next: str | None = None

    @classmethod
    def of(
        cls,
        rows: Sequence[Row],
        limit: int,
        render: Callable[[Row], T],
        id_of: Callable[[Row], UUID] | None = None,
    ) -> Page[T]:
        """A page of what a `keyset` statement found. `id_of` reads a row's id; `row["id"]` when left out."""
        shown = rows[:limit]
        more = len(rows) > limit
        last = (id_of or _id_of)(shown[-1]) if more else None
        return cls(items=[render(row) for row in shown], next=Cursor(last).encode() if last else None)


def keyset(statement: S, column: ColumnElement[UUID], cursor: Cursor | None, limit: int) -> S:
    """`statement` after `cursor`, by `column`: one row more than `limit`, so that `Page.of` sees the end."""
    after = statement if cursor is None else statement.where(column > cursor.id)
    return after.order_by(column).limit(limit + 1)


def _id_of(row: Any) -> UUID:
    return row["id"]
