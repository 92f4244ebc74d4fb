"""What to do about each reason code: the table a denials specialist works from (rulebook section 10).

`chance` is an engineering prior of recovering the money, to be replaced by the practice's own history; it is never a
promise and never hides a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

SOURCE = "rulebook 10"


class Action(StrEnum):
    """The first thing to try."""

    CORRECT = "correct"
    APPEAL = "appeal"
    APPEAL_WITH_RECORDS = "appeal-with-records"
    SEND_RECORDS = "send-records"
    VERIFY_COVERAGE = "verify-coverage"
    BILL_OTHER_PAYER = "bill-other-payer"
    CHECK_ORIGINAL = "check-original"
    WRITE_OFF = "write-off"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Play:
    """The advice for one reason code. `appeal` says whether an appeal can be filed at all."""

    root_cause: str
    action: Action
    advice: str
    appeal: bool
    chance: Decimal


UNKNOWN = Play(
    "The code is not in our table.",
    Action.REVIEW,
    "Read the payer's remark and decide; then tell us, so that the table learns the code.",
    True,
    Decimal("0.30"),
)


def _play(root_cause: str, action: Action, advice: str, chance: str, *, appeal: bool = False) -> Play:
    return Play(root_cause, action, advice, appeal, Decimal(chance))


PLAYS: Mapping[str, Play] = {
    "4": _play(
        "A modifier does not fit its code.", Action.CORRECT, "Give the line the modifier this payer wants.", "0.75"
    ),
    "5": _play("The place of service does not fit.", Action.CORRECT, "Correct the place of service.", "0.80"),
    "6": _play("Code and age disagree.", Action.CORRECT, "Check the code and the birth date on file.", "0.70"),
    "7": _play("Code and sex disagree.", Action.CORRECT, "Check the code and the sex on file.", "0.70"),
    "9": _play("Diagnosis and age disagree.", Action.CORRECT, "Check the diagnosis and the birth date.", "0.70"),
    "11": _play(
        "The diagnosis does not support the code.",
        Action.CORRECT,
        "Correct the pointer if the note supports another diagnosis; never change a diagnosis to be paid.",
        "0.60",
        appeal=True,
    ),
    "16": _play(
        "Something required is missing or invalid.",
        Action.CORRECT,
        "The remark code names it: mend it and resend.",
        "0.90",
    ),
    "18": _play(
        "The payer has this claim already.", Action.CHECK_ORIGINAL, "Find the original and its result first.", "0.50"
    ),
    "22": _play(
        "Another payer comes first.", Action.BILL_OTHER_PAYER, "Mend the order of benefits, bill the first.", "0.75"
    ),
    "24": _play("The member belongs to a managed plan.", Action.BILL_OTHER_PAYER, "Bill the plan.", "0.70"),
    "26": _play("The coverage had not begun.", Action.VERIFY_COVERAGE, "Verify coverage on the day.", "0.30"),
    "27": _play("The coverage had ended.", Action.VERIFY_COVERAGE, "Verify coverage on the day.", "0.30"),
    "29": _play(
        "The payer says it came too late.",
        Action.APPEAL,
        "Appeal with the 999 and 277CA that prove the first submission in time.",
        "0.35",
        appeal=True,
    ),
    "31": _play("The member was not identified.", Action.CORRECT, "Correct the member id and resend.", "0.80"),
    "49": _play(
        "Billed as a routine exam.",
        Action.REVIEW,
        "If there was a complaint, the note supports another diagnosis.",
        "0.30",
        appeal=True,
    ),
    "50": _play(
        "Not considered medically necessary.",
        Action.APPEAL_WITH_RECORDS,
        "Appeal with symptoms, photographs and pathology of each lesion.",
        "0.45",
        appeal=True,
    ),
    "54": _play("No assistant is paid for this code.", Action.WRITE_OFF, "Nothing to gain.", "0.10"),
    "55": _play("Held to be experimental.", Action.APPEAL_WITH_RECORDS, "Ask for a peer review.", "0.25", appeal=True),
    "56": _play("Held to be unproven.", Action.APPEAL_WITH_RECORDS, "Ask for a peer review.", "0.25", appeal=True),
    "96": _play(
        "Not covered by the plan.", Action.REVIEW, "Bill the patient only if notice was given.", "0.20", appeal=True
    ),
    "97": _play(
        "Held to be included in another service.",
        Action.CORRECT,
        "Add 25, 59 or X only where the note proves a separate service; otherwise it is included.",
        "0.50",
        appeal=True,
    ),
    "107": _play("An add-on came without its primary code.", Action.CORRECT, "Add the documented primary.", "0.70"),
    "109": _play("Another payer or contractor is responsible.", Action.BILL_OTHER_PAYER, "Bill that one.", "0.85"),
    "119": _play(
        "The benefit maximum is reached.", Action.REVIEW, "Bill the patient, or appeal the count.", "0.20", appeal=True
    ),
    "146": _play("A diagnosis was not valid that day.", Action.CORRECT, "Use the code valid on the day.", "0.90"),
    "149": _play("The lifetime maximum is reached.", Action.REVIEW, "Check the count.", "0.20", appeal=True),
    "150": _play(
        "The level of service is not supported.",
        Action.APPEAL_WITH_RECORDS,
        "Send the note that supports it.",
        "0.40",
        appeal=True,
    ),
    "151": _play(
        "More units or visits than the payer allows.",
        Action.APPEAL_WITH_RECORDS,
        "Appeal a clinical limit with the note; a policy limit cannot be appealed.",
        "0.40",
        appeal=True,
    ),
    "163": _play("Records were asked for.", Action.SEND_RECORDS, "Send them in time.", "0.60"),
    "164": _play("Records were asked for.", Action.SEND_RECORDS, "Send them in time.", "0.60"),
    "167": _play(
        "The diagnosis is not covered.", Action.REVIEW, "Compare with the payer's policy.", "0.35", appeal=True
    ),
    "170": _play(
        "This clinician is not paid for it.", Action.REVIEW, "Check enrollment on the day.", "0.40", appeal=True
    ),
    "181": _play("The code was not valid that day.", Action.CORRECT, "Use the code valid on the day.", "0.90"),
    "182": _play("The modifier was not valid that day.", Action.CORRECT, "Use the modifier valid that day.", "0.90"),
    "183": _play(
        "The referring clinician is not accepted.", Action.APPEAL, "Get a referral that is.", "0.40", appeal=True
    ),
    "185": _play(
        "The rendering clinician is not enrolled.", Action.REVIEW, "Check enrollment on the day.", "0.40", appeal=True
    ),
    "197": _play(
        "No authorization on file.",
        Action.CORRECT,
        "Put the authorization number on the claim, or ask for one after the fact where the payer allows.",
        "0.40",
        appeal=True,
    ),
    "198": _play("More than was authorized.", Action.APPEAL, "Ask for an extension, then appeal.", "0.35", appeal=True),
    "204": _play(
        "Not in this patient's plan.", Action.REVIEW, "Bill the patient only if notice was given.", "0.20", appeal=True
    ),
    "231": _play(
        "Two codes exclude each other.",
        Action.CORRECT,
        "A modifier, where distinctness is documented.",
        "0.50",
        appeal=True,
    ),
    "234": _play("Not paid on its own.", Action.WRITE_OFF, "Nothing to gain.", "0.10"),
    "236": _play(
        "A coding edit bundles the pair.",
        Action.CORRECT,
        "A modifier, where a different lesion or session is documented.",
        "0.50",
        appeal=True,
    ),
    "242": _play(
        "The clinician is outside the network.", Action.APPEAL, "Ask for a gap exception.", "0.30", appeal=True
    ),
    "250": _play("An attachment is missing.", Action.SEND_RECORDS, "Send it.", "0.60"),
    "251": _play("An attachment was incomplete.", Action.SEND_RECORDS, "Send all of it.", "0.60"),
    "252": _play("An attachment is needed.", Action.SEND_RECORDS, "Send the operative note.", "0.70"),
    "284": _play(
        "The authorization is for another service.",
        Action.CORRECT,
        "Correct the number, or the code.",
        "0.40",
        appeal=True,
    ),
    "288": _play("A referral is missing.", Action.APPEAL, "Get one after the fact.", "0.40", appeal=True),
    "296": _play(
        "The authorization names another clinician.", Action.CORRECT, "Correct one of them.", "0.40", appeal=True
    ),
    "B7": _play(
        "The clinician was not certified that day.", Action.REVIEW, "Check enrollment on the day.", "0.40", appeal=True
    ),
    "B11": _play("The claim was passed to another payer.", Action.BILL_OTHER_PAYER, "Follow it there.", "0.85"),
    "B15": _play("A qualifying service is missing.", Action.CORRECT, "Add the documented service.", "0.70"),
    "B16": _play("The new-patient rule was not met.", Action.CORRECT, "Use the established-patient code.", "0.60"),
}


def play_for(carc: str) -> Play:
    return PLAYS.get(carc, UNKNOWN)


def leading(carcs: Iterable[str]) -> str:
    """Of several reason codes, the one to work first: the best chance, then the lower code, so that it is stable."""
    return min(carcs, key=lambda carc: (-play_for(carc).chance, carc), default="")
