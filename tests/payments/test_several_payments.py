"""A claim that several payments answer: a second payer, a crossover, a split claim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))


class TestASecondPayer:
    async def test_answers_for_what_the_first_left_to_the_patient_and_not_for_what_it_denied(
        self, practice: Any, payer: Any
    ):
        claim_id = await practice.submits("100023-1", "150.00")
        reasons = [("CO", "45", "45.00"), ("CO", "97", "30.00"), ("PR", "1", "15.00"), ("PR", "2", "6.00")]
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "54.00", reasons, status="19")))
        second = payer.claim("100023-1", "150.00", "12.00", [("OA", "23", "129.00"), ("PR", "2", "9.00")], status="2")
        await practice.receives(payer.cheque("T2", second))

        money = await practice.money(claim_id)
        assert await practice.bar(claim_id) == ("150.00", "66.00", "45.00", "9.00", "30.00")
        assert (money["open_denied"], money["open_with_payer"]) == ("30.00", "0.00")
        assert money["patient_by_reason"] == {
            "copay": "0.00", "deductible": "0.00", "coinsurance": "9.00", "noncovered": "0.00",
        }  # fmt: skip


class TestACrossover:
    @pytest.mark.parametrize("said_by", ["status", "remark", "carrier", "nobody"])
    async def test_is_told_whichever_way_the_payer_says_it(self, practice: Any, payer: Any, said_by: str):
        await practice.submits("100023-1", "150.00")
        claim = payer.claim("100023-1", "150.00", "129.00", (("PR", "2", "21.00"),))
        carrier = ("NM1", "TT", "2", "OTHER PLAN", "", "", "", "", "PI", "OTHER")
        claim = {
            "status": replace(claim, status="19"),
            "remark": replace(claim, moa=("MOA", "", "", "MA18")),
            "carrier": replace(claim, extra=(carrier,)),
            "nobody": claim,
        }[said_by]
        await practice.receives(payer.cheque("T1", claim))
        [posted] = await practice.published("RemittancePosted")
        assert posted.data["forwarded"] == (said_by != "nobody")


class TestASplitClaim:
    async def test_is_told_with_what_all_its_remittances_leave_open(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "210.00")
        first = payer.claim("100023-1", "150.00", "0.00", (("CO", "97", "150.00"),), status="4")
        rest = payer.claim("100023-1", "60.00", "40.00", (("CO", "45", "5.00"), ("PR", "2", "15.00")))
        await practice.receives(payer.cheque("T1", first))
        await practice.receives(payer.cheque("T2", rest))
        assert [event.data["standing"] for event in await practice.published("RemittancePosted")] == [
            {
                "paid": "0.00",
                "adjusted": "0.00",
                "patient": "0.00",
                "open_denied": "150.00",
                "open_with_payer": "60.00",
            },
            {
                "paid": "40.00",
                "adjusted": "5.00",
                "patient": "15.00",
                "open_denied": "150.00",
                "open_with_payer": "0.00",
            },
        ]
