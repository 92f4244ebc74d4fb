"""Readers of the data types of several components: CX, CWE, XPN, XAD, XTN, XCN, HD, PL."""

from __future__ import annotations

from hl7v2.fields import At
from hl7v2.model.header import System
from hl7v2.model.people import Address, Coded, Identifier, Name, Practitioner
from hl7v2.model.visit import Location

_NOT_A_TELEPHONE = frozenset({"FX", "MD", "BP", "INTERNET", "X.400", "TDD", "TTY"})


def identifier(at: At) -> Identifier | None:
    """CX, or a plain ST or SI of the early versions."""
    value = at.said(1)
    return Identifier(value, at.said(4) or at.said(4, 2), at.said(5)) if value else None


def coded(at: At) -> Coded | None:
    """CWE or CE; a plain ID or IS is a code without a system."""
    code, text, other = at.said(1), at.said(2), at.said(4)
    if not (code or text or other):
        return None
    return Coded(code, text, at.said(3), other, at.said(5), at.said(6))


def name(at: At, first: int = 1) -> Name | None:
    """XPN or PN; `first` is the component of the family name, 2 in an XCN."""
    family, given = at.text(first), at.text(first + 1)
    if family is None and given is None:
        return None
    return Name(family, given, at.text(first + 2), at.said(7) if first == 1 else None)


def address(at: At) -> Address | None:
    """XAD or AD."""
    lines = at.text(1), at.text(2), at.text(3), at.text(4), at.text(5)
    return None if all(line is None for line in lines) else Address(*lines, at.said(6), at.said(7))


def telephone(at: At) -> str | None:
    """XTN or TN in whichever form it was sent; None for a fax, an address of electronic mail, and the like."""
    if (at.said(3) or "").upper() in _NOT_A_TELEPHONE or (at.said(2) or "").upper() == "NET":
        return None
    whole = at.text(1)
    if whole is not None:
        return whole
    area, local = at.said(6), at.said(7)
    return f"{area}{local}" if area and local else at.said(12)


def practitioner(at: At) -> Practitioner | None:
    """XCN or CN."""
    id, called = at.said(1), name(at, first=2)
    if id is None and called is None:
        return None
    return Practitioner(id, called or Name(None, None), at.said(9, 2) or at.said(9), at.said(13))


def system(at: At) -> System:
    """HD, or a plain ST of the early versions."""
    return System(at.said(1) or "", at.said(2) or "", at.said(3) or "")


def location(at: At) -> Location | None:
    """PL."""
    point, room, facility = at.said(1), at.said(2), at.said(4)
    return Location(point, room, facility, at.said(6)) if point or room or facility else None


def code_alone(at: At) -> str | None:
    """The code of a CWE whose text and system say nothing more."""
    return at.said(1)
