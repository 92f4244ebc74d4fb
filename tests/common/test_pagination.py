"""Pages tile a list: nothing twice, nothing left out, and a cursor is only what we gave."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, Uuid, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from common.pagination import Cursor, CursorInvalid, Page, keyset
from common.testing.databases import Server

CLAIMS = Table("claims", MetaData(), Column("id", Uuid, primary_key=True), prefixes=["TEMPORARY"])


class TestACursor:
    @given(st.uuids())
    def test_gives_back_its_id(self, id: UUID) -> None:
        assert Cursor.decode(Cursor(id).encode()) == Cursor(id)

    @given(st.text(max_size=40) | st.text("ABCDEFabcdef-_0123456789=", min_size=20, max_size=24))
    def test_is_what_we_gave_or_a_422(self, text: str) -> None:
        with suppress(CursorInvalid):
            assert Cursor.decode(text).encode() == text
        assert CursorInvalid().status == 422

    def test_that_decodes_to_an_id_but_is_not_as_we_write_it_is_refused(self) -> None:
        with pytest.raises(CursorInvalid):
            Cursor.decode(Cursor(UUID(int=0)).encode()[:-1] + "B")


class TestPages:
    @pytest.mark.parametrize(("count", "limit"), [(0, 5), (1, 1), (4, 5), (5, 5), (6, 5), (10, 5), (23, 7), (3, 200)])
    async def test_tile_the_list_in_order(self, postgres: Server, count: int, limit: int) -> None:
        ids = [uuid4() for _ in range(count)]
        seen: list[UUID] = []
        engine = create_async_engine(postgres.as_admin("postgres"))
        async with engine.connect() as connection:
            await connection.run_sync(CLAIMS.create)
            if ids:
                await connection.execute(insert(CLAIMS), [{"id": id} for id in ids])
            cursor: Cursor | None = None
            for _ in range(count + 1):
                rows = (await connection.execute(keyset(select(CLAIMS), CLAIMS.c.id, cursor, limit))).mappings().all()
                page = Page[UUID].of(rows, limit, lambda row: row["id"])
                assert len(page.items) == limit or page.next is None
                seen += page.items
                if page.next is None:
                    break
                cursor = Cursor.decode(page.next)
        await engine.dispose()
        assert seen == sorted(ids)
