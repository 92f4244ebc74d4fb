"""Every kind of trouble at once: files stay valid and balanced, and the truth adds up to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import x12
from simulator.troubles import KINDS

PAYERS = ("MERIDIAN", "CASCADIA", "TIDEWATER")
CLAIMS = 420
# A claim that was stopped at the door meets no other trouble; the rates of a stage fit into one draw.
RATES = {"*": 0.06, "downcoded": 0.3, "sequestration": 0.2, "line_cut": 0.3, "claim_level_only": 0.2}


def visits(clinic: Any) -> Iterator[x12.Claim837P]:
    """Claims of members of their own, with two to four lines."""
    services = (
        (("99214", "320", {"modifiers": ("25",)}), ("17000", "180"), ("17003", "120", {"units": 6})),
        (("99203", "260", {"modifiers": ("25",)}), ("11104", "330"), ("11105", "150", {"units": 2})),
        (("17000", "180"), ("17003", "200", {"units": 9}), ("99213", "210", {"modifiers": ("25",)})),
    )
    for number in range(CLAIMS):
        payer = PAYERS[number % 3]
        yield clinic.claim(f"T{number:05d}", payer, *services[number % 3], member=f"MBR{number:06d}")


@pytest.fixture(scope="module")
def month(running, clinic) -> Any:
    """Two hundred days with every kind of trouble at all three payers."""
    running.begin()
    claims = list(visits(clinic))
    for payer in PAYERS:
        roster = [
            {"member_id": claim.subscriber.party.id, "deductible_remaining": "40", "coinsurance": "0.20"}
            for claim in claims
            if claim.payer.id == payer
        ]
        running.ask("PUT", f"/payers/{payer}/members", roster)
    running.ask("PUT", "/scenarios", {"seed": 3, "rates": RATES})
    for number, start in enumerate(range(0, CLAIMS, 60), 1):
        running.submit(clinic.file(number, *claims[start : start + 60]))
    running.pass_days(200)
    return running


def truths(simulation: Any) -> list[dict[str, Any]]:
    return simulation.ask("GET", "/truth?limit=1000")["claims"]


def cheques(simulation: Any) -> list[dict[str, Any]]:
    return simulation.ask("GET", "/truth/cheques?limit=1000")["cheques"]


def test_every_kind_happened(month):
    happened = Counter(kind for claim in truths(month) for kind in claim["troubles"])
    assert set(happened) == set(KINDS)
    assert month.ask("GET", "/counts")["due"] == {}


def test_no_remittance_has_an_error_and_each_balances(month):
    for file in month.files("835"):
        assert [finding for finding in x12.validate(file) if finding.severity == "error"] == []
    for advice in month.advices():
        assert list(x12.remittance_imbalances(advice)) == []


def test_an_independent_judge_accepts_every_remittance(month, complaints):
    files = month.files("835")
    assert [complaints(file) for file in files] == [""] * len(files)


def test_files_hold_several_cheques_and_all_kinds_of_provider_level_adjustments(month):
    sets = [len(list(x12.read_remittance_advices(file))) for file in month.files("835")]
    assert max(sets) > 1
    reasons = {one.reason for advice in month.advices() for one in advice.provider_adjustments}
    assert reasons == {"WO", "FB", "72", "L6", "50"}
    assert {claim.status for claim in month.payments()} == {"1", "2", "4", "19", "22", "23"}


def test_the_truth_of_the_cheques_is_what_the_files_say(month):
    said = {(one.remittance.trace, one.remittance.total) for one in month.advices()}
    assert {(one["trace"], Decimal(one["total"])) for one in cheques(month)} == said
    paid = Counter(
        (claim.control_number, claim.status, claim.paid) for advice in unique(month) for claim in advice.claims
    )
    true = Counter(
        (one["control_number"], one["status"], Decimal(one["paid"]))
        for cheque in cheques(month)
        for one in cheque["postings"]
    )
    assert paid == true


def unique(simulation: Any) -> list[x12.RemittanceAdvice]:
    """Each cheque once, however often its remittance came."""
    return list({advice.remittance.trace: advice for advice in simulation.advices()}.values())


def test_the_parts_of_a_claims_money_add_up_to_its_charge(month):
    for claim in truths(month):
        expected = claim["expected"]
        parts = [expected[name] for name in ("paid", "contractual", "denied", "with_payer")]
        parts += expected["patient"].values()
        assert sum(map(Decimal, parts)) == Decimal(expected["charge"])
        assert Decimal(expected["with_payer"]) == (0 if claim["postings"] else Decimal(claim["charge"])), claim
        assert all(Decimal(part) >= 0 for part in parts)


def test_a_contradiction_ends_in_a_payment(month):
    taken = [claim for claim in truths(month) if {"refused_but_taken", "taken_after_refusal"} & set(claim["troubles"])]
    assert {tuple(said["accepted"] for said in claim["statuses"]) for claim in taken} == {
        (False, True),
        (True, False, True),
    }
    assert all(claim["postings"] for claim in taken)


def test_money_and_remittance_may_come_days_apart(month):
    deposits = {one["trace"]: one for one in month.ask("GET", "/deposits?limit=1000")["deposits"]}
    paid = [cheque for cheque in cheques(month) if Decimal(cheque["total"])]
    assert {cheque["trace"]: cheque["total"] for cheque in paid} == {
        trace: one["amount"] for trace, one in deposits.items()
    }
    late = [cheque for cheque in paid if cheque["deposit"]["on"] > cheque["paid_on"]]
    assert late


def test_a_repeated_remittance_is_the_same_in_another_interchange(month):
    again = [cheque for cheque in cheques(month) if len(cheque["files"]) == 2]
    assert again
    assert all(len(set(cheque["files"])) == 2 for cheque in again)


def test_the_same_seed_table_and_claims_make_the_same_files(own_simulation, clinic):
    def history() -> list[bytes]:
        other = own_simulation()
        other.begin()
        other.ask("PUT", "/scenarios", {"seed": 3, "rates": RATES})
        claims = list(visits(clinic))[:45]
        for payer in PAYERS:
            roster = [
                {"member_id": claim.subscriber.party.id, "coinsurance": "0.20"}
                for claim in claims
                if claim.payer.id == payer
            ]
            other.ask("PUT", f"/payers/{payer}/members", roster)
        other.submit(clinic.file(1, *claims))
        other.pass_days(100)
        return other.files()

    first = history()
    assert len(first) > 20
    assert history() == first


@pytest.mark.parametrize(
    "table",
    [
        {"rates": {"no such trouble": 0.1}},
        {"rates": {"silence": 2}},
        {"rates": {"*": 0.5}},
        {"gap_days": 0},
        {"seeds": 1},
    ],
)
def test_a_table_that_cannot_be_is_refused(simulation, table):
    assert simulation.admin.put("/scenarios", json=table).status_code == 422


def test_every_kind_is_explained(simulation):
    kinds = simulation.ask("GET", "/scenarios/kinds")
    assert [one["kind"] for one in kinds] == list(KINDS)
    assert all(one["says"] for one in kinds)
