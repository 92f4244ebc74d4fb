"""FHIR on the wire (Da Vinci PAS): what is asked of a payer's FHIR server, and what its answer is.

Edi carries the Bundle as it is; who asked knows what it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from edi.domain.bodies import LONGEST_BODY
from edi.domain.refusals import BadQuestion

MEDIA_TYPE = "application/fhir+json"

OPERATIONS: Mapping[str, str] = {"PAS": "/Claim/$submit", "PASINQUIRY": "/Claim/$inquire"}
"""The operation of each kind, below the server's base address (PAS guide, operations of Claim)."""

# A server may leave the Bundle around a single answer away, and an inquiry may find several (Parameters).
_ANSWERS = frozenset({"Bundle", "ClaimResponse", "Parameters"})
_REFUSAL = "OperationOutcome"
REJECT_REASONS = "https://codesystem.x12.org/005010/901"
_REASON = re.compile(r"[0-9A-Z]{2}")
_ISSUE = re.compile(r"[a-z]+(-[a-z]+){0,3}")


def check(kind: str, body: str) -> None:
    """The body is a FHIR Bundle. Raises BadQuestion, which names nothing of what it holds."""
    if len(body) > LONGEST_BODY or _resource(body) != "Bundle":
        raise BadQuestion(kind=kind, where="body", what="is not a FHIR Bundle as JSON")


def is_answer(content: bytes) -> bool:
    """Whether the content is a resource that answers or refuses."""
    return _resource(content) in _ANSWERS | {_REFUSAL}


def refused(content: bytes) -> str | None:
    """Why the server refused the question; None where it answered it.

    The code of X12 (element 901) where the first issue has one, as `aaa-`, else `fhir-` and that issue's own. What the
    server says in words is not told on.
    """
    decoded = _decoded(content)
    if decoded.get("resourceType") != _REFUSAL:
        return None
    issues = decoded.get("issue")
    first = cast(list[Any], issues)[0] if isinstance(issues, list) and issues else None
    issue = cast(dict[str, Any], first) if isinstance(first, dict) else {}
    for coding in _codings(issue.get("details")):
        code = coding.get("code")
        if coding.get("system") == REJECT_REASONS and isinstance(code, str) and _REASON.fullmatch(code):
            return f"aaa-{code}"
    code = issue.get("code")
    return f"fhir-{code}" if isinstance(code, str) and _ISSUE.fullmatch(code) else "fhir-unknown"


def _codings(details: object) -> list[dict[str, Any]]:
    found = cast(dict[str, Any], details).get("coding") if isinstance(details, dict) else None
    listed = cast(list[object], found) if isinstance(found, list) else []
    return [cast(dict[str, Any], each) for each in listed if isinstance(each, dict)]


def _resource(content: str | bytes) -> object:
    return _decoded(content).get("resourceType")


def _decoded(content: str | bytes) -> dict[str, Any]:
    try:
        decoded: object = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], decoded) if isinstance(decoded, dict) else {}
