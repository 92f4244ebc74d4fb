"""Element text to amounts, numbers and dates, and back. Everything raises ValueError; callers know the
place.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_LONGEST_NUMBER = 30


def decimal(text: str) -> Decimal:
    """An R element: digits with at most a leading minus and a point; no exponent, no blanks."""
    if len(text) > _LONGEST_NUMBER or not _DECIMAL.fullmatch(text):
        raise ValueError("is not a decimal number")
    return Decimal(text)


def integer(text: str) -> int:
    """An N0 element."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValueError("is not a whole number")
    return int(text)


def day(text: str) -> date:
    """A D8 date, CCYYMMDD."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueError("is not a date of eight digits")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


def days(form: str, text: str) -> tuple[date, date | None]:
    """A D8 date, or an RD8 range CCYYMMDD-CCYYMMDD as its two ends."""
    if form == "D8":
        return day(text), None
    if form != "RD8" or len(text) != 17 or text[8] != "-":
        raise ValueError("is not a date (D8) or a range of dates (RD8)")
    start, end = day(text[:8]), day(text[9:])
    if end < start:
        raise ValueError("is a range that ends before it begins")
    return start, end


def moment(day_text: str, time_text: str) -> datetime:
    """CCYYMMDD with HHMM, HHMMSS or HHMMSSDD; local to the sender, without a zone."""
    on = day(day_text)
    if not time_text:
        return datetime(on.year, on.month, on.day)  # noqa: DTZ001
    if len(time_text) not in (4, 6, 7, 8) or not (time_text.isascii() and time_text.isdigit()):
        raise ValueError("is not a time")
    hour, minute, second = int(time_text[:2]), int(time_text[2:4]), int(time_text[4:6] or 0)
    fraction = int(time_text[6:].ljust(2, "0") or 0) * 10_000
    try:
        return datetime(on.year, on.month, on.day, hour, minute, second, fraction)  # noqa: DTZ001
    except ValueError:
        raise ValueError("is not a time of day") from None


def interchange_moment(day_text: str, time_text: str) -> datetime:
    """YYMMDD and HHMM of ISA and TA1; 005010 is younger than 1970, so the century follows from the year."""
    century = "19" if day_text[:2] >= "70" else "20"
    return moment(century + day_text, time_text)


def amount_text(amount: Decimal) -> str:
    """The shortest R element for an amount: no trailing zeros, no exponent. Raises ValueError on NaN and
    infinity.
    """
    if not amount.is_finite():
        raise ValueError("is not a finite number")
    if not amount:
        return "0"
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


@lru_cache(maxsize=4096)
def day_text(on: date) -> str:
    """CCYYMMDD."""
    return f"{on.year:04d}{on.month:02d}{on.day:02d}"


def time_text(at: datetime) -> str:
    """HHMM, with seconds and hundredths only when there are any; finer parts are dropped."""
    if at.microsecond >= 10_000:
        return f"{at:%H%M%S}{at.microsecond // 10_000:02d}"
    return f"{at:%H%M%S}" if at.second else f"{at:%H%M}"


def days_text(start: date, end: date | None) -> tuple[str, str]:
    """The format qualifier and the text of a day or a range."""
    if end is None:
        return "D8", day_text(start)
    return "RD8", f"{day_text(start)}-{day_text(end)}"
