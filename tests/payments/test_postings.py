"""The laws of the ledger: nothing unbalances it, and what is taken back leaves no trace in the balances."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.money import Money
from payments.domain.accounts import (
    CASH_CLEARING,
    DENIAL_WRITE_OFF,
    DENIED_RECEIVABLE,
    PATIENT_CASH,
    PATIENT_COINSURANCE,
    PATIENT_COPAY,
    PATIENT_CREDIT,
    PATIENT_DEDUCTIBLE,
    PATIENT_PARTS,
    PAYER_RECEIVABLE,
    REVENUE,
    UNAPPLIED,
)
from payments.domain.adjudication import shares
from payments.domain.ledger import Balances, Entry, Kind, Posting, after, balance, claim_money, moving
from payments.domain.payment import PostedPayment, original_of, paid, taken_back
from payments.domain.receivable import (
    Method,
    asked_next,
    opened,
    patient_paid,
    resubmitted,
    settled,
    withdrawn,
    written_off,
)
from payments.domain.refusals import (
    NotAPayment,
    NothingOpen,
    OriginalNotFound,
    PostingUnbalanced,
    UnknownAccount,
    WriteOffTooLarge,
)
from payments.domain.remittance import Adjustment, PaidClaim

CLAIM = UUID(int=1)
NUMBER = "100023-1"
REASONS = (
    ("CO", "45"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("PR", "204"),
    ("CO", "97"), ("OA", "18"), ("PI", "45"), ("CO", "9999"), ("CO", "253"),
)  # fmt: skip

cents = st.integers(min_value=1, max_value=5_000_000).map(Money.from_cents)


def decided(charge: Money, weights: list[int], status: str = "1") -> PaidClaim:
    """A claim that the payer split by `weights`: first what it pays, then one weight for each of REASONS."""
    parts = charge.allocate(weights)
    adjustments = tuple(
        Adjustment(group, carc, amount) for (group, carc), amount in zip(REASONS, parts[1:], strict=True) if amount
    )
    return PaidClaim(1, NUMBER, status, charge, parts[0], adjustments=adjustments)


def mirrored(claim: PaidClaim) -> PaidClaim:
    """What the payer sends when it takes `claim` back."""
    back = tuple(Adjustment(item.group, item.carc, -item.amount) for item in claim.adjustments)
    return PaidClaim(2, NUMBER, "22", -claim.charge, -claim.paid, adjustments=back)


weights = st.lists(st.integers(0, 9), min_size=len(REASONS) + 1, max_size=len(REASONS) + 1).filter(any)


def claim_of(charge: str) -> Balances:
    return after({}, opened(Money(charge)))


def pay(balances: Balances, claim: PaidClaim) -> tuple[Balances, PostedPayment]:
    entries = paid(balances, claim, shares(claim.every_adjustment))
    return after(balances, entries), PostedPayment(UUID(int=9), claim, entries)


def nonzero(balances: Balances) -> dict[str, Money]:
    return {account: amount for account, amount in balances.items() if amount}


class TestAPosting:
    def test_that_does_not_sum_to_zero_is_refused_with_the_difference(self):
        with pytest.raises(PostingUnbalanced, match=r"off by 0\.01; a posting must sum to zero"):
            Posting(Kind.CHARGE, (Entry(PAYER_RECEIVABLE, Money("10.01")), Entry(REVENUE, Money("-10.00"))))

    def test_of_nothing_is_refused(self):
        with pytest.raises(PostingUnbalanced):
            Posting(Kind.CHARGE, ())

    def test_to_an_account_outside_the_chart_is_refused(self):
        with pytest.raises(UnknownAccount, match="no account petty_cash"):
            Posting(Kind.CHARGE, (Entry("petty_cash", Money("1.00")), Entry(REVENUE, Money("-1.00"))))

    def test_that_moves_nothing_is_no_posting(self):
        assert moving(Kind.CHEQUE, (CASH_CLEARING, Money("0.00")), (UNAPPLIED, Money("0.00"))) == ()

    @given(cents)
    def test_and_its_contra_leave_every_balance_as_it_was(self, charge: Money):
        (posting,) = opened(charge)
        assert nonzero(after({}, (posting, posting.contra()))) == {}


class Books:
    """A claim's life as the acts of payer, practice and patient, with what is posted so far."""

    def __init__(self, charge: Money) -> None:
        self.entries = list(opened(charge))
        self.balances = after({}, self.entries)
        self.posted: list[PostedPayment] = []

    def take(self, postings: tuple[Posting, ...]) -> None:
        self.entries += postings
        self.balances = after(self.balances, postings)

    def payer_decides(self, split: list[int]) -> None:
        claim = decided(-balance(self.balances, REVENUE), split)
        try:
            entries = paid(self.balances, claim, shares(claim.every_adjustment))
        except NothingOpen:
            return
        self.take(entries)
        self.posted.append(PostedPayment(UUID(int=len(self.posted)), claim, entries))

    def payer_takes_back(self, which: int) -> None:
        standing = [item for item in self.posted if not item.reversed]
        if standing:
            original = original_of(mirrored(standing[which % len(standing)].claim), self.posted)
            self.take(taken_back(self.balances, original))
            place = self.posted.index(original)
            self.posted[place] = PostedPayment(original.id, original.claim, original.postings, reversed=True)

    def practice_sends_again(self, charge: Money) -> None:
        self.take(resubmitted(self.balances, charge))

    def next_payer_is_asked(self, charge: Money) -> None:
        self.take(asked_next(self.balances, charge))

    def next_payer_decides(self, split: list[int]) -> None:
        left = balance(self.balances, PAYER_RECEIVABLE) + Money.sum(
            balance(self.balances, part) for part in PATIENT_PARTS
        )
        if left > Money.zero():
            claim = decided(left, split, status="2")
            self.take(paid(self.balances, claim, shares(claim.every_adjustment)))

    def denial_stands(self, share: int) -> None:
        amount = balance(self.balances, DENIED_RECEIVABLE).allocate([share, 9 - share])[0]
        self.take(written_off(self.balances, CLAIM, amount))

    def patient_pays(self, amount: Money) -> None:
        self.take(patient_paid(self.balances, amount, Method.CASH))


