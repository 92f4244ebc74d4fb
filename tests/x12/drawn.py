"""Strategies that draw claims, remittances and acknowledgements with every field varied."""

import string
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

import x12

NPIS = ("1234567893", "1245319599", "1003000126", "1992999825")
DIAGNOSES = ("L570", "D485", "L821", "C44310", "B078", "L309")
PROCEDURES = (("11102", ()), ("99213", ("25",)), ("17000", ()), ("11402", ("59", "LT")), ("17110", ("XS",)))

# Made of characters rather than from expressions, which hypothesis draws five times slower.
letters = string.ascii_uppercase + string.digits
text = st.tuples(
    st.sampled_from(letters), st.text(f"{letters} '&/.,()+=?-", max_size=16), st.sampled_from(letters)
).map("".join)  # fmt: skip
word = st.text(string.ascii_uppercase, min_size=2, max_size=13)
number = st.text(letters, min_size=2, max_size=20)


def digits(low: int, high: int = 0) -> st.SearchStrategy:
    return st.text(string.digits, min_size=low, max_size=high or low)


amounts = st.integers(0, 9_999_999).map(lambda cents: Decimal(cents) / 100)
signed = st.integers(-9_999_999, 9_999_999).map(lambda cents: Decimal(cents) / 100)
units = st.integers(1, 99).map(Decimal)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
npis = st.sampled_from(NPIS)
states = st.sampled_from(("IL", "TX", "CA", "NY"))
addresses = st.builds(
    x12.Address, line1=text, line2=st.one_of(st.just(""), text), city=word, state=states,
    postal_code=digits(9),
)  # fmt: skip
optional_text = st.one_of(st.just(""), text)


def tuples(items: st.SearchStrategy, low: int, high: int) -> st.SearchStrategy:
    return st.lists(items, min_size=low, max_size=high).map(tuple)


def _person(qualifier: str, identifiers: st.SearchStrategy, address: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(
        x12.Party, name=word, kind=st.just("1"), first=word, middle=st.one_of(st.just(""), word),
        suffix=st.sampled_from(("", "JR")), id_qualifier=st.just(qualifier), id=identifiers, address=address,
    )  # fmt: skip


procedures = st.sampled_from(PROCEDURES).map(lambda pair: x12.Procedure(*pair))
drugs = st.builds(
    x12.Drug, ndc=digits(11), quantity=units, unit=st.sampled_from(("ML", "UN")),
    prescription=st.one_of(st.just(""), number),
)  # fmt: skip


@st.composite
def service_lines(draw: st.DrawFn, place: int, diagnoses: int) -> x12.ServiceLine:
    start = draw(days)
    return x12.ServiceLine(
        number=place, procedure=draw(procedures), charge=draw(amounts), units=draw(units), service_from=start,
        service_to=draw(st.sampled_from((None, start))), place_of_service=draw(st.sampled_from(("", "22"))),
        pointers=tuple(draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=4, unique=True))),
        control_number=draw(number), prior_authorization=draw(st.just("") | number),
        referral_number=draw(st.just("") | number), drug=draw(st.none() | drugs),
        notes=tuple(x12.Note("ADD", item) for item in draw(st.lists(text, max_size=1))),
        rendering=draw(st.none() | _person("XX", npis, st.none())),
    )  # fmt: skip


def _taken(draw: st.DrawFn, charge: Decimal) -> tuple[x12.Adjustment, ...]:
    """Adjustments of at most the charge, no two runs of one group."""
    found: list[x12.Adjustment] = []
    cents = int(charge * 100)
    for group in draw(st.lists(st.sampled_from(("CO", "PR", "OA", "PI")), max_size=3, unique=True)):
        for reason in draw(st.lists(st.sampled_from(("1", "2", "45", "97")), min_size=1, max_size=2, unique=True)):
            off = draw(st.integers(0, cents))
            cents -= off
            found.append(x12.Adjustment(group, reason, Decimal(off) / 100, draw(st.none() | units)))
    return tuple(found)


def _total(taken: tuple[x12.Adjustment, ...]) -> Decimal:
    return sum((item.amount for item in taken), Decimal(0))


homes = st.sampled_from((None, x12.Address("14 ELM STREET", "", "SPRINGFIELD", "IL", "627010001")))


