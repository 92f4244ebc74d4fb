"""Edits on when and how the claim goes: dates, filing limit, frequency."""

from __future__ import annotations

from collections.abc import Iterator

from claims.domain.claim import ORIGINAL, WARN_AT
from claims.domain.draft import Draft, Found
from claims.domain.findings import Severity


def service_date(draft: Draft) -> Iterator[Found]:
    day = draft.coded.date_of_service
    if day > draft.today:
        yield Found("claim", f"The service of {day} has not happened yet.", "Correct the date of the encounter.")


def questions_in_coding(draft: Draft) -> Iterator[Found]:
    word = draft.coded.later
    if word is not None and word.held:
        asked = " ".join(word.flags) or "without a flag"
        said = f"Coding has asked about this encounter again: {asked}."
        yield Found("claim", said, "Answer coding's questions; the claim goes on when the encounter is coded again.")


def timely_filing(draft: Draft) -> Iterator[Found]:
    first, last = draft.filing_window
    if draft.today > last:
        said = f"The last day to send this was {last}."
        yield Found("claim", said, "Appeal to the payer with proof of why it is late, or write it off.")
    elif (draft.today - first).days * 100 >= (last - first).days * WARN_AT:
        said = f"The last day to send this is {last}."
        yield Found("claim", said, "Send it now.", severity=Severity.WARN)


def original_reference(draft: Draft) -> Iterator[Found]:
    if draft.frequency != ORIGINAL and not draft.original_reference:
        said = f"Frequency {draft.frequency} needs the payer's number of the claim it replaces; none is known."
        yield Found("claim", said, "Wait for the payer's claim number, or ask the payer for it.")
