"""The good-faith estimate as a tagged PDF (PDF/UA-1): a screen reader finds its headings, lists and table."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from importlib.resources import as_file, files
from typing import Any
from uuid import UUID

import typst

from eligibility.domain.good_faith import DISPUTE_DAYS, DISPUTE_FROM, KEPT_YEARS, Document
from eligibility.domain.refusals import CannotBeShown

TEMPLATE = "good_faith_estimate.typ"
ACCESSIBLE = "ua-1"
NO_GLYPH = "could not be displayed"


def as_pdf(id: UUID, document: Document) -> bytes:
    """The estimate as a PDF; the same estimate is the same PDF. What is filled in is text and never markup.

    Raises CannotBeShown for a character that the document's font does not have: PDF/UA allows none to be left out.
    """
    told = json.dumps(_told(id, document))
    made = datetime.combine(document.made_on, time(12), UTC)
    with as_file(files("eligibility.operations").joinpath(TEMPLATE)) as template:
        try:
            pdf = typst.compile(
                str(template),
                format="pdf",
                sys_inputs={"document": told},
                pdf_standards=[ACCESSIBLE],
                ignore_system_fonts=True,
                timestamp=int(made.timestamp()),
            )
        except typst.TypstError as fault:
            if NO_GLYPH in str(fault):
                raise CannotBeShown from None
            raise
    if not isinstance(pdf, bytes):
        raise TypeError("a PDF is one file")
    return pdf


def _told(id: UUID, document: Document) -> dict[str, Any]:
    provider = document.provider
    return {
        "number": str(id),
        "patient_name": document.patient_name.reveal(),
        "birth_date": document.birth_date.reveal().isoformat(),
        "made_on": document.made_on.isoformat(),
        "primary_service": document.primary_service,
        "scheduled_on": document.scheduled_on.isoformat() if document.scheduled_on else None,
        "provider": {name: getattr(provider, name) for name in type(provider).__slots__},
        "items": [
            {
                "code": item.code,
                "description": item.description,
                "diagnoses": ", ".join(item.diagnoses) or "not known yet",
                "units": str(item.units),
                "charge": f"${item.charge}",
            }
            for item in document.items
        ],
        "total": f"${document.total}",
        "scheduled_apart": list(document.scheduled_apart),
        "dispute_from": f"${DISPUTE_FROM}",
        "dispute_days": str(DISPUTE_DAYS),
        "kept_years": str(KEPT_YEARS),
    }
