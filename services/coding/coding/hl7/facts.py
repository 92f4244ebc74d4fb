"""OBX segments of the visit form's own vocabulary: the facts of the visit, where an EHR can say them exactly.

OBX-3 is the word of the form with the system 99DERMBILL, OBX-4 the number of the procedure that it speaks of (none:
the visit), OBX-5 the value. Other OBX segments are results and notes, and no rule reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hl7v2 import Code, Fault, Observation, Place

SYSTEM = "99DERMBILL"
MOST_PROCEDURES = 100
FINAL = frozenset({"F", "C"})
_LISTS = frozenset({"symptoms", "complex_criteria", "em_problem_refs"})
# The one unit that a figure of the form is in (UCUM), by the end of its word.
_UNITS = {"_sq_cm": "cm2", "_cm": "cm", "_mg": "mg"}
_PATH = re.compile(r"[a-z_0-9]{1,40}(\.[a-z_0-9]{1,60})?")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)\d*")


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        raise ValueError("It is not a number.")
    return float(text) if "." in text else int(text)


def _day(text: str) -> Any:
    parts = _DAY.fullmatch(text)
    if parts is None:
        raise ValueError("It is not a day.")
    return "-".join(parts.groups())


def _yes_or_no(text: str) -> Any:
    if text not in ("Y", "N"):
        raise ValueError("It is neither Y nor N.")
    return text == "Y"


_VALUES: Mapping[str, Callable[[str], Any]] = {
    "NM": _number,
    "DT": _day,
    "ID": _yes_or_no,
    "ST": str,
    "IS": str,
    "CE": str,
    "CWE": str,
}


@dataclass(slots=True)
class Facts:
    """What the OBX segments say. `places` has the place of each path of the visit form."""

    form: dict[str, Any] = field(default_factory=dict[str, Any])
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    faults: list[Fault] = field(default_factory=list[Fault])

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> Facts:
        facts, procedures = cls(), dict[int, dict[str, Any]]()
        for observation in observations:
            if observation.code is not None and observation.code.system == SYSTEM:
                facts._take(observation, procedures)
        if procedures:
            facts._number_procedures(procedures)
        return facts

    def _take(self, observation: Observation, procedures: dict[int, dict[str, Any]]) -> None:
        at, word = observation.place, (observation.code and observation.code.code) or ""
        if (observation.status or "").upper() not in FINAL:
            return self._wrong(at, 11, Code.NOT_IN_TABLE, "The fact is not final.", "Send F, or C for a correction.")
        if not _PATH.fullmatch(word):
            return self._wrong(at, 3, Code.NOT_IN_TABLE, "It is no word of the visit form.", "See the guide to coding.")
        number = _procedure_number(observation.sub_id)
        if number is None:
            return self._wrong(at, 4, Code.DATA_TYPE, "It is no number of a procedure.", "Send 1, 2, 3 and so on.")
        try:
            value = _value(observation, word)
        except ValueError as fault:
            return self._wrong(
                at, 5, Code.DATA_TYPE, str(fault), "Send a value of the type in OBX-2: NM, DT, ID, ST, CWE."
            )
        if not _in_its_unit(observation, word):
            return self._wrong(at, 6, Code.NOT_IN_TABLE, "The unit is not that of the fact.", "Send cm, cm2 or mg.")
        return self._put(self.form if number == 0 else procedures.setdefault(number, {}), number, word, value, at)

    def _put(self, holder: dict[str, Any], number: int, word: str, value: Any, at: Place) -> None:
        outer, _, inner = word.partition(".")
        target = holder.setdefault(outer, {}) if inner else holder
        if not isinstance(target, dict) or (inner or outer) in target:
            return self._wrong(at, 3, Code.CARDINALITY, "The fact is said twice.", "Say every fact once.")
        target[inner or outer] = value
        place = Place(at.segment, at.sequence, 5)
        self.places[f"{number}:{word}"] = place
        return None

    def _number_procedures(self, procedures: Mapping[int, dict[str, Any]]) -> None:
        if set(procedures) != set(range(1, len(procedures) + 1)):
            says, mend = "The procedures are not numbered from 1 without a gap.", "Number them in their order."
            self.faults.append(Fault(Code.SEGMENT_SEQUENCE, Place("OBX", 1, 4), says, mend))
            return
        self.form["procedures"] = [procedures[number] for number in sorted(procedures)]

    def place_of(self, path: str) -> Place | None:
        """The OBX that said what stands at a path of the form, or the nearest part of it."""
        procedure = re.match(r"procedures\[(\d+)\]\.?", path)
        number, word = (int(procedure[1]) + 1, path[procedure.end() :]) if procedure else (0, path)
        word = re.sub(r"\[\d+\].*", "", word)
        exact = self.places.get(f"{number}:{word}")
        begun = f"{number}:{word.partition('.')[0]}" if word else f"{number}:"
        return exact or next((place for key, place in self.places.items() if key.startswith(begun)), None)

    def _wrong(self, at: Place, number: int, code: Code, says: str, mend: str) -> None:
        self.faults.append(Fault(code, Place(at.segment, at.sequence, number), says, mend))


def _procedure_number(sub_id: str | None) -> int | None:
    """0 for the visit itself."""
    if sub_id is None:
        return 0
    number = int(sub_id) if re.fullmatch(r"[0-9]{1,3}", sub_id) else 0
    return number if 1 <= number <= MOST_PROCEDURES else None


def _value(observation: Observation, word: str) -> Any:
    """Raises ValueError with a sentence."""
    read = _VALUES.get((observation.kind or "").upper())
    if read is None:
        raise ValueError("The type of the value is not read here.")
    values = [read(value) for value in observation.values]
    if word == "stages":
        return [{"blocks": blocks} for blocks in values]
    if word.rpartition(".")[2] in _LISTS:
        return values
    if len(values) != 1:
        raise ValueError("It needs exactly one value.")
    return values[0]


def _in_its_unit(observation: Observation, word: str) -> bool:
    expected = next((unit for end, unit in _UNITS.items() if word.endswith(end)), None)
    return expected is None or observation.units == expected
