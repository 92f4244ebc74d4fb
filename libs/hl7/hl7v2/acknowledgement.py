"""What is answered: MSA with the outcome, and an ERR for each fault with its place (chapter 2, 2.9).

A message that chose no conditions (original mode) gets one application acknowledgement. One that did (enhanced mode)
gets the accept acknowledgement that MSH-15 asks for, then the application acknowledgement that MSH-16 asks for. What
is accepted here is also done, so both say the same of a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hl7v2.delimiters import escaped
from hl7v2.errors import TEXTS, Fault, Outcome, Place, Unreadable
from hl7v2.model.header import Header, System

LONGEST_SENTENCE = 250
# MSA-3 was withdrawn in 2.7 and the ERR of places is of 2.5; an older sender is told in the form that it knows.
_OLD_ERR = ("2.1", "2.2", "2.3", "2.4")
_TEXT_IN_MSA = (*_OLD_ERR, "2.5", "2.6")
_COMMIT = {Outcome.ACCEPTED: "CA", Outcome.ERROR: "CE", Outcome.REJECTED: "CR"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message. `notes` of an accepted one are information (severity I), not faults."""

    outcome: Outcome
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, refusal: Unreadable) -> Answer:
        return cls(refusal.outcome, refusal.faults)


ACCEPTED = Answer(Outcome.ACCEPTED)


def acknowledged(header: Header | None, answer: Answer, *, id: str, now: datetime, control_id: str = "") -> bytes:
    """The application acknowledgement as bytes of UTF-8; `id` becomes its own MSH-10.

    `header` is None where none could be read; `control_id` is then what could be told of the message's MSH-10.
    """
    return _written(header, answer, answer.outcome.value, id=id, now=now, control_id=control_id)


def answers(header: Header | None, answer: Answer, *, id: str, now: datetime, control_id: str = "") -> list[bytes]:
    """Everything that the sender asked to be answered, in order: none, one, or two messages."""
    good = answer.outcome is Outcome.ACCEPTED
    if header is None or not header.enhanced:
        return [acknowledged(header, answer, id=id, now=now, control_id=control_id)]
    written: list[bytes] = []
    if _wanted(header.accept_ack, good):
        written.append(_written(header, answer, _COMMIT[answer.outcome], id=f"{id}C", now=now, control_id=""))
    if _wanted(header.application_ack, good):
        written.append(acknowledged(header, answer, id=id, now=now))
    return written


def _wanted(condition: str, good: bool) -> bool:
    """HL7 table 0155; in the enhanced mode an empty condition is NE."""
    return condition == "AL" or condition == ("SU" if good else "ER")


def _written(header: Header | None, answer: Answer, code: str, *, id: str, now: datetime, control_id: str) -> bytes:
    version = header.version if header else "2.5.1"
    lines = [
        _msh(header, version, id, now),
        _msa(answer, code, header.control_id if header else control_id, version),
        *_errs(answer.faults, version, "E"),
        *_errs(answer.notes, version, "I"),
    ]
    return "".join(f"{line}\r" for line in lines).encode()


def _msh(header: Header | None, version: str, id: str, now: datetime) -> str:
    nobody = System()
    to = (header.sending_application, header.sending_facility) if header else (nobody, nobody)
    by = (header.receiving_application, header.receiving_facility) if header else (nobody, nobody)
    kind = "ACK" if header is None or not header.trigger else f"ACK^{escaped(header.trigger)}"
    structure = "" if version in _OLD_ERR or kind == "ACK" else "^ACK"
    processing = header.processing_id if header else "P"
    systems = [_hd(system) for system in (*by, *to)]
    sent = now.strftime("%Y%m%d%H%M%S%z")
    fields = ["MSH", "^~\\&", *systems, sent, "", kind + structure, escaped(id), processing, escaped(version)]
    return "|".join([*fields, "", "", "", "", "", "UNICODE UTF-8"])


def _hd(system: System) -> str:
    parts = (system.name, system.universal_id, system.universal_type)
    return "^".join(escaped(part) for part in parts).rstrip("^")


def _msa(answer: Answer, code: str, control_id: str, version: str) -> str:
    text = _short(str(answer.faults[0])) if answer.faults and version[:3] in _TEXT_IN_MSA else ""
    return "|".join(["MSA", code, escaped(control_id), escaped(text)]).rstrip("|")


def _errs(faults: Sequence[Fault], version: str, severity: str) -> Iterator[str]:
    for fault in faults:
        if version[:3] in _OLD_ERR:
            yield f"ERR|{_eld(fault)}"
            continue
        code = f"{fault.code}^{TEXTS[fault.code]}^HL70357"
        own = escaped(fault.application_code)
        told = escaped(_short(f"{fault.says} {fault.mend}".strip()))
        yield "|".join(["ERR", "", _erl(fault.place), code, severity, own, "", "", told])


def _erl(place: Place | None) -> str:
    if place is None:
        return ""
    numbers = (place.field, place.repetition, place.component, place.subcomponent)
    return "^".join([place.segment, str(place.sequence), *(str(number or "") for number in numbers)]).rstrip("^")


def _eld(fault: Fault) -> str:
    """ERR-1 of the versions before 2.5: segment, sequence, field, and the code with its text."""
    place = fault.place
    where = [place.segment, str(place.sequence), str(place.field or "")] if place else ["", "", ""]
    return "^".join([*where, f"{fault.code}&{TEXTS[fault.code]}&HL70357"])


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_SENTENCE else sentence[: LONGEST_SENTENCE - 1] + "…"
