"""Our part of a real-time eligibility round trip: what a front desk waits beside the payer's own time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import quantiles

from stack.demo.office import Office

CHECKS, WARM_UP = 240, 20
ASKER = {"name": "Sample Dermatology PC", "npi": "1234567893"}


async def round_trips(office: Office, patient_ids: Sequence[str], today: date) -> dict[str, float]:
    """p50 and p95 in milliseconds of `POST /checks` with `wait`, less what edi waited for the payer, one after another.

    Every check asks something new: a patient and a day that were not asked about before.
    """
    desk = office["eligibility"]
    await desk.act("PUT", "/asking-provider", ASKER)
    ours: list[float] = []
    for number in range(CHECKS):
        patient_id = patient_ids[number % len(patient_ids)]
        wanted = {"patient_id": patient_id, "on": (today + timedelta(days=number // len(patient_ids))).isoformat()}
        started = time.perf_counter()
        check = await desk.create("/checks", wanted | {"wait": True})
        took = (time.perf_counter() - started) * 1000
        if check["status"] == "not_asked":
            # A patient of the demo's day whose coverage ended: nobody was asked.
            continue
        if check["status"] not in ("answered", "rejected"):
            raise RuntimeError(f"a check ended {check['status']}: {check['codes']}")
        told = await desk.get(f"/checks/{check['id']}")
        payers = next(line["milliseconds"] for line in reversed(told["history"]) if line["milliseconds"] is not None)
        ours.append(took - payers)
    cuts = quantiles(ours[WARM_UP:], n=100)
    return {"eligibility_p50_ms": cuts[49], "eligibility_p95_ms": cuts[94]}
