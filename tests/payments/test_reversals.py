"""Reversals: a payer takes a decision back, and the books follow, on a real database."""

from __future__ import annotations

from typing import Any

PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))


class TestAReversal:
    async def test_and_its_correction_end_as_if_only_the_correction_had_been(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        corrected = payer.claim("100023-1", "150.00", "95.00", [("CO", "45", "45.00"), ("PR", "1", "10.00")])
        await practice.receives(payer.cheque("T2", corrected, payer.taken_back(first)))

        money = await practice.money(claim_id)
        assert await practice.bar(claim_id) == ("150.00", "95.00", "45.00", "10.00", "0.00")
        assert money["patient_by_reason"] == {
            "copay": "0.00", "deductible": "10.00", "coinsurance": "0.00", "noncovered": "0.00",
        }  # fmt: skip
        assert await practice.unapplied() == "0.00"
        told = await practice.published("RemittancePosted")
        assert [event.data["reversal"] for event in told] == [False, True, False]
        assert (told[1].data["charge"], told[1].data["patient_responsibility"]) == ("-150.00", "-21.00")
        due = await practice.published("PatientBalanceDue")
        assert [event.data["amount"] for event in due] == ["21.00", "10.00"]
        versions = sorted(event.version for event in told + due)
        assert versions == [1, 2, 3, 4, 5]

    async def test_is_posted_as_the_exact_contra_of_the_original(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        await practice.receives(payer.cheque("T2", payer.taken_back(first), levels=[("FB", "-84.00")]))
        made = [entry.split() for kind, entry in await practice.entries() if kind == "claim_payment"]
        contra = [entry.split() for kind, entry in await practice.entries() if kind == "reversal"]
        assert [(account, -float(amount)) for account, amount in made] == [
            (account, float(amount)) for account, amount in contra
        ]
        assert await practice.unapplied() == "0.00"

    async def test_without_an_original_waits_in_the_queue_until_that_is_posted(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T2", payer.taken_back(first), levels=[("FB", "-84.00")]))
        [item] = await practice.queue()
        assert (item["kind"], item["code"]) == ("unmatched", "original-not-found")

        await practice.receives(payer.cheque("T1", first))
        assert await practice.queue() == []
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")
        assert await practice.unapplied() == "0.00"

    async def test_that_overtook_its_original_holds_the_correction_back(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        corrected = payer.claim("100023-1", "150.00", "95.00", [("CO", "45", "45.00"), ("PR", "1", "10.00")])
        await practice.receives(payer.cheque("T2", corrected, payer.taken_back(first)))
        assert sorted(item["code"] for item in await practice.queue()) == ["original-not-found", "reversal-pending"]
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")

        await practice.receives(payer.cheque("T1", first))
        assert await practice.queue() == []
        assert await practice.bar(claim_id) == ("150.00", "95.00", "45.00", "10.00", "0.00")
        told = [event.data["paid"] for event in await practice.published("RemittancePosted")]
        assert told == ["84.00", "-84.00", "95.00"]

    async def test_that_comes_twice_holds_no_correction_back(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        for trace in ("T2", "T3"):
            await practice.receives(payer.cheque(trace, payer.taken_back(first), levels=[("FB", "-84.00")]))
        corrected = payer.claim("100023-1", "150.00", "95.00", [("CO", "45", "45.00"), ("PR", "1", "10.00")])
        await practice.receives(payer.cheque("T4", corrected))
        assert await practice.bar(claim_id) == ("150.00", "95.00", "45.00", "10.00", "0.00")

    async def test_posts_once_though_it_comes_in_two_cheques(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        back = payer.taken_back(first)
        await practice.receives(payer.cheque("T2", back, levels=[("FB", "-84.00")]))
        await practice.receives(payer.cheque("T3", back, levels=[("FB", "-84.00")]))
        [item] = await practice.queue()
        assert item["code"] == "original-not-found"
        assert await practice.unapplied() == "-84.00"

    async def test_of_the_same_amounts_for_other_reasons_is_not_taken_for_it(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        other = payer.claim("100023-1", "150.00", "84.00", [("CO", "45", "66.00")])
        await practice.receives(payer.cheque("T2", payer.taken_back(other), levels=[("FB", "-84.00")]))
        assert [item["code"] for item in await practice.queue()] == ["original-not-found"]
        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")