acts = st.lists(
    st.one_of(
        st.tuples(st.just("payer_decides"), weights),
        st.tuples(st.just("payer_takes_back"), st.integers(0, 9)),
        st.tuples(st.just("practice_sends_again"), cents),
        st.tuples(st.just("next_payer_is_asked"), cents),
        st.tuples(st.just("next_payer_decides"), weights),
        st.tuples(st.just("denial_stands"), st.integers(0, 9)),
        st.tuples(st.just("patient_pays"), cents),
    ),
    max_size=12,
)


class TestWithdrawal:
    @settings(max_examples=200, deadline=None)
    @given(cents, weights, st.booleans())
    def test_leaves_nothing_once_the_payer_took_back_what_it_paid_whichever_comes_first(self, charge, split, first):
        books = Books(charge)
        books.payer_decides(split)
        if first:
            books.payer_takes_back(0)
        books.take(withdrawn(books.balances))
        if not first:
            books.payer_takes_back(0)
        assert nonzero(books.balances) == {}

    @given(cents, weights)
    def test_shows_as_overpaid_what_the_payer_has_not_taken_back(self, charge, split):
        books = Books(charge)
        books.payer_decides(split)
        books.take(withdrawn(books.balances))
        money = claim_money(books.balances)
        assert (money.charge, money.cents_off) == (Money.zero(), 0)
        assert money.open == Money.zero() - money.paid - money.adjusted - money.patient


