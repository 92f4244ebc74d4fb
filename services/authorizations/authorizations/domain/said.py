"""What a payer said of a request, in the terms of the rules; a 278, a ClaimResponse and a call come to the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from authorizations.domain.counting import CertifiedService
from authorizations.domain.fhir_issues import cause_of
from authorizations.domain.lifecycle import Fact
from codes.authorization import action, review_reject_reason

# HCR01 to what it is for the authorization; a code that the table lacks certifies nothing and asks a person.
_FACTS: Mapping[str, Fact] = {
    "A1": Fact.CERTIFY,
    "A2": Fact.CERTIFY_PART,
    "A3": Fact.DENY,
    "A4": Fact.PEND,
    "A6": Fact.MODIFY,
    "C": Fact.CANCEL,
    "CT": Fact.ASK_TO_CALL,
    "NA": Fact.NEED_NONE,
}
CERTIFYING = frozenset({Fact.CERTIFY, Fact.CERTIFY_PART, Fact.MODIFY})


@dataclass(frozen=True, slots=True)
class Rejection:
    """AAA: the request was not taken; `level` is where it was turned away."""

    level: str
    reason: str
    follow_up: str = ""


@dataclass(frozen=True, slots=True)
class ServiceWord:
    """HCR of one service; without one the word of the whole event holds for it."""

    code: str
    units: int | None
    action: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. `action` is HCR01 of the event; the dates are of service, inclusive.

    `visits` is how many are certified (HSD); `visits_unclear` where it says how often and not how many.
    `administrative` is the number that the payer gave to what it did not certify (REF NT): an appeal names it.
    """

    action: str = ""
    number: str = ""
    reasons: tuple[str, ...] = ()
    services: tuple[ServiceWord, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    rejections: tuple[Rejection, ...] = ()
    visits: int | None = None
    visits_unclear: bool = False
    administrative: str = ""

    @property
    def fact(self) -> Fact:
        """What the answer means. Services that were certified count where nothing is said of the event."""
        if self.rejections and not self.action and not any(word.action for word in self.services):
            return Fact.REJECT
        if self.action:
            return _FACTS.get(self.action, Fact.ASK_TO_CALL)
        return _of_services([_FACTS.get(word.action, Fact.ASK_TO_CALL) for word in self.services])

    @property
    def certified(self) -> tuple[CertifiedService, ...]:
        """What may be done under the number: the services that were not refused on their own."""
        return tuple(
            CertifiedService(word.code, word.units)
            for word in self.services
            if (_FACTS.get(word.action) if word.action else self.fact) in CERTIFYING
        )

    @property
    def all_reasons(self) -> tuple[str, ...]:
        """Every HCR03, each once."""
        return tuple(dict.fromkeys((*self.reasons, *(code for word in self.services for code in word.reasons))))


def _of_services(facts: list[Fact]) -> Fact:
    unique = set(facts)
    if len(unique) == 1:
        return facts[0]
    if unique & CERTIFYING:
        return Fact.CERTIFY_PART
    return Fact.PEND if Fact.PEND in unique else Fact.ASK_TO_CALL


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person has to look at: what it means, and what to do next."""

    code: str
    cause: str
    next_step: str
    source: str = "rulebook 7.4"


_OWN: Mapping[str, tuple[str, str]] = {
    "unknown-patient": ("the register does not know the patient", "Register the patient, then submit again."),
    "no-coverage": ("the patient has no such coverage on that day", "Record the coverage, then submit again."),
    "no-asking-provider": ("the practice has not said as whom it asks", "Put the asking provider, then submit again."),
    "payer-silent": ("the payer did not answer any attempt", "Call the payer, or submit again later."),
    "answer-unreadable": (
        "the payer's answer cannot be read",
        "Look at the raw answer; call the payer.",
    ),
    "answer-not-ours": ("the answer does not carry our trace number", "Look at the raw answer; call the payer."),
    "decision-overdue": ("the payer is past the day by which it must decide", "Call the payer and name the rule."),
    "response-overdue": ("no answer, not even a pend, within two business days", "Call the payer."),
    "used-beyond": ("more units were done than are certified", "Ask for an extension, or correct the visit."),
    "not-as-asked": ("the payer certified less or other than was asked", "Compare before treating; appeal the rest."),
    "visits-unclear": ("the payer says how often, not how many visits", "Look at the raw answer; call the payer."),
    "retro-too-late": (
        "the payer's entry in the register says that it hears no request so long after the first day",
        "Call the payer; submit again as an emergency or with the reason of the delay, where that is so.",
    ),
    "names-no-service": (
        "over FHIR a request names at least one service",
        "Name the services, or record what the payer says by telephone.",
    ),
    "nothing-certified": ("the answer certifies, but names no service or number", "Call the payer."),
}


def notice(code: str) -> Notice:
    """The words for an attention code: `aaa-..` of the payer, `hcr-..` of its decision, or one of our own."""
    kind, _, rest = code.partition("-")
    if kind == "aaa" and rest:
        reject = review_reject_reason(rest)
        return Notice(code, reject.cause, reject.next_step)
    if kind == "hcr" and rest:
        said = action(rest)
        return Notice(code, said.label, said.next_step)
    refused = cause_of(code)
    if refused is not None:
        return Notice(code, *refused, source="FHIR R4, issue-type")
    cause, step = _OWN.get(code, (f"edi says {code}", "Look at the history, then submit again."))
    return Notice(code, cause, step)
