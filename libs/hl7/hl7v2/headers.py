"""MSH: read before anything else, because every answer is addressed from it."""

from __future__ import annotations

import re

from hl7v2 import composites
from hl7v2.errors import Code, Fault, Outcome, Place, Unreadable
from hl7v2.fields import Faults, Fields
from hl7v2.model.header import Header
from hl7v2.tree import Tree

LONGEST_CONTROL_ID = 199
_VERSION = re.compile(r"2\.[1-9](\.\d{1,2})?")
_CONDITIONS = ("", "AL", "NE", "ER", "SU")


def read_header(tree: Tree) -> Header:
    """Raises Unreadable (AR) for a header that does not say what a receiver has to know (chapter 2, 2.15.9)."""
    faults = Faults()
    at = Fields(tree.segments[0], faults)
    kind = at.at(9)
    header = Header(
        sending_application=composites.system(at.at(3)),
        sending_facility=composites.system(at.at(4)),
        receiving_application=composites.system(at.at(5)),
        receiving_facility=composites.system(at.at(6)),
        security=at.at(8).said() or "",
        message_code=(kind.said(1) or "").upper(),
        trigger=(kind.said(2) or "").upper(),
        control_id=at.at(10).said() or "",
        processing_id=(at.at(11).said() or "").upper(),
        version=at.at(12).said() or "",
        accept_ack=(at.at(15).said() or "").upper(),
        application_ack=(at.at(16).said() or "").upper(),
        sent=at.at(7).moment(),
    )
    found = [*_faults(header), *faults.found]
    if found:
        raise Unreadable(found, Outcome.REJECTED)
    return header


def _faults(header: Header) -> list[Fault]:
    found: list[Fault] = []

    def wrong(code: Code, field: int, says: str, mend: str, component: int = 0) -> None:
        found.append(Fault(code, Place("MSH", field=field, component=component), says, mend))

    missing, table = Code.REQUIRED_FIELD_MISSING, Code.NOT_IN_TABLE
    if not header.message_code:
        wrong(missing, 9, "The kind of message is not said.", "Send ADT^A04, DFT^P03 or the like.", 1)
    if not header.control_id:
        wrong(missing, 10, "The message has no control id.", "Send an id that no other message of yours has.")
    if len(header.control_id) > LONGEST_CONTROL_ID:
        wrong(Code.TOO_LONG, 10, f"The control id is longer than {LONGEST_CONTROL_ID}.", "Send a shorter one.")
    if header.processing_id not in ("P", "T", "D"):
        wrong(Code.UNSUPPORTED_PROCESSING, 11, "The processing id is none of P, T and D.", "Send P in production.")
    if not _VERSION.fullmatch(header.version):
        wrong(Code.UNSUPPORTED_VERSION, 12, "The version is not one of HL7 v2.", "Send 2.5.1 or another from 2.1 on.")
    if header.accept_ack not in _CONDITIONS:
        wrong(table, 15, "The condition is not in table 0155.", "Send AL, NE, ER or SU, or nothing.")
    if header.application_ack not in _CONDITIONS:
        wrong(table, 16, "The condition is not in table 0155.", "Send AL, NE, ER or SU, or nothing.")
    return found


def control_id_of(data: bytes) -> str:
    """MSH-10 of something that cannot be read as a message, as well as it can be told; else nothing.

    The sender can then tie the refusal to what it sent.
    """
    text = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().decode("latin-1")
    if not text.startswith("MSH") or len(text) < 4:
        return ""
    fields = re.split(r"[\r\n]", text, maxsplit=1)[0].split(text[3])
    value = fields[9].strip() if len(fields) > 9 else ""
    return value if value.isprintable() and len(value) <= LONGEST_CONTROL_ID else ""
