"""What a denials specialist is told when an act is not possible."""

from __future__ import annotations

from common.refusal import Refusal


class NotPossibleNow(Refusal):
    code = "not-possible-now"
    sentence = "Case {case_id} is {status}; it cannot {act}."
    mend = "Look at the history of the case for what happened since."


class NothingToCorrect(Refusal):
    code = "nothing-to-correct"
    sentence = "The correction changes nothing on the claim."
    mend = "Name a line with new modifiers, pointers or units, or give an authorization number."
    status = 422


class NoSuchLine(Refusal):
    code = "no-such-line"
    sentence = "Line {line} was not denied on this claim; denied lines are {lines}."
    mend = "Use the number of a denied line."
    status = 422


class CannotAppeal(Refusal):
    code = "cannot-appeal"
    sentence = "Reason code {carc} cannot be appealed: {advice}"
    mend = "Correct the claim instead."


class WindowClosed(Refusal):
    code = "window-closed"
    sentence = "The {what} window of this denial closed on {day}."
    mend = "Close the case, or ask the payer for an exception and record its outcome."
