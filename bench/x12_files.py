"""Synthetic 837P and 835 files of any size, as a billing office and a payer would send them.

A claim is the typical professional one: the subscriber is the patient, one billing provider and payer mix for each
set, a rendering provider, one to three diagnoses and one to three lines with a date and a line number each; now and
then a referring provider, a facility, an authorization, an onset date or a note. A practice has one fee for a code,
so that line charges repeat as they do in life. About 480 bytes and 21 segments a claim. A payment pays such a claim:
about 370 bytes and 17 segments, each line with its adjustments, allowed amount and number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import x12

CLAIMS_IN_SET = 1_000
NOW = datetime(2026, 3, 2, 10, 30)  # noqa: DTZ001 - local to the sender, as X12 has it
_NPIS = ("1234567893", "1245319599", "1003000126", "1992999825")
_DIAGNOSES = (
    "L570", "D485", "L821", "C44310", "B078", "L309", "L400", "L700", "D225", "C44519", "L82", "L918", "L985", "D2271",
    "C44629", "L578", "B354", "L219", "L2089", "D1801",
)  # fmt: skip
_FEES = {
    "99202": 135, "99203": 205, "99204": 305, "99212": 88, "99213": 147, "99214": 212, "11102": 184, "11103": 92,
    "11104": 226, "11105": 107, "17000": 112, "17003": 14, "17004": 291, "17110": 198, "17111": 236, "11400": 210,
    "11401": 255, "11402": 288, "11640": 402, "11641": 486, "17311": 1145, "17312": 698, "12031": 410, "13131": 655,
    "88305": 128, "96910": 165, "96372": 48, "10060": 211, "11900": 104, "17262": 305,
}  # fmt: skip
_SURNAMES = (
    "ADAMS", "BAKER", "CARTER", "DAVIS", "EVANS", "FOSTER", "GARCIA", "HUGHES", "IRWIN", "JOHNSON", "KELLY", "LOPEZ",
    "MARTIN", "NGUYEN", "OWENS", "PATEL", "QUINN", "RIVERA", "SMITH", "TURNER", "UNDERWOOD", "VARGAS", "WALKER",
)  # fmt: skip
_GIVEN = ("ALEX", "BLAKE", "CASEY", "DREW", "ELLIS", "FRANKIE", "GRAY", "HARPER", "JORDAN", "KAI", "LEE", "MORGAN")
_STREETS = ("ELM", "OAK", "MAPLE", "CEDAR", "PINE", "WALNUT", "CHESTNUT", "SPRUCE", "BIRCH", "WILLOW")
_CITIES = (
    ("SPRINGFIELD", "IL", "62701"),
    ("AUSTIN", "TX", "78701"),
    ("FRESNO", "CA", "93701"),
    ("UTICA", "NY", "13501"),
)
_PAYERS = (("ACME HEALTH", "60054"), ("MERIDIAN LIFE", "61101"), ("UNION MUTUAL", "87726"), ("FIRST BLUE", "00590"))


def claims(count: int, seed: int = 7) -> Iterator[x12.Claim837P]:
    """The claims of a file, one at a time; the same for the same seed."""
    random = Random(seed)
    provider = x12.BillingProvider(
        x12.Party(
            "SUNRISE DERMATOLOGY", id_qualifier="XX", id=_NPIS[0],
            address=x12.Address("1 CLINIC WAY", "SUITE 2", "SPRINGFIELD", "IL", "627010002"),
        ),
        tax_id="123456789", taxonomy="207N00000X",
    )  # fmt: skip
    for number in range(1, count + 1):
        yield _claim(random, number, provider)


def _claim(random: Random, number: int, provider: x12.BillingProvider) -> x12.Claim837P:
    served = date(2026, 1, 5) + timedelta(days=random.randrange(50))
    codes = random.sample(sorted(_FEES), random.choice((1, 2, 2, 3)))
    diagnoses = random.sample(_DIAGNOSES, random.choice((1, 2, 2, 3)))
    lines = tuple(_line(random, number, at, code, served, len(diagnoses)) for at, code in enumerate(codes, start=1))
    payer, payer_id = random.choice(_PAYERS)
    return x12.Claim837P(
        billing_provider=provider,
        subscriber=_subscriber(random, number),
        payer=x12.Party(payer, id_qualifier="PI", id=payer_id),
        control_number=f"DRM{number:08d}",
        charge=sum((line.charge for line in lines), Decimal(0)),
        place_of_service="11",
        diagnoses=tuple(x12.Diagnosis("ABF" if at else "ABK", code) for at, code in enumerate(diagnoses)),
        lines=lines,
        prior_authorization=f"AUTH{random.randrange(10**6):06d}" if random.random() < 0.15 else "",
        dates=(x12.DatedEvent("431", served - timedelta(days=9)),) if random.random() < 0.1 else (),
        notes=(x12.Note("ADD", f"LESION {random.randrange(30)} MM ON EXAM"),) if random.random() < 0.1 else (),
        references=(x12.Reference("EA", f"MR{random.randrange(10**7):07d}"),) if random.random() < 0.5 else (),
        rendering=_physician(random, _NPIS[1 + random.randrange(3)], "207N00000X"),
        referring=_physician(random, _NPIS[1 + random.randrange(3)]) if random.random() < 0.25 else None,
        service_facility=provider.party if random.random() < 0.2 else None,
    )  # fmt: skip


def _subscriber(random: Random, number: int) -> x12.Subscriber:
    city, state, postal = random.choice(_CITIES)
    home = x12.Address(
        f"{random.randrange(1, 9999)} {random.choice(_STREETS)} STREET", "", city, state, postal + "0001"
    )
    return x12.Subscriber(
        x12.Party(
            random.choice(_SURNAMES), "1", random.choice(_GIVEN), id_qualifier="MI", id=f"W{number:09d}", address=home
        ),
        relationship="18", group_number=f"GRP{random.randrange(400)}", filing_code=random.choice(("CI", "BL", "MB")),
        birth_date=date(1940, 1, 1) + timedelta(days=random.randrange(25_000)), sex=random.choice("FM"),
    )  # fmt: skip


def _physician(random: Random, npi: str, taxonomy: str = "") -> x12.Party:
    role = "PE" if taxonomy else ""
    return x12.Party(
        random.choice(_SURNAMES), "1", random.choice(_GIVEN), id_qualifier="XX", id=npi, taxonomy=taxonomy,
        provider_role=role,
    )  # fmt: skip


def _line(random: Random, number: int, at: int, code: str, served: date, diagnoses: int) -> x12.ServiceLine:
    units = random.choice((1, 1, 1, 1, 2, 3))
    modifiers = random.choice(((), (), ("25",), ("59",), ("XS", "LT")))
    pointers = tuple(random.sample(range(1, diagnoses + 1), random.randint(1, diagnoses)))
    return x12.ServiceLine(
        at, x12.Procedure(code, modifiers), Decimal(_FEES[code] * units), Decimal(units), served, pointers,
        control_number=f"{number:08d}L{at}",
    )  # fmt: skip


def payments(count: int, seed: int = 7) -> Iterator[x12.ClaimPayment]:
    """What a payer pays for such claims, balanced line by line."""
    random = Random(seed)
    for number in range(1, count + 1):
        yield _payment(random, number)


def _payment(random: Random, number: int) -> x12.ClaimPayment:
    served = date(2026, 1, 5) + timedelta(days=random.randrange(50))
    codes = random.sample(sorted(_FEES), random.choice((1, 2, 2, 3)))
    services = tuple(_service(random, number, at, code, served) for at, code in enumerate(codes, start=1))
    owed = sum((item.amount for line in services for item in line.adjustments if item.group == "PR"), Decimal(0))
    return x12.ClaimPayment(
        f"DRM{number:08d}", "1", sum((line.charge for line in services), Decimal(0)),
        sum((line.paid for line in services), Decimal(0)), owed, "12", f"PAY{random.randrange(10**9):09d}", "11", "1",
        patient=x12.Party(
            random.choice(_SURNAMES), "1", random.choice(_GIVEN), id_qualifier="MI", id=f"W{number:09d}"
        ),
        rendering=x12.Party(
            random.choice(_SURNAMES), "1", random.choice(_GIVEN), id_qualifier="XX", id=random.choice(_NPIS)
        ),
        services=services, dates=(x12.DatedEvent("050", served + timedelta(days=5)),), moa=("MOA", "", "", "MA01"),
    )  # fmt: skip


def _service(random: Random, number: int, at: int, code: str, served: date) -> x12.ServicePayment:
    charge = Decimal(_FEES[code])
    allowed = (charge * random.choice((55, 62, 70, 81)) / 100).quantize(Decimal("0.01"))
    owed = min(allowed, Decimal(random.choice((0, 0, 20, 30)))) or (allowed / 5).quantize(Decimal("0.01"))
    return x12.ServicePayment(
        x12.Procedure(code), charge, allowed - owed, paid_units=Decimal(1), service_from=served,
        control_number=f"{number:08d}L{at}", allowed=allowed,
        adjustments=(
            x12.Adjustment("CO", "45", charge - allowed), x12.Adjustment("PR", random.choice("123"), owed),
        ),
        remarks=("N19",) if random.random() < 0.2 else (),
    )  # fmt: skip


def submission() -> x12.Submission:
    """The head of every claim set."""
    submitter = x12.Party(
        "SUNRISE DERMATOLOGY", id_qualifier="46", id="TP0001",
        contacts=(x12.Contact("IC", "BILLING OFFICE", (("TE", "5555550100"),)),),
    )  # fmt: skip
    return x12.Submission("BATCH1", NOW, submitter, x12.Party("CLEARINGHOUSE", id_qualifier="46", id="CH0001"))


def remittance(total: Decimal) -> x12.Remittance:
    """The head of every payment set."""
    return x12.Remittance(
        total=total, payment_date=NOW.date(), trace="EFT900001", method="CHK", trace_issuer="1512345678",
        production_date=NOW.date(),
        payer=x12.Party(
            "ACME HEALTH", address=x12.Address("5 PAYER PLAZA", "", "CHICAGO", "IL", "60601"),
            contacts=(x12.Contact("BL", "PROVIDER LINE", (("TE", "5555550199"),)),),
        ),
        payee=x12.Party(
            "SUNRISE DERMATOLOGY", id_qualifier="XX", id=_NPIS[0], references=(x12.Reference("TJ", "123456789"),)
        ),
    )  # fmt: skip


def claim_bodies(count: int) -> list[str]:
    """The sets of so many claims, CLAIMS_IN_SET in each."""
    stream = claims(count)
    head = submission()
    return [x12.render_claims_body([next(stream) for _ in range(size)], head) for size in _sizes(count)]


def payment_bodies(count: int) -> list[str]:
    """The sets of so many claim payments, CLAIMS_IN_SET in each."""
    stream = payments(count)
    bodies: list[str] = []
    for size in _sizes(count):
        paid = [next(stream) for _ in range(size)]
        bodies.append(x12.render_remittance_body(remittance(sum((item.paid for item in paid), Decimal(0))), paid))
    return bodies


def _sizes(count: int) -> Iterator[int]:
    for start in range(0, count, CLAIMS_IN_SET):
        yield min(CLAIMS_IN_SET, count - start)


def write(path: Path, kind: str, bodies: Sequence[str], sets: int) -> None:
    """A file of so many sets; when there are fewer bodies, they come again from the first."""
    version = x12.CLAIM_VERSION if kind == "837" else x12.REMITTANCE_VERSION
    members = [x12.TransactionSet(kind, version, bodies[at % len(bodies)]) for at in range(sets)]
    header = x12.InterchangeHeader("ZZ", "DERMBILL", "ZZ", "CLEARING", NOW, 905, 17, usage="T")
    path.write_bytes(x12.write_interchange(header, members))
