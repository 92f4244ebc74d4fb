"""What the front desk is told when something cannot be put on file."""

from __future__ import annotations

from common.refusal import Refusal


class RecordNumberTaken(Refusal):
    code = "record-number-taken"
    sentence = "Another patient of this practice has that medical record number: {patient_id}."
    mend = "Look at that patient; if it is somebody else, give this one another number."


class CoverageOverlaps(Refusal):
    code = "coverage-overlaps"
    sentence = "Coverage {coverage_id} already has priority {priority} on {day}."
    mend = "End that coverage the day before, or give this one another priority."


class DatesReversed(Refusal):
    code = "dates-reversed"
    sentence = "The coverage would end on {effective_to}, before it begins on {effective_from}."
    mend = "Give an end on or after the beginning, or none while it is open."
    status = 422


class BornInTheFuture(Refusal):
    code = "born-in-the-future"
    sentence = "A birth date cannot be after today."
    mend = "Correct the birth date."
    status = 422


class SubscriberMissing(Refusal):
    code = "subscriber-missing"
    sentence = "The patient is the {relationship} of the subscriber, so the subscriber has to be named."
    mend = "Give the subscriber's name, birth date, sex and address."
    status = 422