class TestAnyHistory:
    @settings(max_examples=300, deadline=None)
    @given(cents, acts)
    def test_of_postings_leaves_the_ledger_balanced_and_the_money_bar_whole(self, charge, history):
        books = Books(charge)
        for act, fact in history:
            getattr(books, act)(fact)
            assert Money.sum(books.balances.values()) == Money.zero()
            assert claim_money(books.balances).cents_off == 0
            assert balance(books.balances, DENIED_RECEIVABLE) >= Money.zero()
            assert all(balance(books.balances, part) >= Money.zero() for part in PATIENT_PARTS)
        assert nonzero(after({}, books.entries)) == nonzero(books.balances)

    @settings(max_examples=300, deadline=None)
    @given(cents, acts, weights)
    def test_is_as_it_was_once_the_payer_takes_a_payment_back(self, charge, history, split):
        books = Books(charge)
        for act, fact in history:
            getattr(books, act)(fact)
        before, made = nonzero(books.balances), len(books.posted)
        books.payer_decides(split)
        if len(books.posted) > made:
            books.payer_takes_back(-1)
        assert nonzero(books.balances) == before

    @settings(max_examples=200, deadline=None)
    @given(cents, acts)
    def test_leaves_no_patient_owing_while_holding_the_patients_money(self, charge, history):
        books = Books(charge)
        for act, fact in history:
            getattr(books, act)(fact)
        owed = Money.sum(balance(books.balances, part) for part in PATIENT_PARTS)
        assert not (owed and balance(books.balances, PATIENT_CREDIT))

    @given(cents, weights)
    def test_in_which_the_payer_decides_the_whole_charge_leaves_nothing_open_but_what_it_denied(self, charge, split):
        claim = decided(charge, split)
        balances, _ = pay(after({}, opened(charge)), claim)
        assert claim_money(balances).open == shares(claim.every_adjustment).denied
        assert balance(balances, PAYER_RECEIVABLE) == Money.zero()


class TestAClaimPayment:
    def test_splits_the_charge_by_who_bears_it(self):
        claim = PaidClaim(
            1, NUMBER, "1", Money("180.00"), Money("84.00"),
            adjustments=(
                Adjustment("CO", "45", Money("45.00")),
                Adjustment("PR", "2", Money("21.00")),
                Adjustment("CO", "97", Money("30.00")),
            ),
        )  # fmt: skip
        balances, _ = pay(claim_of("180.00"), claim)
        money = claim_money(balances)
        assert (money.charge, money.paid, money.adjusted) == (Money("180"), Money("84"), Money("45"))
        assert (money.patient, money.open) == (Money("21"), Money("30"))
        assert balance(balances, PATIENT_COINSURANCE) == Money("21")

    def test_for_a_claim_that_was_settled_before_and_not_reversed_is_refused(self):
        whole = PaidClaim(1, NUMBER, "1", Money("100.00"), Money("100.00"))
        balances, _ = pay(claim_of("100.00"), whole)
        with pytest.raises(NothingOpen, match=r"settles 100\.00 of claim 100023-1, but only 0\.00 is still open"):
            pay(balances, whole)

    def test_for_more_than_was_charged_is_refused(self):
        with pytest.raises(NothingOpen):
            pay(claim_of("99.99"), PaidClaim(1, NUMBER, "1", Money("100.00"), Money("100.00")))

    def test_after_a_denial_is_taken_from_what_was_denied(self):
        denial = PaidClaim(
            1, NUMBER, "4", Money("100.00"), Money("0.00"), adjustments=(Adjustment("CO", "50", Money("100.00")),)
        )
        balances, _ = pay(claim_of("100.00"), denial)
        assert balance(balances, DENIED_RECEIVABLE) == Money("100.00")
        balances, _ = pay(balances, PaidClaim(1, NUMBER, "1", Money("100.00"), Money("100.00")))
        assert claim_money(balances).open == Money("0.00")
        assert claim_money(balances).paid == Money("100.00")

    def test_of_a_second_payer_takes_over_what_the_first_left_to_the_patient(self):
        first = PaidClaim(
            1, NUMBER, "1", Money("100.00"), Money("80.00"), adjustments=(Adjustment("PR", "2", Money("20.00")),)
        )
        second = PaidClaim(
            1, NUMBER, "2", Money("100.00"), Money("15.00"),
            adjustments=(Adjustment("OA", "23", Money("80.00")), Adjustment("PR", "3", Money("5.00"))),
        )  # fmt: skip
        balances, _ = pay(claim_of("100.00"), first)
        balances, _ = pay(balances, second)
        assert claim_money(balances).paid == Money("95.00")
        assert nonzero(balances)[PATIENT_COPAY] == Money("5.00")
        assert balance(balances, PATIENT_COINSURANCE) == Money("0.00")


