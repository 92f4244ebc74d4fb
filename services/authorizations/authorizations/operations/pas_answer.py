"""What is read from a payer's ClaimResponse (FHIR Da Vinci PAS), in the terms of the rules.

The whole answer is kept beside the record byte for byte; here only what decides is taken from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, cast

from fhir.resources.R4B.claimresponse import ClaimResponse, ClaimResponseItem
from fhir.resources.R4B.extension import Extension
from pydantic import ValidationError

from authorizations.domain.counting import CertifiedService
from authorizations.domain.said import Rejection, Said, ServiceWord
from authorizations.operations.pas_words import EXTENSIONS
from authorizations.operations.question import CannotHear

REVIEW_ACTION = EXTENSIONS + "extension-reviewAction"
REVIEW_ACTION_CODE = EXTENSIONS + "extension-reviewActionCode"
AUTHORIZED_DETAIL = EXTENSIONS + "extension-itemAuthorizedDetail"
AUTHORIZED_PERIOD = EXTENSIONS + "extension-itemPreAuthPeriod"
ADMINISTRATIVE = EXTENSIONS + "extension-administrationReferenceNumber"
FOLLOW_UP = EXTENSIONS + "extension-errorFollowupAction"

PENDED, TOTAL, CALL = "A4", "A1", "CT"
LESS_THAN_ASKED = frozenset({"A2", "A6"})
UNNAMED = "other"
QUEUED = "queued"
_CODE = re.compile(r"[A-Z0-9]{1,5}")
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,50}")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_MOST_RESPONSES = 200


def said_in(content: bytes, trace: str, asked: Sequence[CertifiedService]) -> Said:
    """What the answer says of the request with our trace number. Raises CannotHear."""
    responses = claim_responses_in(content)
    ours = [each for each in responses if trace in traces_of(each)]
    if len(ours) == 1:
        return heard(ours[0], asked)
    if len(responses) == 1 and not traces_of(responses[0]):
        return heard(responses[0], asked)
    raise CannotHear("answer-not-ours")


def claim_responses_in(content: bytes) -> list[ClaimResponse]:
    """Every ClaimResponse of a Bundle, of Parameters, or alone, held to FHIR's definition. Raises CannotHear."""
    try:
        decoded: object = json.loads(content)
    except (ValueError, RecursionError):
        raise CannotHear("answer-unreadable") from None
    found = [each for each in _resources(decoded) if each.get("resourceType") == "ClaimResponse"]
    if not 1 <= len(found) <= _MOST_RESPONSES:
        raise CannotHear("answer-unreadable")
    try:
        return [ClaimResponse.model_validate(each) for each in found]
    except (ValidationError, ValueError, TypeError, RecursionError):
        raise CannotHear("answer-unreadable") from None


def focuses_in(content: bytes) -> list[str]:
    """The ids of the answers that a notification names without bringing them."""
    try:
        decoded: object = json.loads(content)
    except (ValueError, RecursionError):
        return []
    references = [_text(each.get("reference")) for each in _named(decoded, "focus")]
    ids = (each.rstrip("/").rsplit("/", 1)[-1] for each in references if "ClaimResponse" in each)
    return list(dict.fromkeys(id for id in ids if _ID.fullmatch(id)))[:_MOST_RESPONSES]


def id_of(content: bytes) -> str:
    """The payer's id of its answer, where the content is one answer that has one; empty else."""
    try:
        [response] = claim_responses_in(content)
    except (CannotHear, ValueError):
        return ""
    return str(response.id or "")


def alone(response: ClaimResponse) -> bytes:
    """One answer of several, as it is read again by itself."""
    return response.model_dump_json().encode()


def traces_of(response: ClaimResponse) -> set[str]:
    """The trace numbers that the answer repeats (TRN02)."""
    return {str(each.value) for each in response.identifier or () if each.value}


def heard(response: ClaimResponse, asked: Sequence[CertifiedService]) -> Said:
    """The answer in the terms of the rules; `asked` are the services in the order of the items of the request."""
    own = _action([*(response.extension or ()), *_adjudicated(response.adjudication)])
    items = [_Item(each) for each in response.item or ()]
    # A referral that names no services has one item for all its visits.
    visits = items[0] if items and not asked else None
    words = () if visits else tuple(_words(items, asked, own.code)) or _of_the_whole(own, asked)
    action = own.code or (visits.action if visits else "")
    valid_from, valid_to = _period(response, items)
    return Said(
        action=action or (PENDED if response.outcome == QUEUED and not any(word.action for word in words) else ""),
        number=own.number or _text(response.preAuthRef) or next((item.number for item in items if item.number), ""),
        reasons=own.reasons or (visits.reasons if visits else ()),
        services=words,
        visits=visits.units if visits else None,
        valid_from=valid_from,
        valid_to=valid_to,
        rejections=tuple(_rejections(response)),
        administrative=next((item.administrative for item in items if item.administrative), ""),
    )


class _Action:
    """A review action: the X12 306 code, the number, and the reasons of what was not certified."""

    def __init__(self, said: Extension | None = None) -> None:
        parts: Sequence[Extension] = (said.extension or ()) if said else ()
        codes = [each for each in parts if each.url == REVIEW_ACTION_CODE]
        # Servers of the first editions of the guide say the code alone, as the value of the extension.
        plain = [_text(said.valueCode) or _text(said.valueString)] if said else []
        self.code = next((code for code in (*_codes(codes), *plain) if _CODE.fullmatch(code)), "")
        self.number = next((_text(each.valueString) for each in parts if each.url == "number"), "")
        self.reasons = tuple(_codes(each for each in parts if each.url == "reasonCode"))


