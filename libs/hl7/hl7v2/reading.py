"""From bytes to a message, in two steps: the envelope tells who sent what, the message what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hl7v2 import segments
from hl7v2.errors import Code, Unreadable
from hl7v2.fields import Faults, Fields
from hl7v2.headers import read_header
from hl7v2.model.header import Header
from hl7v2.model.message import Message
from hl7v2.model.scheduling import Appointment
from hl7v2.model.visit import Charge, ProcedureCode
from hl7v2.tree import Segment, Tree, parse


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A message whose header was read; what it says is read by `message()`."""

    header: Header
    tree: Tree

    def message(self) -> Message:
        """Raises Unreadable (AE) with every value of a known field that is not what its data type says."""
        return _Reading(self).message()

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the content, without what a system writes anew when it sends a message again (MSH-7, MSH-8)."""
        said = hashlib.sha256(self.header.kind.encode())
        for segment in self.tree.segments[1:]:
            said.update(repr((segment.name, segment.fields)).encode())
        return said.digest()


def open_envelope(data: bytes) -> Envelope:
    """Raises Unreadable (AR)."""
    tree = parse(data)
    return Envelope(read_header(tree), tree)


def read(data: bytes) -> Message:
    """A message, or the refusal that says what is wrong with it: any bytes at all give one of the two.

    Raises Unreadable.
    """
    return open_envelope(data).message()


class _Reading:
    def __init__(self, envelope: Envelope) -> None:
        self._envelope, self._faults = envelope, Faults()

    def message(self) -> Message:
        tree = self._envelope.tree
        visits = [segments.visit(at) for at in self._of("PV1")]
        charges, procedures = self._charges(tree)
        message = Message(
            header=self._envelope.header,
            fingerprint=self._envelope.fingerprint,
            patients=tuple(segments.patient(at) for at in self._of("PID")),
            visit=visits[0] if visits else None,
            guarantors=tuple(segments.guarantor(at) for at in self._of("GT1")),
            insurance=tuple(segments.insurance(at) for at in self._of("IN1")),
            diagnoses=tuple(segments.diagnosis(at) for at in self._of("DG1")),
            procedures=procedures,
            charges=charges,
            observations=tuple(segments.observation(at) for at in self._of("OBX")),
            merges=tuple(segments.merge(at) for at in self._of("MRG")),
            appointment=self._appointment(tree),
        )
        if self._faults.found:
            raise Unreadable(self._faults.found)
        return message

    def _of(self, name: str) -> Iterator[Fields]:
        return (self._at(segment) for segment in self._envelope.tree.named(name))

    def _at(self, segment: Segment) -> Fields:
        return Fields(segment, self._faults)

    def _charges(self, tree: Tree) -> tuple[tuple[Charge, ...], tuple[ProcedureCode, ...]]:
        """Every FT1 with the PR1 that follow it, and the PR1 that stand before any."""
        charges: list[Charge] = []
        alone: list[ProcedureCode] = []
        for segment in tree.segments:
            if segment.name == "FT1":
                charges.append(segments.charge(self._at(segment)))
            elif segment.name == "PR1":
                procedure = segments.procedure(self._at(segment))
                if charges:
                    charges[-1] = replace(charges[-1], procedures=(*charges[-1].procedures, procedure))
                else:
                    alone.append(procedure)
        return tuple(charges), tuple(alone)

    def _appointment(self, tree: Tree) -> Appointment | None:
        found = [segments.appointment(at) for at in self._of("SCH")]
        if not found:
            return None
        if len(found) > 1:
            place = found[1].place
            says = "The message has a second appointment."
            self._faults.add(Code.CARDINALITY, place, says, "Send one SCH in a message.")
        resources = tuple(
            segments.resource(segment, self._at(segment))
            for segment in tree.segments
            if segment.name in segments.RESOURCES
        )
        starts, ends = found[0].starts, found[0].ends
        for at in self._of("TQ1"):
            first, last = segments.timing(at)
            starts, ends = starts or first, ends or last
        begun = starts or next((resource.starts for resource in resources if resource.starts), None)
        return replace(found[0], resources=resources, starts=begun, ends=ends)
