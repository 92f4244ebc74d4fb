"""The words of the visit form as FHIR R4 extensions: which element holds each fact, and in which unit.

docs/guides/fhir.md is this table in prose. What is not in it is refused by its FHIR path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coding.domain.form import Form

EXTENSION = "https://dermbill.org/fhir/StructureDefinition/"
UCUM = "http://unitsofmeasure.org"
MOST_EXTENSIONS = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """How one word stands in an extension.

    `value` is its value[x] element; `unit` the UCUM code of a quantity; `many` that it may be repeated, and that
    valueBoolean false in its place documents that there are none; `parts` the extensions inside it: a word that groups
    others has nothing else.
    """

    value: str = ""
    unit: str = ""
    many: bool = False
    parts: Mapping[str, Fact] = field(default_factory=dict[str, "Fact"])


CODE, FLAG, COUNT, TEXT = Fact("valueCode"), Fact("valueBoolean"), Fact("valueInteger"), Fact("valueString")
DAY, NUMBER, TEXTS = Fact("valueDate"), Fact("valueDecimal"), Fact("valueString", many=True)
CM, SQ_CM, MG = (Fact("valueQuantity", unit) for unit in ("cm", "cm2", "mg"))
PROBLEMS = Fact("valueReference", many=True)

# On Encounter. `date` is Encounter.period, and `problems` and `procedures` are resources of their own.
VISIT: Mapping[str, Fact] = {
    "place_of_service": CODE,
    "component": CODE,
    "clia_number_on_file": FLAG,
    "payer": Fact(parts={"type": CODE, "x_modifiers": FLAG, "wants_51": FLAG, "drug_waste_modifiers": FLAG}),
    "patient": Fact(parts={"age": COUNT, "sex": CODE, "new_or_established": CODE}),
    "telehealth": Fact(parts={"mode": CODE, "patient_location": CODE}),
    "history": Fact(parts={"last_face_to_face_same_group_same_specialty": DAY}),
    "global_periods": Fact(many=True, parts={"cpt": CODE, "date": DAY, "days": COUNT}),
    "authorization": Fact(parts={"required": FLAG, "number": TEXT}),
    "abn": Fact(parts={"type": CODE, "signed": FLAG, "option": COUNT}),
    "em": Fact(
        parts={
            "mdm": CODE,
            "minutes": COUNT,
            "time_documented": FLAG,
            "separately_identifiable": FLAG,
            "decision_for_major_surgery": FLAG,
            "unrelated_to_global": FLAG,
            "consultation": FLAG,
            "longitudinal_care": FLAG,
            "em_problem_refs": PROBLEMS,
        }
    ),
}

# On Procedure. `kind` is Procedure.code, `site` is bodySite and `problem_ref` is reasonReference. Which kind may have
# which of these is said by the visit form.
PROCEDURE: Mapping[str, Fact] = {
    "technique": TEXT,
    "count": COUNT,
    "lesion_type": CODE,
    "diameter_cm": CM,
    "margin_cm": CM,
    "length_cm": CM,
    "area_sq_cm": SQ_CM,
    "primary_defect_sq_cm": SQ_CM,
    "secondary_defect_sq_cm": SQ_CM,
    "complexity": CODE,
    "complex_criteria": TEXTS,
    "stages": Fact(many=True, parts={"blocks": COUNT}),
    "symptoms": TEXTS,
    "pathology_icd10": CODE,
    "distinct_lesions": FLAG,
    "same_lesion_as_next": FLAG,
    "mucosal": FLAG,
    "includes_lid_margin": FLAG,
    "prior_pathology_within_60_days": FLAG,
    "frozen_section_read_before_mohs": FLAG,
    "staged_or_more_extensive": FLAG,
    "patient_requests_medicare_denial": FLAG,
    "other_surgeon": FLAG,
    "under_anesthesia": FLAG,
    "graft_type": CODE,
    "donor_closure": TEXT,
    "complicated": FLAG,
    "anesthesia": TEXT,
    "bilateral": FLAG,
    "complex_closure": FLAG,
    "performed_by": TEXT,
    "debridement": TEXT,
    "level": CODE,
    "specimen": TEXT,
    "stain": TEXT,
    "antibodies_single_stain": COUNT,
    "blocks": COUNT,
    "hcpcs": CODE,
    "dose_mg": MG,
    "dose_units": NUMBER,
    "sticks": COUNT,
    "vial_units": NUMBER,
    "wasted_units": NUMBER,
    "package": TEXT,
}


@dataclass(frozen=True, slots=True)
class Extensions:
    """Reads extensions into the visit form.

    `places` learns the FHIR path of each fact, `none` the lists that are documented as empty; `problem_of` resolves a
    reference to a Condition of the bundle.
    """

    places: dict[str, str]
    problem_of: Callable[[Form], str | None]
    none: set[str] = field(default_factory=set[str])

    def facts(self, holder: Form, table: Mapping[str, Fact], at: str = "") -> dict[str, Any]:
        """The facts in the extensions of a resource; `at` is where the visit form has them."""
        return self._read(holder, {EXTENSION + _dashed(name): name for name in table}, table, at)

    def _read(self, holder: Form, names: Mapping[str, str], table: Mapping[str, Fact], at: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for extension in holder.items("extension", MOST_EXTENSIONS):
            url = extension.content.get("url")
            name = names.get(url) if isinstance(url, str) else None
            if name is None:
                allowed = ", ".join(url.removeprefix(EXTENSION) for url in names)
                extension.faults.add(extension.at("url"), f"is not an extension of the profile here: {allowed}")
                continue
            path = f"{at}.{name}" if at else name
            if table[name].many:
                self._one_more(found.setdefault(name, []), extension, table[name], path)
                continue
            if name in found:
                extension.faults.add(extension.path, "repeats an extension that may be given once")
            found[name] = self._value(extension, table[name], path)
        return found

    def _one_more(self, several: list[Any], extension: Form, fact: Fact, path: str) -> None:
        # Not documented and documented as none differ: a benign lesion without symptoms is cosmetic (rulebook 7.1).
        says_none = not fact.parts and extension.content.get("valueBoolean") is False
        if path in self.places and (says_none or path in self.none):
            extension.faults.add(extension.path, "contradicts an earlier one: either there are none or there are some")
        self.places.setdefault(path, extension.path)
        if says_none:
            extension.knows("url", "valueBoolean")
            self.none.add(path)
        else:
            several.append(self._value(extension, fact, f"{path}[{len(several)}]"))

    def _value(self, extension: Form, fact: Fact, path: str) -> Any:
        self.places[path] = extension.path
        if fact.parts:
            extension.knows("url", "extension")
            return self._read(extension, {_dashed(name): name for name in fact.parts}, fact.parts, path)
        extension.knows("url", fact.value)
        self.places[path] = extension.at(fact.value)
        if extension.content.get(fact.value) is None:
            extension.faults.add(extension.at(fact.value), "is needed")
            return None
        if fact.unit:
            return quantity(extension, fact)
        if fact.value == "valueReference":
            found = extension.child(fact.value, "reference", "type", "display")
            return found and self.problem_of(found)
        return extension.content[fact.value]


def quantity(extension: Form, fact: Fact) -> Any:
    """The value of the quantity that a fact stands in, which must be in its unit."""
    quantity = extension.child(fact.value, "value", "system", "code", "unit")
    if quantity is None:
        return None
    if (quantity.content.get("system"), quantity.content.get("code")) != (UCUM, fact.unit):
        quantity.faults.add(quantity.path, f"must be in {fact.unit} of {UCUM}")
    if quantity.content.get("unit") not in (None, fact.unit):
        quantity.faults.add(quantity.at("unit"), f"must be {fact.unit}, as its code is")
    if quantity.content.get("value") is None:
        quantity.faults.add(quantity.at("value"), "is needed")
    return quantity.content.get("value")


def _dashed(name: str) -> str:
    return name.replace("_", "-")
