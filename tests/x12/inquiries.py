"""Synthetic questions to payers and their answers: strategies that vary every field."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

import x12

NOW = datetime(2026, 3, 2, 10, 30)  # noqa: DTZ001
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-/'", min_size=1, max_size=12).map(
    lambda text: f"A{text.strip()}Z"
)
MAYBE = st.just("") | WORDS
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
AMOUNTS = st.decimals(0, 99999, places=2, allow_nan=False, allow_infinity=False).map(lambda n: n.normalize() + 0)
UNKNOWN = st.lists(st.tuples(st.just("ZZZ"), WORDS), max_size=2).map(tuple)


@st.composite
def dated(draw, qualifiers):
    start = draw(DAYS)
    end = draw(st.none() | st.dates(start, date(2031, 1, 1)))
    return x12.DatedEvent(draw(st.sampled_from(qualifiers)), start, end)


def references(*qualifiers):
    return st.lists(st.builds(x12.Reference, st.sampled_from(qualifiers), WORDS, MAYBE), max_size=2).map(tuple)


def parties(*ids):
    address = st.none() | st.builds(x12.Address, WORDS, MAYBE, WORDS, st.just("IL"), st.just("627010001"))
    return st.builds(
        x12.Party, WORDS, st.sampled_from("12"), MAYBE, MAYBE, st.just(""), MAYBE, st.sampled_from(ids), WORDS, address
    )


PROCEDURES = st.none() | st.builds(
    x12.Procedure,
    st.sampled_from(["99213", "11102"]),
    st.sampled_from([(), ("25",), ("59", "LT")]),
    st.just("HC"),
    MAYBE,
)
POINTERS = st.lists(st.integers(1, 4), max_size=3).map(tuple)
SERVICES = st.lists(st.sampled_from(["30", "98", "2", "UC"]), max_size=4).map(tuple)
REJECTIONS = st.lists(
    st.builds(x12.Rejection, st.sampled_from(["42", "72", "75", "79"]), st.sampled_from("CNRY"), st.sampled_from("YN")),
    max_size=2,
).map(tuple)
TRACES = st.builds(x12.Trace, WORDS, st.sampled_from("12"), MAYBE, MAYBE)
HEADS = st.builds(
    x12.TransactionHead, WORDS, st.just(NOW), st.just("0022"), st.sampled_from(["11", "13"]), MAYBE, UNKNOWN
)


@st.composite
def people(draw, *ids):
    born = draw(st.none() | DAYS)
    return x12.Person(draw(parties(*ids)), born, draw(st.sampled_from(["", "F", "M", "U"])))


@st.composite
def members(draw, entity):
    return x12.Member(
        draw(people("MI")), entity, draw(st.sampled_from(["", "Y", "N"])), draw(st.sampled_from(["", "18", "19"])),
        tuple(draw(st.lists(TRACES, max_size=2))), tuple(draw(st.lists(dated(["291", "307"]), max_size=2))),
        draw(REJECTIONS), draw(UNKNOWN),
    )  # fmt: skip


CODES = st.builds(
    x12.ServiceInquiry, SERVICES, PROCEDURES, st.just(""), st.sampled_from(["", "IND"]), st.just("HM"), POINTERS,
    st.lists(dated(["291"]), max_size=1).map(tuple), references("9F", "G1"), UNKNOWN,
)  # fmt: skip
RELATED = st.builds(x12.RelatedEntity, st.sampled_from(["P3", "PR"]), parties("PI", "XX"), st.sampled_from(["", "01"]))
DELIVERIES = st.builds(
    x12.Delivery,
    st.sampled_from(["VS", "DY"]),
    AMOUNTS,
    MAYBE,
    st.none() | AMOUNTS,
    st.just("23"),
    st.none() | AMOUNTS,
    MAYBE,
    MAYBE,
)
BENEFITS = st.builds(
    x12.Benefit,
    st.sampled_from(["1", "B", "C", "I"]), st.sampled_from(["", "IND", "FAM"]), SERVICES, st.sampled_from(["", "HM"]),
    MAYBE,
    st.sampled_from(["", "23", "29"]), st.none() | AMOUNTS, st.none() | AMOUNTS, st.sampled_from(["", "VS"]),
    st.none() | AMOUNTS, st.sampled_from(["", "Y", "N"]), st.sampled_from(["", "Y", "N", "W"]), PROCEDURES, st.just(""),
    POINTERS, st.lists(DELIVERIES, max_size=2).map(tuple), references("18", "6P"),
    st.lists(dated(["291", "348"]), max_size=2).map(tuple), REJECTIONS, st.lists(WORDS, max_size=2).map(tuple),
    st.lists(st.builds(x12.Condition, st.just("ZZ"), WORDS, MAYBE, MAYBE), max_size=2).map(tuple),
    st.lists(RELATED, max_size=2).map(tuple), UNKNOWN,
)  # fmt: skip


@st.composite
def inquiries(draw):
    head = draw(HEADS)
    source = draw(st.builds(x12.InformationSource, parties("PI")))
    receiver = draw(st.builds(x12.InformationReceiver, parties("XX"), st.just("1P"), st.just(()), UNKNOWN))
    subscribers = draw(st.lists(members("IL"), min_size=1, max_size=2))
    asked = st.builds(
        x12.EligibilityInquiry, st.just(head), st.just(source), st.just(receiver), st.sampled_from(subscribers),
        st.none() | members("03"), st.lists(CODES, max_size=2).map(tuple),
    )  # fmt: skip
    return draw(st.lists(asked, min_size=1, max_size=4))


@st.composite
def answers(draw):
    head = draw(HEADS)
    sources = draw(
        st.lists(st.builds(x12.InformationSource, parties("PI"), st.just("PR"), REJECTIONS), min_size=1, max_size=2)
    )
    receivers = draw(
        st.lists(st.builds(x12.InformationReceiver, parties("XX"), st.just("1P"), REJECTIONS), min_size=1, max_size=2)
    )
    subscribers = draw(st.lists(members("IL"), min_size=1, max_size=2))
    told = st.builds(
        x12.EligibilityAnswer, st.just(head), st.sampled_from(sources), st.sampled_from(receivers),
        st.sampled_from(subscribers), st.none() | members("03"), st.lists(BENEFITS, max_size=3).map(tuple),
    )  # fmt: skip
    refused = st.builds(
        x12.EligibilityAnswer, st.just(head), st.sampled_from(sources), st.none() | st.sampled_from(receivers)
    )
    return draw(st.lists(told | refused, min_size=1, max_size=4))


STATUS = st.builds(
    x12.Status,
    st.sampled_from(["F1", "P3", "A1", "D0"]),
    st.just("20"),
    st.sampled_from(["", "PR"]),
    st.sampled_from(["", "RX"]),
)
REPORTS = st.lists(
    st.builds(
        x12.ClaimStatusReport, st.lists(STATUS, min_size=1, max_size=3).map(tuple), st.none() | DAYS,
        st.none() | AMOUNTS,
        st.none() | AMOUNTS, st.none() | DAYS, st.none() | DAYS, MAYBE, MAYBE, MAYBE, MAYBE,
    ),
    min_size=1, max_size=2,
).map(tuple)  # fmt: skip


@st.composite
def lines(draw, reports):
    start = draw(DAYS)
    return x12.StatusLine(
        x12.Procedure("99213", ("25",)), draw(AMOUNTS), draw(st.none() | AMOUNTS), draw(st.sampled_from(["", "0450"])),
        draw(st.none() | AMOUNTS), None, draw(AMOUNTS), draw(MAYBE), draw(reports), start, None,
        draw(references("XZ")), draw(UNKNOWN),
    )  # fmt: skip


def _level(identifier):
    return st.builds(x12.StatusLevel, st.tuples(parties(identifier)), UNKNOWN)


def _person(identifier):
    return st.builds(x12.StatusPerson, people(identifier), UNKNOWN)


@st.composite
def _claim(draw, head, levels, kind):
    answered = kind is x12.ClaimStatusAnswer
    reports = REPORTS if answered else st.just(())
    said = {"reports": draw(REPORTS)} if answered else {"charge": draw(st.none() | AMOUNTS)}
    return kind(
        head=head, **{name: draw(st.sampled_from(found)) for name, found in levels.items()}, trace=draw(TRACES),
        dependent=draw(st.none() | _person("MI")), payer_control_number=draw(MAYBE), service_from=date(2026, 1, 2),
        lines=tuple(draw(st.lists(lines(reports), max_size=2))), references=draw(references("EJ", "BLT")),
        extra=draw(UNKNOWN), **said,
    )  # fmt: skip


@st.composite
def _levels(draw):
    made = {"source": _level("PI"), "receiver": _level("46"), "provider": _level("XX"), "subscriber": _person("MI")}
    return {name: draw(st.lists(strategy, min_size=1, max_size=2)) for name, strategy in made.items()}


@st.composite
def status_inquiries(draw):
    head = replace(draw(HEADS), structure="0010")
    claims = _claim(head, draw(_levels()), x12.ClaimStatusInquiry)
    return draw(st.lists(claims, min_size=1, max_size=4))


@st.composite
def statuses(draw):
    head = replace(draw(HEADS), structure="0010")
    levels = draw(_levels())
    refused = st.builds(
        x12.LevelStatus, st.just(head), st.sampled_from(levels["source"]), st.sampled_from(levels["receiver"]),
        st.none() | st.sampled_from(levels["provider"]), TRACES, REPORTS, references("EJ"), UNKNOWN,
    )  # fmt: skip
    return draw(st.lists(_claim(head, levels, x12.ClaimStatusAnswer) | refused, min_size=1, max_size=4))


def inquiry(number: int) -> x12.EligibilityInquiry:
    """A plain question about one subscriber, the number told in the member id."""
    who = x12.Person(x12.Party(f"DOE{number}", "1", "JANE", id_qualifier="MI", id=f"M{number:06d}"), date(1980, 5, 17))
    return x12.EligibilityInquiry(
        x12.TransactionHead("BATCH1", NOW, "0022", "13"),
        x12.InformationSource(x12.Party("ACME HEALTH", id_qualifier="PI", id="60054")),
        x12.InformationReceiver(x12.Party("SUNRISE DERMATOLOGY", id_qualifier="XX", id="1234567893")),
        x12.Member(who, traces=(x12.Trace(f"T{number}", "1", "9877281234"),)),
        services=(x12.ServiceInquiry(("30",)),),
    )


def answer(asked: x12.EligibilityInquiry) -> x12.EligibilityAnswer:
    """Active coverage with a copay for an office visit."""
    copay = x12.Benefit("B", "IND", ("98",), "HM", "GOLD", "27", Decimal(30), in_network="Y")
    return x12.EligibilityAnswer(
        replace(asked.head, purpose="11"), asked.source, asked.receiver, asked.subscriber,
        benefits=(x12.Benefit("1", "IND", ("30",), "HM", "GOLD"), copay),
    )  # fmt: skip
