"""The comparison: every posting, every cheque and every claim against the payers' own truth. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.money import Money
from stack.scored.books import Amounts, BookedCheque, BookedPayment, Books, line_of

Truth = Mapping[str, Any]
"""A claim or a cheque of the simulator's truth."""

NO_TROUBLE = "no trouble"
_PATIENT_PARTS = ("deductible", "coinsurance", "copay", "noncovered")
# Rulebook 11, PLB03-1: recoveries, refunds and debts carried between cheques; interest; what else a payer takes.
_LEVEL_ACCOUNTS: Mapping[str, str] = {
    "WO": "recoupment",
    "FB": "recoupment",
    "72": "recoupment",
    "L6": "payer_interest",
    "50": "provider_adjustment",
}
_LATER_PAYERS = frozenset({"2", "3"})


@dataclass(slots=True)
class Row:
    """One kind of trouble: claims that had it, their postings, how many of those are equal, and the cents between."""

    claims: int = 0
    postings: int = 0
    equal: int = 0
    cents_off: int = 0


@dataclass(slots=True)
class Score:
    """`rows` by kind of trouble; a claim with several stands in each. The rest counts every claim and cheque once."""

    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    total: Row = field(default_factory=Row)
    cheques: int = 0
    cheques_equal: int = 0
    balances_off: dict[str, int] = field(default_factory=dict[str, int])
    wrong: list[str] = field(default_factory=list[str])

    @property
    def perfect(self) -> bool:
        return not self.wrong and self.total.equal == self.total.postings and not self.total.cents_off


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing compared: how many cents lie between truth and books, and what is wrong in a sentence."""

    cents: int
    wrong: str = ""


def scored(claims: Sequence[Truth], cheques: Sequence[Truth], books: Books) -> Score:
    """Compare everything."""
    score = Score()
    booked = {cheque.trace: cheque for cheque in books.cheques}
    payments = _by_posting(books.cheques)
    for claim in claims:
        _score_claim(score, claim, payments, books.claims.get(claim["control_number"]))
    for cheque in cheques:
        _score_cheque(score, cheque, booked.pop(cheque["trace"], None))
    score.wrong += [f"Remittance {trace} is in the books and was never sent." for trace in booked]
    score.wrong += list(_strangers(cheques, payments))
    _score_refusals(score, cheques, books)
    _score_balances(score, cheques, books)
    return score


Key = tuple[str, str, str, str]
Payments = Mapping[Key, list[BookedPayment]]


def _by_posting(cheques: Iterable[BookedCheque]) -> Payments:
    found: dict[Key, list[BookedPayment]] = defaultdict(list)
    for cheque in cheques:
        for payment in cheque.payments:
            key = (cheque.trace, payment.control_number, payment.status, str(payment.paid))
            found[key].append(payment)
    return found


def _score_claim(score: Score, claim: Truth, payments: Payments, money: Mapping[str, Any] | None) -> None:
    verdicts = [_posting(claim, place, payments) for place in range(len(claim["postings"]))]
    final = _final(claim, money)
    wrong = [one.wrong for one in (*verdicts, final) if one.wrong]
    score.wrong += [f"Claim {claim['control_number']} ({', '.join(claim['troubles'])}): {one}" for one in wrong]
    rows = [score.total, *(score.rows.setdefault(kind, Row()) for kind in claim["troubles"] or [NO_TROUBLE])]
    for row in rows:
        row.claims += 1
        row.postings += len(verdicts)
        row.equal += sum(not one.wrong for one in verdicts)
        row.cents_off += sum(one.cents for one in verdicts) + final.cents


def _posting(claim: Truth, place: int, payments: Payments) -> Verdict:
    posting = claim["postings"][place]
    found = payments.get((posting["trace"], posting["control_number"], posting["status"], posting["paid"]), [])
    if not found:
        return Verdict(abs(Money(posting["paid"]).cents), f"{posting['part']} is not in the books")
    payment = found.pop(0)
    if posting["control_number"] != claim["control_number"]:
        good = payment.state == "unmatched" and not payment.moved
        return Verdict(0, "" if good else f"money of a claim that nobody sent is {payment.state}")
    if not posting["posts"]:
        good = payment.state == "noted" and not payment.moved
        return Verdict(0, "" if good else f"{posting['part']} moved money and should not")
    if payment.state != "posted":
        return Verdict(abs(Money(posting["paid"]).cents), f"{posting['part']} is {payment.state}")
    if tuple(map(line_of, posting["lines"])) != payment.lines:
        return Verdict(0, f"{posting['part']} has other lines than the payer decided")
    off = _apart(_moves(claim, place), payment.moved)
    said = ", ".join(f"{account} {cents:+d}" for account, cents in off.items())
    return Verdict(sum(map(abs, off.values())), f"{posting['part']} is off by cents: {said}" if off else "")


def _moves(claim: Truth, place: int) -> Amounts:
    """The accounts that a posting should move, a debit positive, in the truth's own words."""
    posting = claim["postings"][place]
    moves = {
        "unapplied": Money(posting["paid"]),
        "contractual_adjustment": Money(posting["contractual"]),
        "denied_receivable": Money(posting["denied"]),
    }
    before = dict.fromkeys(_PATIENT_PARTS, Money.zero())
    settled = Money(posting["charge"]) - Money(posting["prior_payer"])
    if posting["status"] in _LATER_PAYERS:
        # What the payer before left to the patient is what this one answers for.
        before, settled = _owed_before(claim, place), Money.zero()
    moves["payer_receivable"] = -settled
    for part in _PATIENT_PARTS:
        moves[f"patient_{part}"] = Money(posting["patient_by_reason"][part]) - before[part]
    return moves


