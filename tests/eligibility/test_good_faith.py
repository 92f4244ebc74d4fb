"""The good-faith estimate: its clocks, its content, and a document that a screen reader can read."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_text import text_of

from codes.business_days import after, between, is_business_day
from common.ids import new_id
from common.money import Money
from common.phi import Phi
from eligibility.domain.good_faith import Document, ExpectedItem, Provider, Why, due_on
from eligibility.domain.refusals import CannotBeShown, EstimateNotRequired
from eligibility.operations.document import as_pdf

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PROVIDER = Provider("Sample Dermatology PC", "1234567893", "12-3456789", "100 Example Street", "Albany", "NY", "12207")


def document(**changes: Any) -> Document:
    facts: dict[str, Any] = {
        "patient_name": Phi("Maren #Quill *of* $here"),
        "birth_date": Phi(date(1980, 4, 2)),
        "primary_service": "Removal of a growth",
        "items": (
            ExpectedItem("11102", "Skin biopsy, first", 1, Money("190.00"), ("D49.2",)),
            ExpectedItem("11103", "Skin biopsy, each further", 2, Money("190.00")),
        ),
        "provider": PROVIDER,
        "made_on": date(2026, 3, 2),
        "scheduled_on": date(2026, 3, 20),
        "scheduled_apart": ("Pathology",),
    }
    return Document(**facts | changes)


class TestBusinessDays:
    @pytest.mark.parametrize(
        "holiday",
        [
            date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19),
            date(2026, 7, 3), date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26),
            date(2026, 12, 25), date(2021, 12, 31), date(2027, 7, 5),
        ],
    )  # fmt: skip
    def test_a_federal_holiday_is_none(self, holiday: date) -> None:
        assert not is_business_day(holiday)
        assert holiday.weekday() < 5

    @given(DAYS, st.integers(1, 30))
    def test_counting_forward_and_back_agree(self, day: date, count: int) -> None:
        reached = after(day, count)
        assert is_business_day(reached)
        assert between(day, reached) == count


class TestTheClock:
    @pytest.mark.parametrize(
        ("scheduled_on", "due"),
        [
            (date(2026, 3, 16), date(2026, 3, 5)),
            (date(2026, 3, 13), date(2026, 3, 3)),
            (date(2026, 3, 5), date(2026, 3, 3)),
        ],
    )
    def test_is_three_days_when_scheduled_ten_ahead_and_one_when_three(self, scheduled_on: date, due: date) -> None:
        assert due_on(Why.SCHEDULED, date(2026, 3, 2), scheduled_on) == due

    def test_there_is_none_for_a_service_of_the_next_day_unless_it_is_asked_for(self) -> None:
        with pytest.raises(EstimateNotRequired):
            due_on(Why.SCHEDULED, date(2026, 3, 2), date(2026, 3, 3))
        assert due_on(Why.ASKED, date(2026, 3, 2), date(2026, 3, 3)) == date(2026, 3, 5)

    @given(DAYS, st.integers(0, 60))
    def test_never_ends_after_the_service(self, begun: date, ahead: int) -> None:
        scheduled = begun + timedelta(days=ahead)
        try:
            due = due_on(Why.SCHEDULED, begun, scheduled)
        except EstimateNotRequired:
            assert between(begun, scheduled) < 3
        else:
            assert begun < due < scheduled


class TestTheDocument:
    def test_is_tagged_titled_and_in_a_language(self) -> None:
        raw = objects(as_pdf(UUID(int=1), document()))
        assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", raw)
        assert b"/Lang" in raw
        for tag in (b"/H1", b"/H2", b"/Table", b"/TH", b"/TD", b"/L", b"/Link"):
            assert re.search(rb"/S\s*" + tag + rb"\b", raw), tag
        assert b"pdfuaid:part" in raw

    def test_is_the_same_for_the_same_estimate_and_another_for_another(self) -> None:
        first = as_pdf(UUID(int=1), document())
        assert as_pdf(UUID(int=1), document()) == first
        assert as_pdf(UUID(int=1), document(items=document().items[:1])) != first

    @settings(max_examples=25, deadline=None)
    @given(st.text(st.characters(max_codepoint=0x17E, exclude_categories=("Cc", "Cf")), max_size=60))
    def test_takes_whatever_is_filled_in_for_text(self, words: str) -> None:
        assert as_pdf(UUID(int=1), document(patient_name=Phi(words), scheduled_apart=(words,))).startswith(b"%PDF-")

    def test_is_refused_rather_than_shown_with_a_gap(self) -> None:
        with pytest.raises(CannotBeShown):
            as_pdf(UUID(int=1), document(patient_name=Phi("\u8a00")))


# 45 CFR 149.610(c)(1), by its paragraphs, in the words of the document.
REQUIRED = {
    "i": ("Maren", "born 1980-04-02"),
    "ii": ("Removal of a growth", "Scheduled for 2026-03-20"),
    "iii": ("Skin biopsy, first", "Skin biopsy, each further", "Charges of Sample Dermatology PC", "no other provider"),
    "iv": ("D49.2", "not known yet", "11102", "11103", "$190.00", "Total expected charges", "$380.00"),
    "v": ("NPI 1234567893", "tax identification number 12-3456789", "100 Example Street", "in the State of NY"),
    "vi": (
        "Pathology",
        "Separate good-faith estimates will be given to you when they are scheduled, or when you ask for them",
        "Diagnosis codes, service codes, expected charges and the numbers of the providers are not in this list",
        "To obtain one, ask us in writing at the address above",
    ),
    "vii": ("additional services that we recommend", "scheduled or asked for separately and are not in this estimate"),
    "viii": ("only an estimate", "actual services and charges may differ"),
    "ix": (
        "right to dispute a bill",
        "at least $400.00 more than this estimate",
        "within 120 calendar days of the date of the first bill",
        "www.cms.gov/nosurprises",
        "does not affect the quality of the care",
    ),
    "x": ("not a contract", "does not oblige you to take any service"),
}


class TestWhatTheLawWants:
    @pytest.mark.parametrize("paragraph", sorted(REQUIRED))
    def test_is_in_the_document(self, paragraph: str) -> None:
        shown = text_of(as_pdf(UUID(int=1), document()))
        assert [words for words in REQUIRED[paragraph] if words not in shown] == []

    def test_stands_above_the_list_that_it_is_about(self) -> None:
        shown = text_of(as_pdf(UUID(int=1), document(scheduled_apart=("Reading of the slides",))))
        assert 0 < shown.index("Separate good-faith estimates") < shown.index("Reading of the slides")

    def test_leaves_out_the_list_where_nothing_is_scheduled_apart(self) -> None:
        assert "Scheduled separately" not in text_of(as_pdf(UUID(int=1), document(scheduled_apart=())))


class TestAtTheDesk:
    async def test_is_made_listed_until_it_is_given_and_kept_sealed(self, desk: Any) -> None:
        patient_id = await desk.registers(covered=False)
        today = datetime.now(UTC).date()
        body = {
            "patient_id": str(patient_id),
            "why": "scheduled",
            "begun_on": today.isoformat(),
            "scheduled_on": (today + timedelta(days=30)).isoformat(),
            "primary_service": "Removal of a growth",
            "items": [{"code": "11102", "description": "Skin biopsy, first", "charge": "190.00"}],
        }
        early = await desk.http.post("/good-faith-estimates", json=body, headers={"Idempotency-Key": str(new_id())})
        assert early.json()["code"] == "practice-incomplete"
        entry = {name: getattr(PROVIDER, name) for name in Provider.__slots__}
        assert (await desk.http.put("/estimate-provider", json=entry)).status_code == 200
        made = await desk.http.post("/good-faith-estimates", json=body, headers={"Idempotency-Key": str(new_id())})
        assert made.status_code == 201, made.text
        told = made.json()
        assert (told["due_on"], told["total"], told["late"]) == (after(today, 3).isoformat(), "190.00", False)
        assert told["disputed_from"] == "590.00"
        [due] = (await desk.gets("/good-faith-estimates", due_by=told["due_on"]))["items"]
        assert due["id"] == told["id"]
        pdf = await desk.http.get(f"/good-faith-estimates/{told['id']}/document")
        assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
        version = {"If-Match": f'"{told["version"]}"'}
        given_ = await desk.http.post(f"/good-faith-estimates/{told['id']}/give", headers=version)
        assert given_.json()["given_at"] is not None
        assert (await desk.gets("/good-faith-estimates", due_by=told["due_on"]))["items"] == []


def objects(pdf: bytes) -> bytes:
    """The file with every compressed stream beside it in the clear."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            found.append(stream)
    return b"\n".join(found)
