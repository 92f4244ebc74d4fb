"""The practice's authorization desk and the payer at its other end, as a scenario needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from stack.demo.authorizing import EXTENSION
from stack.demo.practice import Payer, profile
from stack.scenarios.clinic import Clinic, until

HARBORLIGHT = Payer("HARBORLIGHT", "HARBORLIGHT HEALTH", "CI", 180, True, "commercial", "commercial", "HL")


async def opens_at_the_payer(clinic: Clinic, payer: Payer, codes: Sequence[str], *, decides_after: float) -> None:
    """A payer that wants codes authorized, denies them with CO-197 otherwise, and thinks about each request."""
    simulator = clinic.office.simulator
    habits = {
        "name": payer.name,
        "contract": {"conversion_factor": "32.3465", "rate": "1.10"},
        "filing_limit_days": payer.filing_limit_days,
        "authorization_cpts": list(codes),
        "payer_number_prefix": payer.member_prefix,
    }
    await simulator.act("PATCH", f"/admin/payers/{payer.id}", habits)
    rules = [{"decision": "A1", "cpt": code, "days": decides_after} for code in codes]
    await simulator.act("PUT", f"/admin/payers/{payer.id}/authorization-rules", rules)
    asking = {"name": profile()["name"], "npi": profile()["npi"]}
    await clinic.office["authorizations"].act("PUT", "/asking-provider", asking)


async def asks(clinic: Clinic, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the payer by 278; gives the authorization as it was opened."""
    return await clinic.office["authorizations"].create("/authorizations", {**wanted, "submit": True})


async def extends(clinic: Clinic, authorization: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Ask for an extension by 278."""
    body = {"certification": EXTENSION, "wish": wanted}
    path = f"/authorizations/{authorization['id']}/requests"
    await clinic.office["authorizations"].act("POST", path, body, version=authorization["version"])


async def ended(clinic: Clinic, authorization: Mapping[str, Any]) -> dict[str, Any]:
    """The authorization as soon as its last day is known to be over."""

    async def look() -> dict[str, Any] | None:
        one = await clinic.office["authorizations"].get(f"/authorizations/{authorization['id']}")
        return one if one["status"] == "expired" else None

    return await until(look, f"authorization {authorization['id']} expired")


async def pended(clinic: Clinic, authorization: Mapping[str, Any]) -> dict[str, Any]:
    """The authorization as soon as the payer has its request and thinks about it."""

    async def look() -> dict[str, Any] | None:
        one = await clinic.office["authorizations"].get(f"/authorizations/{authorization['id']}")
        return one if one["request"] and one["request"]["stage"] == "pended" else None

    return await until(look, f"authorization {authorization['id']} pended")


async def certified(clinic: Clinic, authorization: Mapping[str, Any], valid_to: date) -> dict[str, Any]:
    """The authorization as soon as the payer has certified it up to a day."""

    async def look() -> dict[str, Any] | None:
        one = await clinic.office["authorizations"].get(f"/authorizations/{authorization['id']}")
        return one if one["request"] is None and one["valid_to"] == valid_to.isoformat() else None

    return await until(look, f"authorization {authorization['id']} certified up to {valid_to}")
