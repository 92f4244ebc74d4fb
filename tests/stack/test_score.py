"""The score sees every cent that is not where the payers' truth puts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.money import Money
from stack.scored.books import BookedCheque, BookedPayment, Books, line_of
from stack.scored.score import NO_TROUBLE, scored

NOTHING = {"deductible": "0.00", "coinsurance": "0.00", "copay": "0.00", "noncovered": "0.00"}


LINE = {
    "line": 1, "charge": "100.00", "paid": "60.00",
    "adjustments": [
        {"group": "CO", "carc": "45", "amount": "30.00"}, {"group": "PR", "carc": "2", "amount": "10.00"},
    ],
}  # fmt: skip


def posting(**changes: Any) -> dict[str, Any]:
    plain = {
        "part": "payment", "trace": "T1", "control_number": "C1", "status": "1", "posts": True, "charge": "100.00",
        "paid": "60.00", "contractual": "30.00", "denied": "0.00", "prior_payer": "0.00",
        "patient_by_reason": NOTHING | {"coinsurance": "10.00"}, "lines": [LINE],
    }  # fmt: skip
    return plain | changes


def claim(*postings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    expected = {
        "charge": "100.00", "paid": "60.00", "contractual": "30.00", "denied": "0.00",
        "patient": NOTHING | {"coinsurance": "10.00"}, "with_payer": "0.00",
    }  # fmt: skip
    return {"control_number": "C1", "troubles": [], "postings": list(postings), "expected": expected} | changes


def cheque(*postings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {"trace": "T1", "total": "60.00", "files": ["835-1"], "levels": [], "unmatched": "0.00"}
    return plain | {"postings": list(postings)} | changes


PAID = BookedPayment(
    "C1", "1", "posted", Money("60.00"),
    {
        "payer_receivable": Money("-100.00"), "unapplied": Money("60.00"), "contractual_adjustment": Money("30.00"),
        "patient_coinsurance": Money("10.00"),
    },
    (line_of(LINE),),
)  # fmt: skip
MONEY = {
    "charge": "100.00", "paid": "60.00", "adjusted": "30.00", "open_denied": "0.00", "open_with_payer": "0.00",
    "patient_by_reason": NOTHING | {"coinsurance": "10.00"},
}  # fmt: skip


def books(*payments: BookedPayment, **changes: Any) -> Books:
    one = BookedCheque("T1", Money("60.00"), Money("60.00"), (), payments or (PAID,))
    plain = Books((one,), {"C1": MONEY}, (), (), {"cash_clearing": Money("60.00")})
    return replace(plain, **changes)


def test_books_that_are_as_the_truth_are_perfect() -> None:
    score = scored([claim(posting())], [cheque(posting())], books())
    assert score.perfect
    assert (score.total.claims, score.total.postings, score.total.equal) == (1, 1, 1)
    assert set(score.rows) == {NO_TROUBLE}


def test_a_claim_stands_in_the_row_of_each_of_its_troubles_and_once_in_all() -> None:
    troubled = claim(posting(), troubles=["late", "line_cut"])
    score = scored([troubled], [cheque(posting())], books())
    assert {kind: row.claims for kind, row in score.rows.items()} == {"late": 1, "line_cut": 1}
    assert score.total.claims == 1


def moved(**changes: str) -> BookedPayment:
    return replace(PAID, moved=dict(PAID.moved) | {name: Money(amount) for name, amount in changes.items()})


@pytest.mark.parametrize(
    ("wrong", "cents"),
    [
        (books(moved(contractual_adjustment="29.99", patient_coinsurance="10.01")), 2),
        (books(moved(payer_receivable="-99.00", denied_receivable="-1.00")), 200),
        (books(replace(PAID, state="unmatched", moved={})), 6000),
        (books(replace(PAID, status="2")), 6000),
        (books(claims={"C1": MONEY | {"open_denied": "1.00", "open_with_payer": "-1.00"}}), 200),
        (books(claims={}), 10000),
    ],
)
def test_what_is_elsewhere_is_counted_in_cents(wrong: Books, cents: int) -> None:
    score = scored([claim(posting())], [cheque(posting())], wrong)
    assert not score.perfect
    assert score.total.cents_off == cents
    assert score.wrong


@pytest.mark.parametrize(
    "wrong",
    [
        books(queue=("claim-unknown",)),
        books(queue=("nothing-open",)),
        books(refused=("T1",)),
        books(balances={"cash_clearing": Money("60.01")}),
        books(balances={"cash_clearing": Money("60.00"), "recoupment": Money("1.00")}),
        books(PAID, replace(PAID, control_number="C2")),
        books(cheques=()),
        books(replace(PAID, lines=())),
        books(replace(PAID, lines=(line_of(LINE | {"paid": "60.01"}),))),
        books(cheques=(BookedCheque("T1", Money("60.00"), Money("60.00"), (("recoupment", Money("5.00")),), (PAID,)),)),
    ],
)
def test_nothing_else_that_is_wrong_goes_by(wrong: Books) -> None:
    assert not scored([claim(posting())], [cheque(posting())], wrong).perfect


def test_money_of_a_claim_that_nobody_sent_has_to_wait_in_the_queue() -> None:
    stray = posting(part="stray", control_number="STRAY1", posts=False)
    truth = [claim(posting(), stray)], [cheque(posting(), stray, total="120.00", unmatched="60.00")]
    waiting = replace(PAID, control_number="STRAY1", state="unmatched", moved={})
    held = BookedCheque("T1", Money("120.00"), Money("120.00"), (), (PAID, waiting))
    balances = {"cash_clearing": Money("120.00"), "unapplied": Money("-60.00")}
    right = books(cheques=(held,), queue=("claim-unknown",), balances=balances)
    assert scored(*truth, right).perfect
    posted = replace(held, payments=(PAID, replace(PAID, control_number="STRAY1")))
    assert not scored(*truth, replace(right, cheques=(posted,))).perfect


def test_a_second_payer_takes_over_what_the_first_left_to_the_patient() -> None:
    second = posting(
        part="second payer", trace="T2", status="2", paid="6.00", contractual="0.00", prior_payer="90.00",
        patient_by_reason=NOTHING | {"coinsurance": "4.00"},
    )  # fmt: skip
    expected = claim()["expected"] | {"paid": "66.00", "patient": NOTHING | {"coinsurance": "4.00"}}
    truth = claim(posting(), second, expected=expected)
    later = BookedPayment(
        "C1", "2", "posted", Money("6.00"), {"unapplied": Money("6.00"), "patient_coinsurance": Money("-6.00")},
        (line_of(LINE),),
    )  # fmt: skip
    right = replace(
        books(claims={"C1": MONEY | {"paid": "66.00", "patient_by_reason": NOTHING | {"coinsurance": "4.00"}}}),
        cheques=(*books().cheques, BookedCheque("T2", Money("6.00"), Money("6.00"), (), (later,))),
        balances={"cash_clearing": Money("66.00")},
    )
    cheques = [cheque(posting()), cheque(second, trace="T2", total="6.00")]
    assert scored([truth], cheques, right).perfect
