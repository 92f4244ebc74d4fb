"""The credentialing desk as its tests use it: the service, its calendar in the test's hand, and what staff does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from common.testing.running import Running

ALL = ("credentialing:read", "credentialing:write")
NPI, COLLEAGUE, BILLING = "1245319599", "1316005374", "1234567893"
# Far enough ahead that no timer set here is due by the clock of the machine.
TODAY = date(2030, 3, 12)
NOON = time(17, tzinfo=UTC)
_NEXT_DUE = text("SELECT min(due_at) AS due_at FROM timers WHERE stopped_at IS NULL AND kind <> 'provider-screening'")


class Desk:
    def __init__(self, running: Running) -> None:
        self.running = running
        self.on(TODAY)

    def on(self, day: date) -> None:
        """It is noon of that day at the practice."""
        moment = datetime.combine(day, NOON)
        self.running.runtime.workplace = replace(self.running.runtime.workplace, now=lambda: moment)
        self.today = day

    async def come(self, day: date) -> None:
        """Let every day until `day` come, with the timers that fall due on it; the screenings come at its end."""
        while True:
            [row] = await self.running.query(_NEXT_DUE)
            if row["due_at"] is None or row["due_at"].date() > day:
                break
            self.on(max(self.today, row["due_at"].date()))
            await self.running.run_timers(until=row["due_at"])
        self.on(day)
        await self.running.run_timers(until=self.running.runtime.workplace.now())

    async def ask(self, method: str, path: str, body: Any = None, *, version: int | None = None, **more: str) -> Any:
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" and version is None else {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        async with self.running.client(*ALL) as http:
            return await http.request(method, path, json=body, headers=headers, params=more)

    async def put(self, path: str, body: dict[str, Any], version: int = 0) -> dict[str, Any]:
        answer = await self.ask("PUT", path, body, version=version)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def enrollment(self, npi: str = NPI, payer_id: str = "PAYERA", location: str = "MAIN") -> dict[str, Any]:
        body = {"npi": npi, "payer_id": payer_id, "location_code": location}
        answer = await self.ask("POST", "/enrollments", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def act(self, enrollment: dict[str, Any], act: str, **facts: Any) -> dict[str, Any]:
        answer = await self.tries(enrollment, act, **facts)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tries(self, enrollment: dict[str, Any], act: str, **facts: Any) -> Any:
        body = {"act": act, **{name: str(value) for name, value in facts.items()}}
        return await self.ask("POST", f"/enrollments/{enrollment['id']}/acts", body, version=enrollment["version"])

    async def submitted(self, **where: str) -> dict[str, Any]:
        enrollment = await self.act(await self.enrollment(**where), "prepare")
        return await self.act(enrollment, "submit", on=self.today - timedelta(days=60), reference="APP-1")

    async def effective(self, first: date, **where: str) -> dict[str, Any]:
        return await self.act(await self.submitted(**where), "approve", on=self.today, effective_from=first)

    async def matrix(self, on: date, **narrowed: str) -> dict[tuple[str, str, str], dict[str, Any]]:
        answer = await self.ask("GET", "/enrollments/matrix", on=str(on), **narrowed)
        assert answer.status_code == 200, answer.text
        return {(cell["npi"], cell["payer_id"], cell["location_code"]): cell for cell in answer.json()["cells"]}
