"""A visit of which another system told less than a rule needs to look at it: kept, and held with what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coding.domain.coded_visit import CodedVisit, Disposition
from coding.domain.findings import Finding, Flag, ask
from coding.domain.refusals import VisitUnreadable
from coding.operations.documenting import Documented, documented
from common.uow import Transaction

# Without these the rules cannot even begin (rulebook 2, step 1); every other absent fact the engine asks for itself.
_ASKED: Mapping[str, str] = {
    "place_of_service": "Where was the patient seen? The place of service is not documented.",
    "payer": "Who pays? The kind of payer is not documented.",
    "payer.type": "Who pays? The kind of payer is not documented.",
}
_WHAT_WAS_DONE = ask(Flag.NO_CODE, "em", "Neither a visit nor a procedure is documented; what was done?")


@dataclass(frozen=True, slots=True, repr=False)
class Unfinished:
    """A visit form as far as it goes, and the questions that hold it. A person answers by sending the whole form."""

    document: Mapping[str, Any]
    questions: tuple[Finding, ...]

    @property
    def names_a_service(self) -> bool:
        return names_a_service(self.document)

    async def coded(self, tx: Transaction) -> CodedVisit:
        """Held, without a line."""
        return CodedVisit(Disposition.HOLD, (), (), self.questions)


def names_a_service(document: Mapping[str, Any]) -> bool:
    """Whether a form documents anything that was done."""
    return document.get("em") is not None or bool(document.get("procedures"))


def as_far_as_told(document: Mapping[str, Any], questions: Sequence[Finding] = ()) -> Documented | Unfinished:
    """The visit, or as much of it as there is; `questions` are further ones that hold it.

    Raises VisitUnreadable for what is there and wrong.
    """
    asked = list(questions)
    try:
        whole = documented(document)
        if not asked:
            return whole
    except VisitUnreadable as refusal:
        wrong = [fault for fault in refusal.faults if not (fault.path in _ASKED and fault.says == "is needed")]
        if wrong:
            raise VisitUnreadable(wrong) from None
        asked += [ask(Flag.NO_CODE, fault.path, _ASKED[fault.path]) for fault in refusal.faults]
    if not names_a_service(document):
        asked.append(_WHAT_WAS_DONE)
    return Unfinished(document, tuple(asked))
