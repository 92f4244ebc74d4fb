"""Laws of a denied claim across three services: whatever payers do, in whatever order word of it arrives.

The pure domains of payments, claims and denials, with the events between them kept in one queue per topic.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.domain import adjudication as claim_side
from claims.domain.adjudication import Posting
from claims.domain.claim import Claim, Standing, Submission, started
from claims.domain.coding import CodedEncounter
from claims.domain.events import AdjudicatedLine, ClaimClosed, ClaimDenied, ClaimPaid, ClaimReversed
from claims.domain.lifecycle import STAGES, Status
from common.change import Change
from common.money import Money
from denials.domain import case as cases
from denials.domain.case import FINAL, Adjustment, Denial, DenialCase, DeniedLine
from denials.domain.events import AppealFiled, DenialOverturned, DenialUpheld
from denials.domain.terms import DEFAULTS, Program
from payments.domain import events as payment_events
from payments.domain.accounts import DENIED_RECEIVABLE, PATIENT_COINSURANCE, PATIENT_PARTS, PAYER_RECEIVABLE
from payments.domain.adjudication import Shares
from payments.domain.ledger import Balances, after, balance, claim_money
from payments.domain.payment import PostedPayment, paid, taken_back
from payments.domain.receivable import opened, written_off
from payments.domain.remittance import REVERSAL, PaidClaim
from stack.audit.denials import FITTING, NO_CASE, OPEN_AS_DENIED
from stack.audit.money import NOTHING_OPEN, STILL_DENIED

CLAIM, ENCOUNTER, PATIENT, BATCH, CASE = (UUID(int=number) for number in range(1, 6))
NOW, DAY = datetime(2026, 3, 20, 9, tzinfo=UTC), date(2026, 3, 2)
CHARGE, NONE = Money("400.00"), Money.zero()
NUMBER = "0000000A01"
FIRST, SECOND = "1", "2"


def submitted() -> Claim:
    coded = CodedEncounter(ENCOUNTER, PATIENT, 1, DAY, "11", "1245319599", ("B07.8",), (), "2026Q1")
    sent = Submission(1, NUMBER, "1", CHARGE, BATCH, NOW, sent_at=NOW)
    return replace(started(CLAIM, NUMBER[:-2], coded, NOW), status=Status.SUBMITTED, submissions=(sent,), charge=CHARGE)


@dataclass
class Office:
    """The three services' memories, and what they have told one another that nobody has read yet."""

    claim: Claim = field(default_factory=submitted)
    balances: Balances = field(default_factory=lambda: after({}, opened(CHARGE)))
    case: DenialCase | None = None
    posted: list[PostedPayment] = field(default_factory=list[PostedPayment])
    from_payments: deque[Posting] = field(default_factory=deque[Posting])
    from_claims: deque[Any] = field(default_factory=deque[Any])
    from_denials: deque[Any] = field(default_factory=deque[Any])

    def remits(self, settles: Money, shares: tuple[int, int, int, int], *, status: str = FIRST) -> None:
        """A payer answers for `settles`, split by these weights into paid, contractual, patient and denied."""
        if settles <= NONE:
            return
        parts = settles.allocate([weight + (not any(shares)) for weight in shares])
        share = Shares(
            contractual=parts[1],
            patient=dict.fromkeys(PATIENT_PARTS, NONE) | {PATIENT_COINSURANCE: parts[2]},
            denied=parts[3],
            informational=NONE,
        )
        claim = PaidClaim(len(self.posted) + 1, NUMBER, status, settles, parts[0])
        entries = paid(self.balances, claim, share)
        self.posted.append(PostedPayment(UUID(int=100 + len(self.posted)), claim, entries))
        self._posts(self.posted[-1].id, claim, share, entries)

    def takes_back(self, place: int) -> None:
        """A payer reverses one of its decisions."""
        standing = [one for one in self.posted if not one.reversed]
        if not standing:
            return
        original = standing[place % len(standing)]
        self.posted[self.posted.index(original)] = replace(original, reversed=True)
        claim = replace(original.claim, status=REVERSAL, charge=-original.claim.charge, paid=-original.claim.paid)
        nothing = Shares(NONE, dict.fromkeys(PATIENT_PARTS, NONE), NONE, claim.charge - claim.paid)
        self._posts(UUID(int=200 + len(self.posted)), claim, nothing, taken_back(self.balances, original))

    def _posts(self, id: UUID, claim: PaidClaim, share: Shares, entries: Any) -> None:
        self.balances = after(self.balances, entries)
        told = payment_events.standing(self.balances)
        line = AdjudicatedLine(len(self.posted), "17110", (), claim.charge, claim.paid, share.denied, (), ())
        self.from_payments.append(
            Posting(
                remittance_id=id,
                control_number=NUMBER,
                payer_claim_number=f"PCN{claim.position}",
                status_code=claim.status,
                reversal=claim.reversal,
                adjudicated_on=DAY,
                charge=claim.charge,
                paid=claim.paid,
                contractual=share.contractual,
                patient_responsibility=share.patient_responsibility,
                denied=share.denied,
                lines=(line,),
                remarks=(),
                standing=Standing(**{name: getattr(told, name) for name in Standing.__slots__}),
            )
        )

    def staff_act(self, act: str) -> None:
        """A person does something with the case, having read everything; it is in the books before the next cheque."""
        self.settle()
        if self.case is None or self.case.status in FINAL:
            return
        if act == "appeals" and self.case.status is not cases.Status.APPEALED:
            self._in_denials(self.case.file_appeal(today=DAY))
        elif act == "gives up":
            upheld = self.case.upheld()
            self.balances = after(self.balances, written_off(self.balances, CLAIM, self.case.denial.denied))
            self._in_denials(upheld)
        elif act == "wins" and self.claim.status in (Status.DENIED, Status.PARTLY_PAID, Status.APPEALED):
            self._in_denials(self.case.overturned(self.case.denial.denied))

    def reads(self, topic: str) -> None:
        """The next event of one topic is read, if there is one."""
        if topic == "payments" and self.from_payments:
            self._in_claims(claim_side.post(self.claim, self.from_payments.popleft(), NOW))
        elif topic == "claims" and self.from_claims:
            self._denials_hear(self.from_claims.popleft())
        elif topic == "denials" and self.from_denials:
            self._claims_hear(self.from_denials.popleft())

    def settle(self) -> None:
        while self.from_payments or self.from_claims or self.from_denials:
            for topic in ("denials", "payments", "claims"):
                self.reads(topic)

    def _in_claims(self, change: Change[Claim]) -> None:
        self.claim = replace(change.aggregate, happened=(), raised=())
        self.from_claims += [event for event in change.events if not isinstance(event, ClaimClosed)]

    def _in_denials(self, change: Change[DenialCase]) -> None:
        self.case = change.aggregate
        answers = (AppealFiled, DenialOverturned, DenialUpheld)
        self.from_denials += [event for event in change.events if isinstance(event, answers)]

    def _claims_hear(self, event: Any) -> None:
        about: dict[str, Any] = {"case_id": event.case_id, "remittance_id": event.remittance_id}
        if isinstance(event, AppealFiled):
            heard = claim_side.appeal(
                self.claim, NOW, level=event.level, filed_on=event.filed_on, due=event.decision_due, **about
            )
        elif isinstance(event, DenialUpheld):
            heard = claim_side.upheld(self.claim, NOW, write_off=event.write_off, **about)
        else:
            heard = claim_side.overturned(self.claim, NOW, recovered=event.recovered, **about)
        self._in_claims(heard)

    def _denials_hear(self, event: ClaimPaid | ClaimDenied | ClaimReversed) -> None:
        if isinstance(event, ClaimDenied):
            self._denied(event)
        elif self.case is None or event.open_denied is None:
            return
        elif isinstance(event, ClaimReversed):
            self._in_denials(self.case.reversed(event.open_denied))
        elif event.outcome != "paid" and event.open_denied:
            self._in_denials(self.case.paid_in_part(event.open_denied, event.remittance_id))
        elif self.case.status not in FINAL:
            self._in_denials(self.case.overturned(event.paid))

    def _denied(self, event: ClaimDenied) -> None:
        terms = DEFAULTS[Program.COMMERCIAL]
        lines = tuple(
            DeniedLine(one.number, one.cpt, (), one.charge, one.denied, (Adjustment("CO", "50", one.denied),))
            for one in event.lines
        )
        denial = Denial(
            remittance_id=event.remittance_id,
            control_number=event.control_number,
            payer_claim_number=event.payer_claim_number,
            payer_id="PAYERA",
            date_of_service=DAY,
            adjudicated_on=DAY,
            denied=event.open_denied or NONE,
            lines=lines,
        )
        if self.case is None:
            self._in_denials(
                cases.open_case(
                    CASE, claim_id=CLAIM, encounter_id=ENCOUNTER, patient_id=PATIENT, denial=denial, terms=terms
                )
            )
        else:
            self._in_denials(self.case.denied_again(denial, terms, newly=event.denied))


