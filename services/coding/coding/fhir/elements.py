"""Readers of FHIR's own elements: codings, references, dates, and what is accepted without being kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from coding.domain.form import Form, one_of
from coding.domain.refusals import Fault
from common.refusal import Refusal

COMMON = ("resourceType", "id", "meta", "text")
MOST_FAULTS_TOLD = 20
_NOT_AN_ELEMENT = re.compile(r"[^A-Za-z0-9_.\[\]-]")


class BundleUnreadable(Refusal):
    """`faults` are FHIR paths and what is wrong there, without the values."""

    code = "bundle-unreadable"
    sentence = "The Bundle cannot be read: {faults}."
    mend = "Correct the named elements; docs/guides/fhir.md has the profile."
    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        # An element that the client made up is part of its path, and may be anything at all.
        self.faults = tuple(Fault(_NOT_AN_ELEMENT.sub("?", fault.path), fault.says) for fault in faults)
        super().__init__(faults="; ".join(str(fault) for fault in self.faults[:MOST_FAULTS_TOLD]))


def common(resource: Form) -> None:
    """What every resource may carry beside its facts: an id, plain meta, and a narrative that says nothing more."""
    resource.child("meta", "versionId", "lastUpdated", "source", "profile")
    narrative = resource.child("text", "status", "div")
    if narrative is not None:
        # A narrative of another status may say what the elements do not.
        narrative.needs("status", one_of("generated"))


def one_code(concept: Form, system: str, *allowed: str) -> Any:
    """The code of the only coding of a concept, which must be of `system`; complains and gives None otherwise."""
    codings = list(concept.items("coding", 1))
    if not codings:
        concept.faults.add(concept.at("coding"), "is needed")
        return None
    return code_of(codings[0], system, *allowed)


def code_of(coding: Form, system: str, *allowed: str) -> Any:
    coding.knows("system", "code", "display")
    coding.needs("system", one_of(system))
    return coding.needs("code", one_of(*allowed) if allowed else _as_it_is)


def fixed(holder: Form, name: str, system: str, *allowed: str) -> None:
    """A concept that may only say what the profile takes for granted."""
    concept = holder.child(name, "coding")
    if concept is not None:
        one_code(concept, system, *allowed)


def reference(holder: Form, name: str, *, required: bool = False) -> str | None:
    """The literal reference in an element, or None with a complaint when it is needed and absent."""
    found = holder.child(name, "reference", "type", "display", required=required)
    return found and target(found)


def target(found: Form) -> str | None:
    text = found.content.get("reference")
    if not isinstance(text, str):
        found.faults.add(found.at("reference"), "is needed")
        return None
    return text


def day(holder: Form, name: str, *, required: bool = False) -> str | None:
    """The day of a date or dateTime as it is where the clinician was: its first ten characters."""
    value = holder.content.get(name)
    if value is None:
        if required:
            holder.faults.add(holder.at(name), "is needed")
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except (TypeError, ValueError):
        holder.faults.add(holder.at(name), "must be a full date, or a date and time")
        return None


def plain(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The element under its own name, or nothing when it is absent: an absent fact is not documented."""
    return {} if holder.get(name) is None else {name: holder[name]}


def _as_it_is(value: Any) -> Any:
    return value
