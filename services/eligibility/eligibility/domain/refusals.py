"""What the front desk is told when something is not possible."""

from __future__ import annotations

from common.refusal import Refusal


class NotPossibleNow(Refusal):
    code = "not-possible-now"
    sentence = "Check {check_id} is {status}; {fact} is not possible."
    mend = "Read the check again and look at its history for what happened since."


class NoAnswerYet(Refusal):
    code = "no-answer-yet"
    sentence = "Check {check_id} is {status}: there is no answer of the payer to show."
    mend = "Wait for the answer, or look at the check's history for what is in its way."


class NothingToSettle(Refusal):
    code = "nothing-to-settle"
    sentence = "Check {check_id} asks for nobody's attention."
    mend = "Look at the check again; somebody else may have settled it."


class StandingIsClear(Refusal):
    code = "standing-is-clear"
    sentence = "The payer's answer to check {check_id} says {standing}, which leaves nothing to decide."
    mend = "Settle it without a standing, or ask the payer again."


class AppointmentOver(Refusal):
    code = "appointment-over"
    sentence = "Appointment {appointment_id} is {status}."
    mend = "Book a new one."


class NoAnswerForDay(Refusal):
    code = "no-answer-for-day"
    sentence = "No payer has answered about the patient for {day}."
    mend = "Ask for a check of that day, and wait for its answer."


class AlreadyGiven(Refusal):
    code = "already-given"
    sentence = "Estimate {estimate_id} was given on {day}."
    mend = "Make a new one when what is expected has changed."


class EstimateNotRequired(Refusal):
    code = "estimate-not-required"
    sentence = "The service is scheduled {ahead} business days ahead; a good-faith estimate is due from three on."
    mend = "Make it as one that the patient asked for, if that is so."


class PracticeIncomplete(Refusal):
    code = "practice-incomplete"
    sentence = "The practice has not said its name, NPI, EIN and address, which every good-faith estimate shows."
    mend = "Put the estimate provider first."


class CannotBeShown(Refusal):
    code = "cannot-be-shown"
    sentence = "A character of the patient's name or of the services is none that the document can show."
    mend = "Write them in Latin, Greek or Cyrillic letters, without control characters."
    status = 422