class TestTheNextPayer:
    LEFT = (
        Adjustment("CO", "45", Money("10.00")),
        Adjustment("PR", "1", Money("25.00")),
        Adjustment("PR", "2", Money("5.00")),
    )
    FIRST = PaidClaim(1, NUMBER, "1", Money("100.00"), Money("60.00"), adjustments=LEFT)
    SECOND = PaidClaim(
        1, NUMBER, "2", Money("100.00"), Money("22.00"),
        adjustments=(Adjustment("OA", "23", Money("70.00")), Adjustment("PR", "3", Money("8.00"))),
    )  # fmt: skip

    def asked(self, balances: Balances) -> Balances:
        return after(balances, asked_next(balances, Money("100.00")))

    def test_is_asked_for_what_the_first_left_to_the_patient_who_owes_nothing_meanwhile(self):
        balances = self.asked(pay(claim_of("100.00"), self.FIRST)[0])
        money = claim_money(balances)
        assert (money.patient, money.open, money.cents_off) == (Money("0.00"), Money("30.00"), 0)
        money = claim_money(pay(balances, self.SECOND)[0])
        assert (money.paid, money.patient, money.open) == (Money("82.00"), Money("8.00"), Money("0.00"))

    def test_leaves_what_the_patient_paid_meanwhile_as_a_credit_that_pays_the_rest(self):
        balances, _ = pay(claim_of("100.00"), self.FIRST)
        balances = self.asked(after(balances, patient_paid(balances, Money("30.00"), Method.CASH)))
        money = claim_money(balances)
        assert (money.patient, money.open) == (Money("-30.00"), Money("30.00"))
        assert balance(balances, PATIENT_CREDIT) == Money("-30.00")
        money = claim_money(pay(balances, self.SECOND)[0])
        assert (money.patient, money.open, money.cents_off) == (Money("-22.00"), Money("0.00"), 0)

    def test_asked_twice_is_asked_once(self):
        balances = self.asked(pay(claim_of("100.00"), self.FIRST)[0])
        assert self.asked(balances) == balances

    @pytest.mark.parametrize("answered", [False, True])
    def test_has_paid_or_owes_what_a_reversal_of_the_first_takes_from_the_patient(self, answered: bool):
        balances, first = pay(claim_of("100.00"), self.FIRST)
        balances = self.asked(balances)
        if answered:
            balances, _ = pay(balances, self.SECOND)
        money = claim_money(after(balances, taken_back(balances, first)))
        by_second = ("22.00", "8.00", "70.00") if answered else ("0.00", "0.00", "100.00")
        assert tuple(map(str, (money.paid, money.patient, money.open))) == by_second


class TestAReversal:
    DENIAL = (Adjustment("CO", "50", Money("40.00")), Adjustment("PR", "1", Money("20.00")))
    PARTLY = PaidClaim(1, NUMBER, "1", Money("100.00"), Money("40.00"), adjustments=DENIAL)

    def test_with_other_amounts_than_any_payment_finds_no_original(self):
        _, posted = pay(claim_of("100.00"), self.PARTLY)
        other = PaidClaim(2, NUMBER, "22", Money("-100.00"), Money("-39.99"))
        with pytest.raises(OriginalNotFound, match=r"-100\.00 charged and -39\.99 paid on 100023-1 matches no"):
            original_of(other, [posted])

    def test_finds_no_payment_that_was_taken_back_before(self):
        _, posted = pay(claim_of("100.00"), self.PARTLY)
        gone = PostedPayment(posted.id, posted.claim, posted.postings, reversed=True)
        with pytest.raises(OriginalNotFound):
            original_of(mirrored(self.PARTLY), [gone])

    def test_brings_back_what_was_written_off_of_the_denial(self):
        balances, posted = pay(claim_of("100.00"), self.PARTLY)
        balances = after(balances, written_off(balances, CLAIM, Money("40.00")))
        balances = after(balances, taken_back(balances, posted))
        assert balance(balances, DENIAL_WRITE_OFF) == Money("0.00")
        assert balance(balances, PAYER_RECEIVABLE) == Money("100.00")

    def test_turns_what_the_patient_paid_into_a_credit_that_pays_the_next_share(self):
        balances, posted = pay(claim_of("100.00"), self.PARTLY)
        balances = after(balances, patient_paid(balances, Money("20.00"), Method.CHEQUE))
        balances = after(balances, taken_back(balances, posted))
        assert balance(balances, PATIENT_CREDIT) == Money("-20.00")
        corrected = PaidClaim(
            1, NUMBER, "1", Money("100.00"), Money("75.00"), adjustments=(Adjustment("PR", "1", Money("25.00")),)
        )
        balances, _ = pay(balances, corrected)
        assert balance(balances, PATIENT_DEDUCTIBLE) == Money("5.00")
        assert claim_money(balances).patient == Money("5.00")
        assert balance(balances, PATIENT_CREDIT) == Money("0.00")