@st.composite
def other_coverages(draw: st.DrawFn, rank: str, payer_id: str) -> x12.OtherCoverage:
    """Another coverage whose payer has not decided yet."""
    known_as = {"82": "G2", "77": "LU", "DN": "0B"}
    numbered = lambda role: (x12.Reference(known_as[role], draw(number)),)  # noqa: E731
    roles = draw(st.lists(st.sampled_from(("82", "77", "DN")), max_size=2, unique=True))
    return x12.OtherCoverage(
        rank, x12.Party("ROE", "1", "ANN", id_qualifier="MI", id=draw(number), address=draw(homes)),
        x12.Party(
            "OTHER HEALTH", id_qualifier="PI", id=payer_id, address=draw(homes),
            references=draw(tuples(number.map(lambda code: x12.Reference("F8", code)), 0, 1)),
        ),
        draw(st.sampled_from(("18", "01", "19"))), draw(optional_text), draw(optional_text),
        draw(st.sampled_from(("", "12", "47"))), draw(st.sampled_from(("CI", "MB"))),
        remaining=draw(st.none() | amounts), benefits_assigned=draw(st.sampled_from("NWY")),
        signature_source=draw(st.sampled_from(("", "P"))), release=draw(st.sampled_from("IY")),
        moa=draw(st.sampled_from(((), ("MOA", "", "", "MA01", "N519")))),
        providers=tuple(
            x12.PayerProvider(role, x12.Party(kind="2" if role == "77" else "1", references=numbered(role)))
            for role in sorted(roles, key=("DN", "82", "77").index)
        ),
    )  # fmt: skip


def _decided(draw: st.DrawFn, claim: x12.Claim837P, coverage: x12.OtherCoverage) -> x12.Claim837P:
    """The claim with the coverage: undecided, decided as a whole, or line by line; all of it balances."""
    how = draw(st.sampled_from(("not yet", "as a whole", "by line")))
    taken = () if how == "not yet" else _taken(draw, min(line.charge for line in claim.lines))
    if how == "as a whole":
        coverage = replace(coverage, adjustments=taken, paid=claim.charge - _total(taken), decided=draw(days))
    elif how == "by line":
        lines: list[x12.ServiceLine] = []
        for line in claim.lines:
            off = _taken(draw, line.charge)
            told = x12.LineAdjudication(
                coverage.payer.id, line.charge - _total(off), draw(procedures), draw(units), off, draw(days),
                draw(st.none() | amounts),
            )  # fmt: skip
            lines.append(replace(line, adjudications=(*line.adjudications, told)))
        paid = sum((line.adjudications[-1].paid for line in lines), Decimal(0)) - _total(taken)
        claim = replace(claim, lines=tuple(lines))
        coverage = replace(coverage, adjustments=taken, paid=paid)
    return replace(claim, other_coverages=(*claim.other_coverages, coverage))


@st.composite
def drawn_claims(draw: st.DrawFn) -> x12.Claim837P:
    claim = draw(claims_to_one_payer())
    ranks = [rank for rank in "PSTA" if rank != claim.subscriber.responsibility]
    for place, rank in enumerate(draw(st.lists(st.sampled_from(ranks), max_size=2, unique=True))):
        claim = _decided(draw, claim, draw(other_coverages(rank, f"OTHER{place}")))
    return claim


