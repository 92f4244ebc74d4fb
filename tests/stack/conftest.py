"""A day at a practice, lived through all six services and the payers, and then left alone to be audited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from whole_platform import PATIENCE_SECONDS, VAULTS, Platform, whole_platform

from common.ids import new_id
from common.testing.databases import Server
from common.testing.issuer import TestIssuer
from stack.audit import AuditResult, audit

AREAS = {
    "patients": "patients", "coding": "encounters", "claims": "claims", "edi": "edi", "payments": "payments",
    "denials": "denials", "credentialing": "credentialing", "eligibility": "eligibility",
    "authorizations": "authorizations",
}  # fmt: skip
HOME = {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"}
PERSON = {"name": {"family": "Quill", "given": "Maren"}, "birth_date": "1961-07-09", "sex": "F", "address": HOME}
PRACTICE = {
    "name": "Sample Dermatology PC", "npi": "1234567893", "tax_id": "123456789", "taxonomy": "207N00000X",
    "address": HOME, "contact_name": "Billing Office", "contact_phone": "5185550100",
}  # fmt: skip
PAYER = {
    "name": "MERIDIAN MUTUAL", "filing_indicator": "CI", "filing_limit_days": 90, "takes_frequency_codes": True,
    "x_modifiers": True, "batch_seconds": 1,
}  # fmt: skip
RENDERING = "1245319599"
CHARGES = {"17000": "135.00", "17003": "15.00", "11102": "190.00", "11104": "240.00"}
KERATOSES = {
    "kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy", "site": "scalp", "count": 8,
    "problem_ref": "p1",
}  # fmt: skip
SHAVE = {"kind": "biopsy", "technique": "tangential", "site": "back", "count": 1, "problem_ref": "p1"}
UNDOCUMENTED = SHAVE | {"technique": None}


@dataclass
class Practice:
    """One practice and its desks, in a few acts."""

    platform: Platform
    id: UUID
    desks: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def asks(self, method: str, service: str, path: str, body: Any = None, **headers: str) -> Any:
        keyed = {"Idempotency-Key": str(new_id())} | headers
        answer = await self.desks[service].request(method, path, json=body, headers=keyed)
        assert answer.is_success, answer.text
        return answer.json()

    async def opens(self) -> None:
        for path, body in (
            ("/practice", PRACTICE),
            ("/payers/MERIDIAN", PAYER),
            (
                f"/rendering-providers/{RENDERING}",
                {"last_name": "Ashby", "first_name": "Noor", "taxonomy": "207N00000X"},
            ),
        ):
            await self.asks("PUT", "claims", path, body, **{"If-Match": '"0"'})
        charges = [{"cpt": cpt, "charge": charge} for cpt, charge in CHARGES.items()]
        await self.asks("PUT", "claims", "/charges", {"charges": charges})
        asking = {"name": PRACTICE["name"], "npi": PRACTICE["npi"], "automatic": False}
        await self.asks("PUT", "eligibility", "/asking-provider", asking)
        partner = {
            "name": "Clearinghouse", "base_url": self.platform.simulator, "sender_qualifier": "ZZ",
            "sender_id": f"A{self.id.hex[-12:].upper()}", "receiver_qualifier": "ZZ", "receiver_id": "SIMCLEARING",
            "usage": "T", "payers": ["*"], "poll_seconds": 1,
        }  # fmt: skip
        await self.asks("POST", "edi", "/partners", partner)

    async def sees(self, procedure: Mapping[str, Any], code: str, *, member: bool = True, denied_for: str = "") -> str:
        """A visit of a new patient; gives the encounter's id. `denied_for` is the CARC of the payer's answer."""
        member_id = f"M{new_id().hex[-11:].upper()}"
        person = await self.asks("POST", "patients", "/patients", PERSON | {"record_number": member_id})
        card = {"payer_id": "MERIDIAN", "member_id": member_id, "effective_from": "2020-01-01"}
        await self.asks("POST", "patients", f"/patients/{person['id']}/coverages", card)
        async with self.platform.simulated() as admin:
            if member:
                benefits = {"member_id": member_id, "deductible_remaining": "25.00", "coinsurance": "0.20"}
                assert (await admin.post("/payers/MERIDIAN/members", json=[benefits])).is_success
            if denied_for:
                scenario = {"action": "deny", "member_id": member_id, "carc": denied_for, "group": "CO"}
                assert (await admin.post("/scenarios", json=[scenario | {"frequency": "1"}])).is_success
        form = {
            "date": (datetime.now(UTC).date() - timedelta(days=3)).isoformat(),
            "place_of_service": "11",
            "payer": {"type": "commercial", "x_modifiers": True, "wants_51": False},
            "patient": {"age": 65, "sex": "F", "new_or_established": "established"},
            "telehealth": None,
            "em": None,
            "problems": [{"ref": "p1", "icd10": code, "text": "made up for a test"}],
            "procedures": [procedure],
        }
        visit = {"patient_id": person["id"], "rendering_npi": RENDERING, "visit": form}
        return (await self.asks("POST", "coding", "/encounters", visit))["id"]

    async def checks_coverage(self, encounter: str) -> str:
        """The payer is asked in real time about the patient of a visit; gives what it says of the coverage."""
        visit = await self.asks("GET", "coding", f"/encounters/{encounter}")
        question = {"patient_id": visit["patient_id"], "on": visit["date_of_service"], "wait": True}
        return (await self.asks("POST", "eligibility", "/checks", question))["standing"]

    async def claim(self, encounter: str, status: str) -> Mapping[str, Any]:
        """The encounter's claim as soon as it is in that status."""
        until, seen = time.monotonic() + PATIENCE_SECONDS, "not opened"
        while time.monotonic() < until:
            for found in (await self.asks("GET", "claims", f"/claims?encounter_id={encounter}"))["items"]:
                seen = found["status"]
                if seen == status:
                    return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"the claim never became {status}; it is {seen}")

    async def case_of(self, claim: Mapping[str, Any]) -> Mapping[str, Any]:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for case in (await self.asks("GET", "denials", "/cases?status=open"))["items"]:
                if case["claim_id"] == claim["id"]:
                    return case
            await asyncio.sleep(0.1)
        raise AssertionError("no case was opened")

    async def decides(self, case: Mapping[str, Any], act: str, **body: Any) -> None:
        reason = {"reason": "Decided in a test."}
        await self.asks(
            "POST", "denials", f"/cases/{case['id']}/{act}", body | reason, **{"If-Match": f'"{case["version"]}"'}
        )


