"""No claim, contract or habit makes a remittance that does not balance to the cent."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import x12
from simulator import remittance_file
from simulator.adjudication.adjudicate import decide
from simulator.adjudication.balance import imbalances
from simulator.adjudication.case import Case
from simulator.adjudication.claim import Claim, Line, Person, Provider
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Contract, Override, Payer
from simulator.payers import DEFAULT_PAYERS
from simulator.records import ClaimRecord, Debt, Payable, Route
from simulator.remittance_file import Cheque, Entry
from simulator.tables import CODEBOOK

VISIT = date(2026, 3, 2)
CPTS = ("99203", "99213", "11102", "11103", "11104", "17000", "17003", "17004", "17110", "11640", "12051", "17311")
cents = st.decimals("0", "5000", places=2)

lines = st.builds(
    Line,
    number=st.just(0),
    cpt=st.sampled_from((*CPTS, "J3301", "96920", "88305")),
    charge=cents,
    units=st.integers(1, 15).map(Decimal),
    service_on=st.just(VISIT),
    modifiers=st.sampled_from(((), ("25",), ("59",), ("XS",), ("50",), ("76",))),
    diagnoses=st.sampled_from((("L570",), ("L821",), ())),
    place_of_service=st.sampled_from(("11", "22")),
    rendering_npi=st.sampled_from(("1245319599", "")),
)
members = st.builds(
    Member,
    member_id=st.just("ABC123456"),
    deductible_remaining=cents,
    coinsurance=st.decimals("0", "1", places=2),
    copay=st.decimals("0", "100", places=2),
)
overrides = st.builds(
    Override,
    carc=st.sampled_from(("50", "96", "18", "29")),
    group=st.sampled_from(("CO", "PR", "OA", "PI")),
    cpt=st.sampled_from((*CPTS, "")),
)
payers = st.builds(
    replace,
    st.sampled_from(DEFAULT_PAYERS),
    overrides=st.lists(overrides, max_size=2).map(tuple),
    contract=st.builds(
        Contract,
        st.just(Decimal("32.3465")),
        rate=st.decimals("0", "3", places=4),
        mppr_as_own_reason=st.booleans(),
    ),
)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    drawn = draw(st.lists(lines, min_size=1, max_size=6))
    numbered = tuple(replace(one, number=number) for number, one in enumerate(drawn, 1))
    holder = Person("DOE", "JANE", "ABC123456")
    return Claim(
        control_number="C1",
        payer_id="ANY",
        subscriber=holder,
        patient=holder,
        billing=Provider("1234567893", "DERM GROUP", "123456789"),
        lines=numbered,
        charge=sum((one.charge for one in numbered), Decimal(0)),
        received_on=VISIT + timedelta(days=draw(st.sampled_from((1, 500)))),
    )


def entry(claim: Claim, payer: Payer, member: Member, number: int, *, reversal: bool) -> Entry:
    decision = decide(Case(claim, payer, member, CODEBOOK, claim.lines))
    assert imbalances(decision) == ()
    record = ClaimRecord(
        number, 1, Route("ZZ", "US", "ZZ", "THEM", "US", "THEM"), claim, 0.0, payer_number=f"P{number}"
    )
    said = decision.reversed() if reversal else decision
    return Entry(record, Payable(number, payer.id, "payment", 0.0, said, reverses="payment" if reversal else ""))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    payer=payers,
    member=members,
    content=st.lists(st.tuples(claims(), st.booleans()), min_size=1, max_size=4),
    debt=st.none() | st.decimals("0.01", "3000", places=2),
)
def test_every_cheque_balances_at_line_claim_and_cheque(payer, member, content, debt):
    entries = tuple(
        entry(claim, payer, member, number, reversal=reversal) for number, (claim, reversal) in enumerate(content, 1)
    )
    cheque = Cheque(entries, None if debt is None else Debt(debt, "P0"))
    body = remittance_file.render(cheque, payer, "TRACE1", date(2026, 3, 20))
    header = x12.InterchangeHeader("ZZ", "THEM", "ZZ", "US", datetime(2026, 3, 20), 1, 1)  # noqa: DTZ001
    file = x12.write_interchange(header, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])

    assert [finding for finding in x12.validate(file) if finding.severity == "error"] == []
    (received,) = x12.read_remittance_advices(file)
    assert list(x12.remittance_imbalances(received.value)) == []
    assert received.value.remittance.total >= 0
    assert (received.value.remittance.method == "NON") == (received.value.remittance.total == 0)


@settings(max_examples=100, deadline=None)
@given(claim=claims(), payer=payers, member=members)
def test_nobody_is_paid_or_owes_less_than_nothing(claim, payer, member):
    decision = decide(Case(claim, payer, member, CODEBOOK, claim.lines))
    assert all(line.paid >= 0 for line in decision.lines)
    assert all(one.amount > 0 for one in decision.all_adjustments)
    assert decision.deductible_applied <= member.deductible_remaining


@settings(max_examples=50, deadline=None)
@given(claim=claims(), payer=payers, member=members)
def test_the_same_claim_is_decided_the_same_way_twice(claim, payer, member):
    case = Case(claim, payer, member, CODEBOOK, claim.lines)
    assert decide(case) == decide(case)