WEIGHTS = st.tuples(*[st.integers(0, 3)] * 4)
PAYERS_ACT = st.one_of(
    st.tuples(st.just("remits"), st.integers(1, 4), WEIGHTS),
    st.tuples(st.just("decides anew"), st.integers(1, 4), WEIGHTS),
    st.tuples(st.just("second payer"), st.integers(1, 4), WEIGHTS),
    st.tuples(st.just("takes back"), st.integers(0, 3), WEIGHTS),
)
STAFF_ACTS = st.sampled_from(["appeals", "gives up", "wins"])
STORY = st.lists(
    st.tuples(
        PAYERS_ACT, st.lists(st.sampled_from(["payments", "claims", "denials"]), max_size=4), STAFF_ACTS | st.none()
    ),
    min_size=1,
    max_size=6,
)


def told(story: list[Any]) -> Office:
    """What has become of a claim once everybody has read everything."""
    office = Office()
    for (act, size, weights), read, staff in story:
        account = {"remits": PAYER_RECEIVABLE, "decides anew": DENIED_RECEIVABLE, "second payer": PATIENT_COINSURANCE}
        if act == "takes back":
            office.takes_back(size)
        else:
            held = balance(office.balances, account[act])
            part = held.allocate([size, 4 - size])[0] if held > NONE else NONE
            office.remits(part, weights, status=SECOND if act == "second payer" else FIRST)
        for topic in read:
            office.reads(topic)
        if staff is not None:
            office.staff_act(staff)
    office.settle()
    return office


@settings(max_examples=150, deadline=None)
@given(STORY)
def test_a_claim_and_its_case_end_in_states_that_fit(story: list[Any]) -> None:
    office = told(story)
    case = office.case.status.value if office.case else NO_CASE
    status = office.claim.status.value
    assert status not in FITTING or case in FITTING[status]


@settings(max_examples=150, deadline=None)
@given(STORY)
def test_a_case_is_about_what_is_open_as_denied(story: list[Any]) -> None:
    office = told(story)
    if office.claim.status.value in OPEN_AS_DENIED and office.case is not None:
        assert office.case.denial.denied == balance(office.balances, DENIED_RECEIVABLE)


@settings(max_examples=150, deadline=None)
@given(STORY)
def test_a_claim_is_finished_only_when_nothing_of_it_is_open(story: list[Any]) -> None:
    office = told(story)
    status, money = office.claim.status, claim_money(office.balances)
    if status.value in NOTHING_OPEN:
        assert money.open == NONE
    if status.value in STILL_DENIED:
        assert balance(office.balances, DENIED_RECEIVABLE) > NONE
    if money.open > NONE:
        assert STAGES[status].wait is not None