def _owed_before(claim: Truth, place: int) -> dict[str, Money]:
    earlier = [one for one in claim["postings"][:place] if one["posts"]]
    return {part: Money.sum(Money(one["patient_by_reason"][part]) for one in earlier) for part in _PATIENT_PARTS}


def _final(claim: Truth, money: Mapping[str, Any] | None) -> Verdict:
    """Where the claim's money is in the end."""
    expected = claim["expected"]
    if money is None:
        return Verdict(Money(expected["charge"]).cents, "payments has never heard of it")
    wanted = {
        "charge": expected["charge"],
        "paid": expected["paid"],
        "adjusted": expected["contractual"],
        "open_denied": expected["denied"],
        "open_with_payer": expected["with_payer"],
        **{f"patient {part}": amount for part, amount in expected["patient"].items()},
    }
    held = {name: money[name] for name in ("charge", "paid", "adjusted", "open_denied", "open_with_payer")}
    held |= {f"patient {part}": amount for part, amount in money["patient_by_reason"].items()}
    off = _apart({name: Money(one) for name, one in wanted.items()}, {name: Money(one) for name, one in held.items()})
    said = ", ".join(f"{name} {cents:+d}" for name, cents in off.items())
    return Verdict(sum(map(abs, off.values())), f"in the end it is off by cents: {said}" if off else "")


def _apart(wanted: Amounts, held: Amounts) -> dict[str, int]:
    none = Money.zero()
    off = {name: (held.get(name, none) - wanted.get(name, none)).cents for name in (*wanted, *held)}
    return {name: cents for name, cents in off.items() if cents}


def _score_cheque(score: Score, cheque: Truth, booked: BookedCheque | None) -> None:
    score.cheques += 1
    if booked is None:
        score.wrong.append(f"Cheque {cheque['trace']} is not in the books.")
        return
    levels = [(_LEVEL_ACCOUNTS[one["reason"]], Money(one["amount"])) for one in cheque["levels"]]
    same = booked.total == booked.cash == Money(cheque["total"]) and list(booked.levels) == levels
    score.cheques_equal += same
    if not same:
        score.wrong.append(f"Cheque {cheque['trace']} for {cheque['total']} is booked otherwise than it was written.")


def _strangers(cheques: Sequence[Truth], left: Payments) -> Iterator[str]:
    """Payments that no claim of ours in the truth answers for."""
    for (trace, number, _, paid), payments in left.items():
        for payment in payments:
            yield f"Payment of {paid} for {number} on {trace} is {payment.state} and stands in no truth."


def _score_refusals(score: Score, cheques: Sequence[Truth], books: Books) -> None:
    """A remittance that comes again is refused, once for each time; nothing else is."""
    again = Counter({cheque["trace"]: len(cheque["files"]) - 1 for cheque in cheques if len(cheque["files"]) > 1})
    refused = Counter(books.refused)
    if refused != again:
        apart = (refused - again) + (again - refused)
        score.wrong.append(f"Refused remittances are not the repeated ones: {', '.join(apart)}.")
    strays = sum(one["part"] == "stray" for cheque in cheques for one in cheque["postings"])
    expected = {"claim-unknown": strays, "duplicate-remittance": again.total()}
    queued = Counter(code for code in books.queue if code != "not-understood")
    for code in sorted({*queued, *expected}):
        if queued[code] != expected.get(code, 0):
            score.wrong.append(f"{queued[code]} items of the queue are {code}, not {expected.get(code, 0)}.")


def _score_balances(score: Score, cheques: Sequence[Truth], books: Books) -> None:
    """The accounts that no claim carries, against the sums of all cheques."""
    wanted = dict.fromkeys(("cash_clearing", "unapplied", *_LEVEL_ACCOUNTS.values()), Money.zero())
    for cheque in cheques:
        wanted["cash_clearing"] += Money(cheque["total"])
        wanted["unapplied"] -= Money(cheque["unmatched"])
        for level in cheque["levels"]:
            wanted[_LEVEL_ACCOUNTS[level["reason"]]] += Money(level["amount"])
    held = {account: books.balances.get(account, Money.zero()) for account in wanted}
    score.balances_off = _apart(wanted, held)
    score.wrong += [f"The account {name} is {cents} cents off." for name, cents in score.balances_off.items()]
