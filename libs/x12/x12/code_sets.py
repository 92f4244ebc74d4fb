"""The form of codes that are kept outside the guides: what such a code looks like, and the check digit of an
NPI.

A table of form cannot say whether a code exists today; a service that holds the lists gives `validate` a
`check_code` for that.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from x12.findings import Severity


@dataclass(frozen=True, slots=True)
class CodeForm:
    """How a kind of code is recognized, what is said when it is not, and how grave that is."""

    fits: Callable[[str], object]
    complaint: str
    severity: Severity = "error"


_LUHN = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_ISSUER = 24
"""What the prefix 80840 of US health identifiers adds to the sum of digits."""


def is_npi(text: str) -> bool:
    """Ten digits beginning with 1 or 2, the last of which makes the Luhn sum over 80840 and the NPI a
    multiple of ten (45 CFR 162.406).
    """
    if len(text) != 10 or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    doubled = sum(_LUHN[int(digit)] for digit in text[0:10:2])
    return (_ISSUER + doubled + sum(map(int, text[1:10:2]))) % 10 == 0


def _form(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).fullmatch


def _one_of(names: str) -> Callable[[str], object]:
    return frozenset(names.split()).__contains__


FORMS: Mapping[str, CodeForm] = {
    # Examples and test files commonly carry invented NPIs, so that a wrong check digit alone is a warning.
    "npi": CodeForm(is_npi, "The NPI is not ten digits with a right check digit", "warning"),
    "procedure": CodeForm(_form("[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}"), "The code does not have the form of CPT or HCPCS"),
    "modifier": CodeForm(_form("[0-9A-Z]{2}"), "The modifier is not two letters or digits"),
    "diagnosis": CodeForm(_form("[A-Z][0-9][0-9A-Z]{1,5}"), "The diagnosis does not have the form of ICD-10-CM"),
    "icd9": CodeForm(_form("[0-9V][0-9]{2,4}|E[0-9]{3,4}"), "The diagnosis does not have the form of ICD-9-CM"),
    "ndc": CodeForm(_form("[0-9]{11}"), "The national drug code is not eleven digits"),
    "revenue": CodeForm(_form("[0-9]{3,4}"), "The revenue code is not four digits"),
    "place": CodeForm(
        _form("0[1-9]|1[0-9]|2[0-7]|3[1-4]|4[129]|5[0-8]|6[01256]|7[12]|81|99"),
        "The place of service is not one of CMS's codes",
    ),
    "taxonomy": CodeForm(_form("[0-9]{2}[0-9A-Z]{7}[A-Z]"), "The taxonomy code does not have the form of NUCC's codes"),
    "carc": CodeForm(
        _form(
            "[1-9][0-9]?|[12][0-9]{2}|3[01][0-9]|A[0-8]|[BD](?:[1-9]|1[0-9]|2[0-3])|P[1-9]|P[12][0-9]|P3[0-9]|W[12]|Y[1-3]"
        ),
        "The reason is not a claim adjustment reason code",
    ),
    "remark": CodeForm(
        _form("M[1-9][0-9]{0,2}|MA[0-9]{2,3}|N[1-9][0-9]{0,2}"), "The remark is not a remittance remark code"
    ),
    "state": CodeForm(
        _one_of(
            "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND"
            " OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI UM FM MH PW AA AE AP"
            " AB BC MB NB NL NS NT NU ON PE QC SK YT"
        ),
        "The state or province is not a postal abbreviation",
    ),
    "zip": CodeForm(
        _form("[0-9]{5}(?:[0-9]{4})?|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]"),
        "The postal code is not five or nine digits",
        "warning",
    ),
    "currency": CodeForm(
        _one_of(
            "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD"
            " CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD"
            " GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT"
            " LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR"
            " NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP"
            " STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF"
            " XPF YER ZAR ZMW"
        ),
        "The currency is not an ISO 4217 code",
    ),
    "tax": CodeForm(
        _form("[0-9]{9}|[0-9]{2}-[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4}"), "The tax number is not nine digits"
    ),
    "bank": CodeForm(_form("[0-9]{9}"), "The bank's routing number is not nine digits"),
    "clia": CodeForm(_form("[0-9]{2}D[0-9]{7}"), "The CLIA number is not two digits, D and seven digits"),
    "status-category": CodeForm(
        _form("A[0-8]|D0|DR0[1-8]|E[0-4]|F[0-4]|F3[FN]|P[0-5]|R[0-9]|R1[0-7]|RQ"),
        "The category is not a claim status category code",
    ),
    "loinc": CodeForm(_form("[0-9]{1,7}-[0-9]"), "The code does not have the form of LOINC"),
    "acknowledged": CodeForm(_form("A[0-8]"), "The category is not one of those that acknowledge (A0 to A8)"),
    "discharge": CodeForm(_form("[0-9]{2}"), "The patient's status is not two digits"),
    "facility": CodeForm(_form("[0-9]{1,2}"), "The kind of facility is not one or two digits"),
    "status": CodeForm(_form("[0-9]{1,3}"), "The status is not a claim status code"),
}
"""The kinds of codes that guides name with `@`."""
