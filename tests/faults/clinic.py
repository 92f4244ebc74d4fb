"""A practice set up in a running stack, its visits, and a front desk that repeats what was not answered."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from own_stack import OwnStack

from common.ids import new_id
from stack.environment import OPERATOR_SECRET, SIMULATOR_SECRET
from stack.services import STAFF_SCOPES

RENDERING = ("1245319599", "1234567893")
SENDER = "CRASHDERM"
PAYERS = ("MERIDIAN", "CASCADIA", "TIDEWATER")
FILING = {"MERIDIAN": "CI", "CASCADIA": "BL", "TIDEWATER": "CI"}
HOME = {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"}
CHARGES = {
    "99213": "165.00", "17000": "140.00", "17003": "35.00", "11102": "190.00", "11104": "240.00",
    "17110": "210.00", "11402": "380.00",
}  # fmt: skip
# One patient in so many is on no payer's roster: the payer's front end rejects the claims.
STRANGERS = 20
LONGEST_AGO = 60


@dataclass(frozen=True, slots=True)
class Visit:
    patient_id: UUID
    rendering_npi: str
    form: Mapping[str, Any]
    key: str


def _problems(**codes: str) -> list[dict[str, str]]:
    return [{"ref": ref, "icd10": code, "text": "synthetic"} for ref, code in codes.items()]


_EVALUATION = {
    "mdm": "low", "minutes": 15, "separately_identifiable": True, "decision_for_major_surgery": False,
    "em_problem_refs": ["a"],
}  # fmt: skip


def _biopsy(technique: str | None, site: str) -> list[dict[str, Any]]:
    return [{"kind": "biopsy", "technique": technique, "site": site, "count": 1, "problem_ref": "a"}]


def _destruction(lesions: str, site: str, count: int, ref: str) -> dict[str, Any]:
    return {
        "kind": "destruction", "lesion_type": lesions, "technique": "cryotherapy", "site": site, "count": count,
        "problem_ref": ref,
    }  # fmt: skip


# What happened at a visit, and how often of 24. A punch biopsy for a rash is what the payers deny here; a biopsy
# without its technique is held by coding; the sutures are nobody's until somebody says whose.
DAY: Sequence[tuple[int, Mapping[str, Any]]] = (
    (6, {"em": _EVALUATION, "problems": _problems(a="L40.0")}),
    (
        5,
        {
            "em": _EVALUATION,
            "problems": _problems(a="L40.0", b="L57.0"),
            "procedures": [_destruction("premalignant", "scalp", 5, "b")],
        },
    ),
    (4, {"problems": _problems(a="D49.2"), "procedures": _biopsy("tangential", "back")}),
    (
        3,
        {
            "problems": _problems(a="B07.8"),
            "procedures": [_destruction("benign", "right hand", 3, "a") | {"symptoms": ["pain"]}],
        },
    ),
    (
        2,
        {
            "problems": _problems(a="D49.2"),
            "procedures": [
                {
                    "kind": "excision", "lesion_type": "benign", "site": "back", "diameter_cm": 1.2,
                    "margin_cm": 0.2, "problem_ref": "a", "pathology_icd10": "D22.5",
                }
            ],
        },
    ),
    (2, {"problems": _problems(a="R21"), "procedures": _biopsy("punch", "left arm")}),
    (1, {"problems": _problems(a="D49.2"), "procedures": _biopsy(None, "back")}),
    (1, {"problems": _problems(a="Z48.02"), "procedures": [{"kind": "suture_removal", "problem_ref": "a"}]}),
)  # fmt: skip
DENIED = {"cpt": "11104", "dx_prefix": "R21", "carc": "50", "group": "CO", "remarks": ["N115"]}


class Clinic:
    """One practice. Every request carries its token; a request that makes something carries a key."""

    def __init__(self, stack: OwnStack, chance: random.Random) -> None:
        self._stack = stack
        self._chance = chance
        self._http = httpx.AsyncClient(timeout=15)
        self._token = ""
        self.practice_id = new_id()
        self._days: list[tuple[UUID, int]] = []
        self.repeats: Counter[str] = Counter()

    async def close(self) -> None:
        await self._http.aclose()

    async def open(self, patients: int) -> None:
        """Registers, payers, partner, roster and patients."""
        await self._sign_in()
        await self._put_registers()
        await self._take_on_partner()
        registered = await asyncio.gather(*(self._register(number) for number in range(patients)))
        self._days = [(patient, ago) for patient in registered for ago in range(2, LONGEST_AGO)]
        self._chance.shuffle(self._days)

    def visits(self, count: int) -> list[Visit]:
        """Visits that no payer takes for one another: a patient comes once on a day."""
        today = datetime.now(UTC).date()
        weights, kinds = zip(*DAY, strict=True)
        days, self._days = self._days[:count], self._days[count:]
        return [
            Visit(patient, self._chance.choice(RENDERING), _form(today - timedelta(days=ago), kind), str(new_id()))
            for (patient, ago), kind in zip(days, self._chance.choices(kinds, weights, k=count), strict=True)
        ]

    async def record(self, visit: Visit) -> Mapping[str, Any]:
        """Send a visit until it is answered: the same key again after a 5xx or a broken connection."""
        body = {
            "patient_id": str(visit.patient_id),
            "rendering_npi": visit.rendering_npi,
            "visit": visit.form,
        }
        return await self._insist("POST", "coding", "/encounters", body, {"Idempotency-Key": visit.key})

    async def record_all(self, visits: Sequence[Visit], *, per_second: float, at_once: int = 12) -> list[UUID]:
        """The ids of the encounters, in the order of `visits`."""
        desk = asyncio.Semaphore(at_once)

        async def one(place: int, visit: Visit) -> UUID:
            await asyncio.sleep(place / per_second)
            async with desk:
                return UUID((await self.record(visit))["id"])

        return await asyncio.gather(*(one(place, visit) for place, visit in enumerate(visits)))

    async def simulator(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the simulator's admin API."""
        headers = {"Authorization": f"Bearer {self._stack.secret(SIMULATOR_SECRET)}"}
        answer = await self._http.request(
            method, f"{self._stack.url('simulator')}/admin{path}", json=body, headers=headers
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def _sign_in(self) -> None:
        name = "crash-front-desk"
        client = {"client_id": name, "practices": [str(self.practice_id)], "scopes": list(STAFF_SCOPES)}
        operator = {"Authorization": f"Bearer {self._stack.secret(OPERATOR_SECRET)}"}
        issuer = self._stack.url("issuer")
        registered = await self._http.post(f"{issuer}/clients", json=client, headers=operator)
        secret = registered.raise_for_status().json()["client_secret"]
        grant = {"grant_type": "client_credentials"}
        answer = await self._http.post(f"{issuer}/token", data=grant, auth=(name, secret))
        self._token = answer.raise_for_status().json()["access_token"]

    async def _put_registers(self) -> None:
        new = {"If-Match": '"0"'}
        practice = {
            "name": "Sample Dermatology PC", "npi": RENDERING[1], "tax_id": "123456789", "taxonomy": "207N00000X",
            "address": HOME, "contact_name": "Billing Office", "contact_phone": "5185550100",
        }  # fmt: skip
        await self._insist("PUT", "claims", "/practice", practice, new)
        for npi in RENDERING:
            clinician = {"last_name": "Ashby", "first_name": "Noor", "taxonomy": "207N00000X"}
            await self._insist("PUT", "claims", f"/rendering-providers/{npi}", clinician, new)
        for payer in PAYERS:
            facts = {
                "name": f"{payer} PLAN", "filing_indicator": FILING[payer], "filing_limit_days": 90,
                "takes_frequency_codes": True, "x_modifiers": payer == "MERIDIAN", "batch_seconds": 2,
            }  # fmt: skip
            await self._insist("PUT", "claims", f"/payers/{payer}", facts, new)
            await self.simulator("PATCH", f"/payers/{payer}", {"overrides": [DENIED]})
        charges = [{"cpt": cpt, "charge": charge} for cpt, charge in CHARGES.items()]
        await self._insist("PUT", "claims", "/charges", {"charges": charges}, {})

    async def _take_on_partner(self) -> None:
        partner = {
            "name": "Simulated clearinghouse", "base_url": self._stack.url("simulator"), "sender_qualifier": "ZZ",
            "sender_id": SENDER, "receiver_qualifier": "ZZ", "receiver_id": "SIMCLEARING", "usage": "T",
            "payers": ["*"], "poll_seconds": 1,
        }  # fmt: skip
        await self._insist("POST", "edi", "/partners", partner, {"Idempotency-Key": str(new_id())})

    async def _register(self, number: int) -> UUID:
        """A patient with a coverage; all but the strangers are on the payer's roster."""
        person = {
            "name": {"family": "Quill", "given": f"Maren{chr(65 + number % 26)}"}, "birth_date": "1966-04-02",
            "sex": "F", "address": HOME, "record_number": f"MRN-{number:05d}",
        }  # fmt: skip
        made = await self._insist("POST", "patients", "/patients", person, {"Idempotency-Key": str(new_id())})
        payer, member = PAYERS[number % len(PAYERS)], f"CRS{number:06d}"
        coverage = {"payer_id": payer, "member_id": member, "effective_from": "2020-01-01"}
        path = f"/patients/{made['id']}/coverages"
        await self._insist("POST", "patients", path, coverage, {"Idempotency-Key": str(new_id())})
        if number % STRANGERS:
            benefits = {"member_id": member, "deductible_remaining": "150.00", "coinsurance": "0.20", "copay": "30.00"}
            await self.simulator("POST", f"/payers/{payer}/members", [benefits])
        return UUID(made["id"])

    async def _insist(
        self, method: str, service: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Mapping[str, Any]:
        url, pause = self._stack.url(service) + path, 0.2
        while True:
            try:
                answer = await self._http.request(
                    method, url, json=body, headers={"Authorization": f"Bearer {self._token}", **headers}
                )
                trouble = f"http-{answer.status_code}" if answer.status_code >= 500 else None
            except httpx.TransportError as fault:
                trouble, answer = type(fault).__name__, None
            if trouble is None and answer is not None:
                assert answer.status_code < 300, f"{method} {service}{path}: {answer.status_code} {answer.text}"
                return answer.json()
            self.repeats[trouble or ""] += 1
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.0))
            pause = min(2.0, pause * 2)


def _form(day: Any, happened: Mapping[str, Any]) -> dict[str, Any]:
    nothing_special = {
        "date": day.isoformat(),
        "place_of_service": "11",
        "payer": {"type": "commercial", "x_modifiers": False, "wants_51": False},
        "patient": {"age": 60, "sex": "F", "new_or_established": "established"},
        "telehealth": None,
        "em": None,
        "procedures": [],
    }
    return nothing_special | dict(happened)
