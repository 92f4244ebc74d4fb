"""The practice of the demo: four clinicians, three payers, a charge master. Nothing in it exists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from codes.npi import check_digit

DERMATOLOGY = "207N00000X"
PHYSICIAN_ASSISTANT = "363A00000X"
# A service that the practice has begun to offer and not yet priced: its claims are held until somebody does.
NOT_PRICED = "11900"


@dataclass(frozen=True, slots=True)
class Clinician:
    npi: str
    last_name: str
    first_name: str
    taxonomy: str

    def entry(self) -> dict[str, Any]:
        return {"last_name": self.last_name, "first_name": self.first_name, "taxonomy": self.taxonomy}


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer as the practice knows it. `x_modifiers` is what this payer really wants in place of 59.

    `program` and `kind` are the denials desk's word and the visit form's word for what sort of payer it is.
    """

    id: str
    name: str
    filing_indicator: str
    filing_limit_days: int
    x_modifiers: bool
    program: str
    kind: str
    member_prefix: str

    def entry(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "filing_indicator": self.filing_indicator,
            "filing_limit_days": self.filing_limit_days,
            "takes_frequency_codes": True,
            "x_modifiers": self.x_modifiers,
            "batch_size": 25,
        }


def npi(nine: str) -> str:
    """Nine digits of ours with their check digit."""
    return nine + check_digit(nine)


BILLING_NPI = npi("189900000")

CLINICIANS = (
    Clinician(npi("189900001"), "ASHGROVE", "IDA", DERMATOLOGY),
    Clinician(npi("189900002"), "BRIGHTWATER", "OMAR", DERMATOLOGY),
    Clinician(npi("189900003"), "CASTELLAN", "LENA", DERMATOLOGY),
    Clinician(npi("189900004"), "DOVETAIL", "PIERS", PHYSICIAN_ASSISTANT),
)

# The practice believes that MERIDIAN gives 180 days; its contract gives 90, which is how filing limits are missed.
MERIDIAN = Payer("MERIDIAN", "MERIDIAN MUTUAL", "12", 180, True, "commercial", "commercial", "MM")
CASCADIA = Payer("CASCADIA", "CASCADIA BLUE", "BL", 180, False, "commercial", "commercial", "CB")
TIDEWATER = Payer("TIDEWATER", "TIDEWATER FEDERAL", "MB", 365, True, "medicare", "medicare", "TF")
PAYERS = {payer.id: payer for payer in (MERIDIAN, CASCADIA, TIDEWATER)}


def profile() -> dict[str, Any]:
    """The billing provider. It has no laboratory certificate, so a laboratory line of its cannot be processed."""
    return {
        "name": "SALTMARSH DERMATOLOGY PC",
        "npi": BILLING_NPI,
        "tax_id": "990100200",
        "taxonomy": DERMATOLOGY,
        "address": MAIN.address,
        "contact_name": "BILLING OFFICE",
        "contact_phone": "5185550100",
    }


@dataclass(frozen=True, slots=True)
class Place:
    """A place where the practice sees patients, under the code that every service knows it by."""

    code: str
    name: str
    line1: str

    @property
    def address(self) -> dict[str, str]:
        return {"line1": self.line1, "city": "ALBANY", "state": "NY", "zip": "122070001"}


MAIN = Place("MAIN", "SALTMARSH DERMATOLOGY MAIN OFFICE", "1 Saltmarsh Lane")
LAKESIDE = Place("LAKESIDE", "SALTMARSH DERMATOLOGY LAKESIDE", "9 Lakeside Parade")
PLACES = (MAIN, LAKESIDE)


DRUGS = {"J3357": "180.00"}


@lru_cache(maxsize=1)
def charges() -> dict[str, str]:
    """The charge master, code to dollars: twice the 2025 relative value in dollars (rulebook 12), to the next $5.

    A drug has no relative value; its price for a billing unit is made up.
    """
    text = files("stack.demo").joinpath("charges.csv").read_text("utf-8")
    return {row["cpt"]: row["charge"] for row in csv.DictReader(text.splitlines())} | DRUGS
