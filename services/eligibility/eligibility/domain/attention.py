"""What in an answer a person should look at before the visit, each with its plain words and next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codes.eligibility import reject_reason
from eligibility.domain.heard import Heard
from eligibility.domain.picture import Picture
from eligibility.domain.standing import Standing

REJECTED = "aaa-"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at: what it is and what to do, with where the rule comes from."""

    code: str
    cause: str
    next_step: str
    source: str


OURS = "rulebook 8"
_DIFFERENT = "Compare the card, mend the patient's record, and ask again if the answer is not the patient's."

NOTICES: Mapping[str, Notice] = {
    notice.code: notice
    for notice in (
        Notice(
            "inactive",
            "the coverage is not in force on the day",
            "Ask the patient for the current card, and record the new coverage.",
            OURS,
        ),
        Notice(
            "standing-unclear",
            "the payer says both active and not in force",
            "Call the payer, and settle the check with what it said.",
            OURS,
        ),
        Notice(
            "standing-not-said",
            "the payer says neither active nor inactive",
            "Call the payer or look at its portal, and settle the check.",
            OURS,
        ),
        Notice(
            "benefits-unclear",
            "the payer gives several values for one benefit",
            "Read both lines; take the dearer for the estimate, or call the payer.",
            OURS,
        ),
        Notice(
            "other-payer-first",
            "another payer comes before this one",
            "Record the other coverage and its order, and bill it first.",
            "rulebook 8 and 9.5, EB01 R with NM101 PRP",
        ),
        Notice(
            "other-payer",
            "the payer knows of another coverage",
            "Ask the patient about the other coverage and record the order of benefits.",
            "rulebook 8, EB01 R",
        ),
        Notice(
            "restricted-provider",
            "the plan restricts some services to a certain provider",
            "Read the EB lines, and find out before the visit whether the patient may come here.",
            "rulebook 8, EB01 N",
        ),
        Notice(
            "cannot-be-processed",
            "the payer could not process a part of the question",
            "Call the payer about what it left out.",
            "rulebook 8, EB01 V",
        ),
        Notice(
            "ask-elsewhere",
            "the payer names another source for some benefits",
            "Ask the organization that the EB lines name.",
            "rulebook 8, EB01 W",
        ),
        Notice("member-id-differs", "the payer has another member id", _DIFFERENT, "loop 2100, NM109"),
        Notice("name-differs", "the payer has another name", _DIFFERENT, "loop 2100, NM103 and NM104"),
        Notice("birth-date-differs", "the payer has another birth date", _DIFFERENT, "loop 2100, DMG02"),
        Notice("sex-differs", "the payer has another sex", _DIFFERENT, "loop 2100, DMG03"),
        Notice(
            "unknown-patient",
            "the register does not know the patient",
            "Register the patient, and ask again.",
            "patients",
        ),
        Notice(
            "no-coverage",
            "no coverage is on file for the day",
            "Record the coverage, or treat the patient as self-pay.",
            "patients",
        ),
        Notice(
            "no-asking-provider",
            "the practice has not said who asks",
            "Fill in the asking provider, and ask again.",
            "loop 2100B",
        ),
        Notice("no-route", "no partner takes questions for this payer", "Route the payer to a partner in edi.", "edi"),
        Notice(
            "question-invalid",
            "the question cannot be written in X12",
            "Mend the characters in the patient's name, address or member id.",
            "edi",
        ),
        Notice(
            "payer-silent",
            "the payer did not answer, however often it was asked",
            "Call the payer or look at its portal; ask again later.",
            "CAQH CORE",
        ),
        Notice(
            "answer-unreadable",
            "the answer cannot be read without loss",
            "Read the answer as it came, and report it to the payer.",
            "guide 005010X279A1",
        ),
        Notice(
            "answer-not-ours",
            "the answer is about several patients and names none of our questions",
            "Read the answer as it came, and ask again.",
            "guide 005010X279A1, TRN",
        ),
        Notice("question-refused", "the payer's gateway did not take the question", "Report it to the partner.", "edi"),
    )
}


def notice(code: str) -> Notice:
    """The words of a code; `aaa-72` and its like come from the table of AAA03, others stay as they are."""
    if code.startswith(REJECTED):
        reason = reject_reason(code.removeprefix(REJECTED))
        return Notice(code, reason.cause, reason.next_step, "rulebook 8, AAA03")
    known = NOTICES.get(code)
    return known or Notice(code, f"edi says {code}", "Look at what edi says of the exchange.", "edi")


def of_rejections(heard: Heard) -> tuple[str, ...]:
    """A code for each AAA, once, outermost level first."""
    return tuple(dict.fromkeys(f"{REJECTED}{said.reason}" for said in heard.turned_away))


def of_answer(heard: Heard, told: Picture) -> tuple[str, ...]:
    """What asks for a look in an answer that was given."""
    return tuple(
        dict.fromkeys((*of_rejections(heard), *_of_benefits(told), *(f"{what}-differs" for what in heard.differs)))
    )


_STANDINGS: Mapping[Standing, tuple[str, ...]] = {
    Standing.ACTIVE: (),
    Standing.INACTIVE: ("inactive",),
    Standing.UNCLEAR: ("standing-unclear",),
    Standing.NOT_SAID: ("standing-not-said",),
}


_MENTIONS: Mapping[str, str] = {"N": "restricted-provider", "V": "cannot-be-processed", "W": "ask-elsewhere"}


def _of_benefits(told: Picture) -> Iterable[str]:
    yield from _STANDINGS[told.held.standing]
    if any(doubt.what != "standing" for doubt in told.ambiguities):
        yield "benefits-unclear"
    said = {one.information for one in told.mentions}
    yield from (code for information, code in _MENTIONS.items() if information in said)
    orders = {payer.order for payer in told.other_payers}
    if "primary" in orders:
        yield "other-payer-first"
    elif orders:
        yield "other-payer"