@st.composite
def claims_to_one_payer(draw: st.DrawFn) -> x12.Claim837P:
    own = draw(st.booleans())
    frequency = draw(st.sampled_from(("1", "7", "8")))
    diagnoses = draw(st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=6, unique=True))
    lines = tuple(draw(service_lines(place, len(diagnoses))) for place in range(1, draw(st.integers(2, 4))))
    patient = x12.Patient(
        replace(draw(_person("", st.just(""), addresses)), id_qualifier=""), draw(st.sampled_from(("01", "19"))),
        draw(days), draw(st.sampled_from(("F", "M", "U"))),
    )  # fmt: skip
    return x12.Claim837P(
        billing_provider=x12.BillingProvider(
            x12.Party(
                draw(text), id_qualifier="XX", id=draw(npis), address=draw(addresses),
                contacts=draw(st.sampled_from(((), (x12.Contact("IC", "OFFICE", (("TE", "5555550100"),)),)))),
            ),
            draw(digits(9)), draw(st.sampled_from(("EI", "SY"))), "207N00000X",
            pay_to=draw(st.none()),
        ),
        subscriber=x12.Subscriber(
            draw(_person("MI", number, addresses)), draw(st.sampled_from("PST")), "18" if own else "",
            draw(optional_text),
            filing_code=draw(st.sampled_from(("CI", "MB", "BL", "12"))), birth_date=draw(days),
            sex=draw(st.sampled_from(("F", "M", "U"))),
        ),
        payer=x12.Party(draw(text), id_qualifier="PI", id=draw(number)),
        patient=None if own else patient,
        control_number=draw(number), charge=sum((line.charge for line in lines), Decimal(0)), place_of_service="11",
        frequency=frequency, assignment=draw(st.sampled_from("ABC")),
        diagnoses=tuple(x12.Diagnosis("ABF" if at else "ABK", code) for at, code in enumerate(diagnoses)),
        lines=lines, prior_authorization=draw(st.one_of(st.just(""), number)), referral_number=draw(optional_text),
        original_reference=draw(optional_text if frequency == "1" else text),
        clia_number=draw(st.sampled_from(("", "14D0000001"))),
        patient_paid=draw(st.none() | amounts), notes=draw(tuples(text.map(lambda item: x12.Note("ADD", item)), 0, 1)),
        dates=tuple(x12.DatedEvent("431", on) for on in draw(st.lists(days, max_size=1))),
        attachments=draw(tuples(number.map(lambda code: x12.Attachment("OZ", "EL", code)), 0, 2)),
        rendering=draw(st.none() | _person("XX", npis, st.none())),
        service_facility=draw(
            st.none()
            | st.builds(x12.Party, text, id_qualifier=st.just("XX"), id=npis, address=addresses)
            | st.builds(x12.Party, text, address=addresses)
        ),
        referring=draw(st.none() | _person("XX", npis, st.none())),
    )  # fmt: skip


adjustments = st.builds(
    x12.Adjustment, group=st.sampled_from(("CO", "PR", "OA", "PI")), reason=st.sampled_from(("45", "1", "2", "97")),
    amount=signed, quantity=st.none() | units,
)  # fmt: skip


@st.composite
def drawn_services(draw: st.DrawFn) -> x12.ServicePayment:
    start = draw(st.none() | days)
    return x12.ServicePayment(
        draw(procedures), draw(signed), draw(signed), paid_units=draw(st.none() | units),
        original_procedure=draw(st.none() | procedures), original_units=draw(st.none() | units), service_from=start,
        service_to=None if start is None else draw(st.sampled_from((None, start))), control_number=draw(number),
        allowed=draw(st.none() | amounts), adjustments=draw(tuples(adjustments, 0, 9)),
        remarks=draw(tuples(st.sampled_from(("N19", "M15")), 0, 3)),
    )  # fmt: skip


@st.composite
def drawn_payments(draw: st.DrawFn) -> x12.ClaimPayment:
    return x12.ClaimPayment(
        draw(number), draw(st.sampled_from(("1", "2", "4", "19", "22"))), draw(signed), draw(signed),
        draw(st.none() | signed), "12", draw(number), "11", "1", patient=draw(_person("MI", number, st.none())),
        subscriber=draw(st.none() | _person("MI", number, st.none())),
        rendering=draw(st.none() | _person("XX", npis, st.none())),
        adjustments=draw(tuples(adjustments, 0, 8)), services=draw(tuples(drawn_services(), 0, 3)),
        dates=tuple(x12.DatedEvent("050", on) for on in draw(st.lists(days, max_size=1))),
        references=draw(tuples(number.map(lambda code: x12.Reference("EA", code)), 0, 2)),
        allowed=draw(st.none() | amounts), group_number=draw(st.sampled_from("12")),
    )  # fmt: skip


@st.composite
def drawn_advices(draw: st.DrawFn) -> x12.RemittanceAdvice:
    head = x12.Remittance(
        draw(amounts), draw(days), draw(number), method=draw(st.sampled_from(("ACH", "CHK", "NON"))),
        trace_issuer="1512345678", production_date=draw(st.none() | days),
        sender_account=draw(st.sampled_from((None, x12.BankAccount("01", "999999992", "DA", "123456")))),
        payer=x12.Party(
            draw(text), address=draw(addresses), contacts=(x12.Contact("BL", "HELP", (("TE", "5555550199"),)),)
        ),
        payee=x12.Party(draw(text), id_qualifier="XX", id=draw(npis), references=(x12.Reference("TJ", "123456789"),)),
    )  # fmt: skip
    plb = st.builds(
        x12.ProviderAdjustment, provider=npis, fiscal_period_end=days, reason=st.sampled_from(("WO", "FB", "L6")),
        amount=signed, reference=st.one_of(st.just(""), number),
    )  # fmt: skip
    return x12.RemittanceAdvice(head, draw(tuples(drawn_payments(), 0, 4)), draw(tuples(plb, 0, 8)))