class TestSendingAgain:
    def test_gives_what_was_denied_back_to_the_payer(self):
        denial = PaidClaim(
            1, NUMBER, "4", Money("100.00"), Money("0.00"), adjustments=(Adjustment("CO", "4", Money("100.00")),)
        )
        balances, _ = pay(claim_of("100.00"), denial)
        balances = after(balances, resubmitted(balances, Money("100.00")))
        assert balance(balances, PAYER_RECEIVABLE) == Money("100.00")
        assert balance(balances, DENIED_RECEIVABLE) == Money("0.00")

    def test_at_another_charge_posts_the_difference_alone(self):
        balances = claim_of("100.00")
        (change,) = resubmitted(balances, Money("85.50"))
        assert change.entries == (Entry(PAYER_RECEIVABLE, Money("-14.50")), Entry(REVENUE, Money("14.50")))

    def test_unchanged_posts_nothing(self):
        assert resubmitted(claim_of("100.00"), Money("100.00")) == ()


class TestAWriteOff:
    def test_beyond_what_is_open_as_denied_is_refused(self):
        with pytest.raises(WriteOffTooLarge, match=r"10\.00 of claim .* should be written off, but only 0\.00"):
            written_off(claim_of("100.00"), CLAIM, Money("10.00"))

    def test_below_zero_is_refused(self):
        with pytest.raises(WriteOffTooLarge):
            written_off(claim_of("100.00"), CLAIM, Money("-1.00"))


class TestAPatientsPayment:
    @pytest.mark.parametrize("amount", ["0.00", "-5.00"])
    def test_must_be_more_than_zero(self, amount: str):
        with pytest.raises(NotAPayment):
            patient_paid(claim_of("100.00"), Money(amount), Method.CASH)

    def test_settles_the_copay_before_the_deductible(self):
        shared = (Adjustment("PR", "1", Money("30.00")), Adjustment("PR", "3", Money("20.00")))
        balances, _ = pay(
            claim_of("100.00"), PaidClaim(1, NUMBER, "1", Money("100.00"), Money("50.00"), adjustments=shared)
        )
        balances = after(balances, patient_paid(balances, Money("25.00"), Method.CASH))
        assert balance(balances, PATIENT_COPAY) == Money("0.00")
        assert balance(balances, PATIENT_DEDUCTIBLE) == Money("25.00")

    def test_before_the_payer_decides_waits_as_the_patients_credit(self):
        balances = claim_of("100.00")
        balances = after(balances, patient_paid(balances, Money("20.00"), Method.CASH))
        assert claim_money(balances).patient == Money("-20.00")
        assert claim_money(balances).cents_off == 0

    def test_that_one_reason_gives_back_pays_what_another_is_owed_at_once(self):
        paid = {PATIENT_CASH: Money("20.00")}
        balances = paid | {PATIENT_COINSURANCE: Money("-20.00"), PATIENT_DEDUCTIBLE: Money("15.00")}
        assert nonzero(after(balances, settled(balances))) == paid | {PATIENT_CREDIT: Money("-5.00")}

    def test_leaves_nothing_to_settle(self):
        balances = claim_of("100.00")
        balances = after(balances, patient_paid(balances, Money("20.00"), Method.EXTERNAL))
        assert settled(balances) == ()