@dataclass(frozen=True)
class Day:
    """The databases a day left behind, the encounters and claims in them, and the audit at its end."""

    server: Server
    names: Mapping[str, str]
    practice_id: UUID
    encounters: Mapping[str, str]
    claims: Mapping[str, str]
    audited: AuditResult

    @property
    def urls(self) -> dict[str, str]:
        return {service: self.server.as_admin(name) for service, name in self.names.items()}


@pytest.fixture(scope="module")
async def day(
    postgres: Server, kafka: str, issuer: TestIssuer, worker_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Day:
    """Paid, denied, corrected and given up, rejected, held: then the audit of the living platform, then silence."""
    state = tmp_path_factory.mktemp("simulator") / "state.db"
    async with whole_platform(postgres, kafka, issuer, worker=f"{worker_name}_audit", state=state) as platform:
        practice = Practice(platform, new_id())
        async with AsyncExitStack() as stack:
            for service, area in AREAS.items():
                desk = platform.client(service, f"{area}:read", f"{area}:write", practice=practice.id)
                practice.desks[service] = await stack.enter_async_context(desk)
            await practice.opens()
            encounters, claims = await _live(practice)
        urls = {name: database.admin_url for name, database in platform.databases.items()}
        audited = await audit(urls, vaults=VAULTS, settle_seconds=60)
        names = {name: database.name for name, database in platform.databases.items()}
    return Day(postgres, names, practice.id, encounters, claims, audited)


async def _live(practice: Practice) -> tuple[dict[str, str], dict[str, str]]:
    encounters = {
        "paid": await practice.sees(KERATOSES, "L57.0"),
        "denied": await practice.sees(SHAVE, "D49.2", denied_for="50"),
        "corrected": await practice.sees(SHAVE, "D49.2", denied_for="4"),
        "given up": await practice.sees(KERATOSES, "L57.0", denied_for="50"),
        "rejected": await practice.sees(SHAVE, "D49.2", member=False),
        "held": await practice.sees(UNDOCUMENTED, "D49.2"),
    }
    paid = await practice.claim(encounters["paid"], "paid")
    assert await practice.checks_coverage(encounters["paid"]) == "active"
    payment = {"claim_id": paid["id"], "amount": "20.00", "method": "cash"}
    await practice.asks("POST", "payments", "/patient-payments", payment)
    lost = await practice.case_of(await practice.claim(encounters["given up"], "denied"))
    await practice.decides(lost, "outcome", outcome="upheld")
    mended = await practice.case_of(await practice.claim(encounters["corrected"], "denied"))
    await practice.decides(mended, "correction", changes=[{"line": 1, "modifiers": ["XU"]}])
    ends: Sequence[tuple[str, str]] = (
        ("paid", "paid"), ("denied", "denied"), ("corrected", "paid"), ("given up", "closed"), ("rejected", "rejected"),
    )  # fmt: skip
    return encounters, {name: (await practice.claim(encounters[name], status))["id"] for name, status in ends}
