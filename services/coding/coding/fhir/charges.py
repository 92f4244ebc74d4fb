"""ChargeItem: what the EHR would bill, kept as its proposal and never coded from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from coding.domain.differences import BilledLine
from coding.domain.form import Complaint, Form, one_of
from coding.domain.proposal import proposed_line
from coding.fhir import elements
from coding.fhir.elements import COMMON
from coding.fhir.profile import EXTENSION

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
MODIFIER = EXTENSION + "modifier"
MOST_CODINGS = 11
# Who recorded it, where it is booked and which organisation has it say nothing of a code.
NOT_KEPT = (
    "identifier", "account", "enteredDate", "performingOrganization", "requestingOrganization", "costCenter",
    "bodysite",
)  # fmt: skip
_READ = (
    "status", "code", "subject", "context", "occurrenceDateTime", "quantity", "reason", "service",
    "supportingInformation", "extension",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charges:
    """Reads the ChargeItems of one bundle.

    `diagnoses` has the code of each name of a Condition, `resources` every name of the bundle; `belongs` holds a
    resource to the bundle's patient and `day` is the Encounter's.
    """

    diagnoses: Mapping[str, str]
    resources: Collection[str]
    belongs: Callable[[Form, str], None]
    day: str | None

    def line(self, item: Form) -> BilledLine | None:
        """The line that a ChargeItem proposes, or None with a complaint."""
        item.knows(*COMMON, *_READ, *NOT_KEPT)
        self.belongs(item, "context")
        item.needs("status", one_of("planned", "billable", "not-billable", "billed"))
        performed = elements.day(item, "occurrenceDateTime")
        if performed is not None and performed != self.day:
            item.faults.add(item.at("occurrenceDateTime"), "must be on the day of the Encounter")
        code, modifiers = self._code(item)
        units, dx = self._units(item), self._diagnoses(item)
        if code is None or item.faults.found:
            return None
        try:
            return proposed_line(code, units, modifiers, dx)
        except ValueError as fault:
            item.faults.add(item.path, f"has a line that is no charge: {fault}")
            return None

    def _code(self, item: Form) -> tuple[str | None, tuple[str, ...]]:
        """The procedure code, and its modifiers: two-character codings beside it, and the extension."""
        concept = item.child("code", "coding", "text", required=True)
        codes: list[str] = []
        modifiers: list[str] = []
        for coding in concept.items("coding", MOST_CODINGS) if concept else ():
            coding.knows("system", "code", "display", "version")
            coding.needs("system", one_of(CPT, HCPCS))
            code = coding.needs("code", _words)
            if code is not None:
                (modifiers if len(code) == 2 else codes).append(code)
        for extension in item.items("extension", MOST_CODINGS):
            extension.knows("url", "valueCode")
            extension.needs("url", one_of(MODIFIER))
            modifiers += [code] if (code := extension.needs("valueCode", _words)) is not None else []
        if concept is not None and len(codes) != 1:
            item.faults.add(concept.at("coding"), "must have exactly one procedure code of CPT or HCPCS")
            return None, ()
        return (codes[0] if codes else None), tuple(modifiers)

    def _units(self, item: Form) -> int:
        quantity = item.child("quantity", "value", "unit", "system", "code")
        if quantity is None:
            return 1
        return quantity.needs("value", _whole) or 1

    def _diagnoses(self, item: Form) -> tuple[str, ...]:
        """Those of `reason`, then the Conditions of `supportingInformation`, each once."""
        found: list[str] = []
        for reason in item.items("reason", 12):
            reason.knows("coding", "text")
            found.append(elements.one_code(reason, ICD_10_CM) or "")
        for reference in (*item.items("service", 12), *item.items("supportingInformation", 24)):
            reference.knows("reference", "type", "display")
            name = elements.target(reference)
            if name is not None and name not in self.resources:
                reference.faults.add(reference.at("reference"), "must be a resource of this bundle")
            found.append(self.diagnoses.get(name or "", ""))
        return tuple(dict.fromkeys(code for code in found if code))


def _words(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Complaint("must be text")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or not 1 <= value <= 9999:
        raise Complaint("must be a whole number from 1 to 9999")
    return int(value)