@st.composite
def drawn_functional_acks(draw: st.DrawFn) -> x12.FunctionalAck:
    context = st.builds(x12.Context, name=st.just("CLM01"), value=number)
    trigger = st.builds(
        x12.Context, name=st.just("SITUATIONAL TRIGGER"), segment=st.just("CLM"), position=st.integers(2, 99),
        loop=st.just("2300"), element=st.integers(1, 9), component=st.none() | st.integers(1, 9),
    )  # fmt: skip
    broken = st.builds(
        x12.ElementError, element=st.integers(1, 20), code=st.sampled_from(("1", "7", "I10")),
        component=st.none() | st.integers(1, 9), value=optional_text,
    )  # fmt: skip
    segment = st.builds(
        x12.SegmentError, segment=st.sampled_from(("CLM", "REF")), position=st.integers(2, 9999),
        loop=st.sampled_from(("", "2300")), code=st.sampled_from(("3", "8", "I7")), elements=tuples(broken, 0, 3),
        contexts=tuples(context | trigger, 0, 2),
    )  # fmt: skip
    verdict = tuples(segment, 0, 3).flatmap(
        lambda segments: st.builds(
            x12.SetAck, kind=st.just("837"), control_number=digits(4, 9),
            version=st.just(x12.CLAIM_VERSION), code=st.sampled_from("ER" if segments else "AER"),
            errors=tuples(st.sampled_from("123"), 0, 3), segments=st.just(segments),
        )
    )  # fmt: skip
    sets = draw(tuples(verdict, 0, 4))
    accepted = sum(item.code != "R" for item in sets)
    return x12.FunctionalAck(
        "HC", "17", x12.CLAIM_VERSION, draw(st.sampled_from("AEPR")), len(sets), len(sets), accepted, (), sets
    )


reports = st.builds(
    x12.StatusReport, st.builds(
        x12.Status, category=st.sampled_from(("A1", "A2", "A3", "A7")), code=st.sampled_from(("20", "562")),
        entity=st.sampled_from(("", "85")),
    ).flatmap(lambda status: st.sampled_from(((status,), (status, status)))),
    effective=days, action=st.sampled_from(("WQ", "U")), amount=amounts,
)  # fmt: skip


@st.composite
def drawn_claim_acks(draw: st.DrawFn) -> tuple[x12.LevelAck | x12.ClaimAck, ...]:
    source = x12.AckSource(
        draw(number), draw(moments), x12.Party(draw(text), id_qualifier="PI", id=draw(number)), trace=draw(number),
        received=draw(days), processed=draw(days),
    )  # fmt: skip
    receiver = x12.LevelAck(
        "receiver", source, x12.Party(draw(text), id_qualifier="46", id="TP0001"), trace=draw(number),
        reports=(draw(reports),), accepted_count=draw(units), rejected_amount=draw(amounts),
    )  # fmt: skip
    parts: list[x12.LevelAck | x12.ClaimAck] = [receiver]
    for at in range(draw(st.integers(0, 2))):
        provider = x12.LevelAck(
            "provider", source, x12.Party(f"GROUP {at}", id_qualifier="XX", id=draw(npis)), receiver,
            trace=draw(number), accepted_count=draw(st.none() | units),
        )  # fmt: skip
        parts.append(provider)
        for _ in range(draw(st.integers(1, 3))):
            lines = st.builds(
                x12.LineAck, procedures, amounts, units=st.none() | units, control_number=number,
                reports=tuples(reports, 1, 1), service_from=days,
            )  # fmt: skip
            parts.append(
                x12.ClaimAck(
                    draw(number), (draw(reports),), source, receiver, provider, draw(_person("MI", number, st.none())),
                    draw(st.one_of(st.just(""), number)), "", draw(days), None, draw(tuples(lines, 0, 2)),
                )
            )  # fmt: skip
    return tuple(parts)