class _Item:
    """What was said of one item: its action, code and units where the payer names them, and its days."""

    def __init__(self, item: ClaimResponseItem) -> None:
        extensions: Sequence[Extension] = item.extension or ()
        action = _action(_adjudicated(item.adjudication))
        self.sequence = int(item.itemSequence or 0)
        self.action, self.number, self.reasons = action.code, action.number, action.reasons
        detail = next((each.extension or () for each in extensions if each.url == AUTHORIZED_DETAIL), ())
        self.code = next(_codes(each for each in detail if each.url == "productOrServiceCode"), "")
        quantities = [each.valueQuantity for each in detail if each.url == "quantity" and each.valueQuantity]
        values = [each.value for each in quantities if each.value is not None]
        self.units = int(values[0]) if values and values[0] >= 0 else None
        numbers = [_text(each.valueString) for each in extensions if each.url == ADMINISTRATIVE]
        self.administrative = next((number for number in numbers if _NUMBER.fullmatch(number)), "")
        self.periods = [each.valuePeriod for each in extensions if each.url == AUTHORIZED_PERIOD and each.valuePeriod]


def _words(items: Iterable[_Item], asked: Sequence[CertifiedService], whole: str) -> Iterator[ServiceWord]:
    for item in items:
        wanted = asked[item.sequence - 1] if 1 <= item.sequence <= len(asked) else None
        code = item.code or (wanted.code if wanted else "")
        if not code:
            continue
        action, units = item.action, item.units
        if units is None and (action or whole) in LESS_THAN_ASKED:
            # Less or other than was asked, without how much: nothing may be counted on before the payer says it.
            action = CALL
        elif units is None and wanted is not None:
            units = wanted.units
        yield ServiceWord(code, units, action, item.reasons)


def _of_the_whole(own: _Action, asked: Sequence[CertifiedService]) -> tuple[ServiceWord, ...]:
    """A word for the whole alone, certified in total, is one for each service that was asked for."""
    return tuple(ServiceWord(each.code, each.units) for each in asked) if own.code == TOTAL else ()


def _action(extensions: Iterable[Extension]) -> _Action:
    return _Action(next((each for each in extensions if each.url == REVIEW_ACTION), None))


def _adjudicated(adjudications: Iterable[Any] | None) -> list[Extension]:
    return [extension for each in adjudications or () for extension in each.extension or ()]


def _period(response: ClaimResponse, items: Sequence[_Item]) -> tuple[date | None, date | None]:
    """The days it is good for: those of the whole, else those that every item has in common."""
    if response.preAuthPeriod is not None:
        return _day(response.preAuthPeriod.start), _day(response.preAuthPeriod.end)
    periods = [period for item in items for period in item.periods]
    starts = [day for day in (_day(each.start) for each in periods) if day]
    ends = [day for day in (_day(each.end) for each in periods) if day]
    return max(starts, default=None), min(ends, default=None)


def _rejections(response: ClaimResponse) -> Iterator[Rejection]:
    for each in response.error or ():
        codes = [_text(coding.code) for coding in (each.code.coding if each.code else None) or ()]
        follow_up = next(_codes(one for one in each.extension or () if one.url == FOLLOW_UP), "")
        yield Rejection("event", next((code for code in codes if _CODE.fullmatch(code)), UNNAMED), follow_up)
    if response.outcome == "error" and not response.error:
        yield Rejection("event", UNNAMED)


def _codes(extensions: Iterable[Extension]) -> Iterator[str]:
    """The first code of each extension that is a code of X12, HCPCS or CPT; words of the payer are none."""
    for each in extensions:
        concept = each.valueCodeableConcept
        codes = [_text(coding.code) for coding in (concept.coding or ())] if concept else []
        yield from [code for code in codes if _CODE.fullmatch(code)][:1]


def _resources(decoded: object) -> Iterator[dict[str, Any]]:
    """The resource itself, those of a Bundle's entries, and those of Parameters."""
    if not isinstance(decoded, dict):
        return
    resource = cast(dict[str, Any], decoded)
    yield resource
    for name in ("entry", "parameter"):
        inside = resource.get(name)
        for each in cast(list[object], inside) if isinstance(inside, list) else ():
            within = cast(dict[str, Any], each).get("resource") if isinstance(each, dict) else None
            yield from _resources(within)


def _named(decoded: object, name: str, depth: int = 12) -> Iterator[dict[str, Any]]:
    """The references of the parts or elements of that name, wherever they stand in a notification."""
    if depth == 0 or not isinstance(decoded, dict | list):
        return
    if isinstance(decoded, list):
        for each in cast(list[object], decoded):
            yield from _named(each, name, depth - 1)
        return
    found = cast(dict[str, Any], decoded)
    if found.get("name") == name and isinstance(found.get("valueReference"), dict):
        yield found["valueReference"]
    if isinstance(found.get(name), dict):
        yield found[name]
    for each in found.values():
        yield from _named(each, name, depth - 1)


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
