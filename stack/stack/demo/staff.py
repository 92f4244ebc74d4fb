"""What staff do with rejected, held and denied claims, through the same APIs and with reasons."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from codes.cpt import lookup
from stack.demo.office import Office
from stack.demo.practice import NOT_PRICED, PAYERS

Case = Mapping[str, Any]
Body = dict[str, Any]

_DISTINCT = ("59", "XS")


async def mend_claims(office: Office) -> int:
    """The biller: mend what a payer rejected or the scrubber holds, where the practice knows how; how many."""
    claims = office["claims"]
    rejected, held = await asyncio.gather(
        claims.everything("/claims", status="rejected"), claims.everything("/claims", status="held")
    )
    await asyncio.gather(*(claims.act("POST", f"/claims/{claim['id']}/rebuild") for claim in rejected))
    mended = [await _mend_held(office, await claims.get(f"/claims/{claim['id']}")) for claim in held]
    return len(rejected) + sum(mended)


async def _mend_held(office: Office, claim: Mapping[str, Any]) -> bool:
    """Whether the practice knew how to mend it; a claim without coverage waits for the patient to call back."""
    claims = office["claims"]
    mended = False
    for finding in claim["findings"]:
        mended = mended or finding["id"] in ("E30", "E25")
        if finding["id"] == "E30":
            await claims.act("PUT", "/charges", {"charges": [{"cpt": NOT_PRICED, "charge": "115.00"}]})
            await claims.act("POST", f"/claims/{claim['id']}/rebuild")
        elif finding["id"] == "E25":
            passed = {
                "finding": "E25",
                "where": finding["where"],
                "reason": "The clinician remembers two lesions.",
            }
            claim = await claims.act("PUT", f"/claims/{claim['id']}/overrides", passed, version=claim["version"])
    return mended


async def work_denials(office: Office) -> int:
    """The denials desk: every open case whose reason we know what to do about; how many were acted on."""
    denials = office["denials"]
    cases = await denials.everything("/cases", status="open")
    known = [case for case in cases if case["carc"] in ANSWERS]
    await asyncio.gather(*(_work(office, case) for case in known))
    return len(known)


async def _work(office: Office, case: Case) -> None:
    act, body = ANSWERS[case["carc"]](case)
    await office["denials"].act("POST", f"/cases/{case['id']}/{act}", body, version=case["version"])


def _as_the_payer_likes(case: Case) -> tuple[str, Body]:
    """59 for those who know no X modifiers, XS for the others."""
    liked = "XS" if PAYERS[case["denial"]["payer_id"]].x_modifiers else "59"
    changes = [
        {"line": line["number"], "modifiers": [liked if one in _DISTINCT else one for one in line["modifiers"]]}
        for line in case["denial"]["lines"]
        if set(_DISTINCT) & set(line["modifiers"])
    ]
    return "correction", {"changes": changes, "reason": "The payer takes the other modifier for a separate site."}


def _as_separate(case: Case) -> tuple[str, Body]:
    """25 on an evaluation, on another line what the payer takes for a separate lesion."""
    liked = "XS" if PAYERS[case["denial"]["payer_id"]].x_modifiers else "59"
    changes = [
        {"line": line["number"], "modifiers": [*line["modifiers"], "25" if _is_visit(line["cpt"]) else liked]}
        for line in case["denial"]["lines"]
    ]
    return "correction", {"changes": changes, "reason": "The note documents a separate problem and lesion."}


def _is_visit(cpt: str) -> bool:
    code = lookup(cpt)
    return code is not None and code.is_evaluation


def _with_authorization(case: Case) -> tuple[str, Body]:
    body = {
        "authorization_number": "SYN-AUTH-1",
        "reason": "The payer authorized it; the number was left off.",
    }
    return "correction", body


def _appealed(case: Case) -> tuple[str, Body]:
    return "appeal", {"reason": "Photographs and the note show bleeding on most days."}


def _given_up(reason: str) -> Callable[[Case], tuple[str, Body]]:
    return lambda case: ("outcome", {"outcome": "upheld", "reason": reason})


# A claim without a laboratory certificate (CO-16) stays open on the worklist: the practice has none to give.
ANSWERS: Mapping[str, Callable[[Case], tuple[str, Body]]] = {
    "4": _as_the_payer_likes,
    "97": _as_separate,
    "236": _as_separate,
    "197": _with_authorization,
    "50": _appealed,
    "29": _given_up("First sent after the payer's limit; nothing proves an earlier submission."),
    "18": _given_up("The visit was entered twice; the first claim was paid."),
}
