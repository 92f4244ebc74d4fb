"""What a credentialing specialist is told when an act is not possible."""

from __future__ import annotations

from common.refusal import Refusal


class NotPossibleNow(Refusal):
    code = "not-possible-now"
    sentence = "Enrollment {enrollment_id} is {stage}; it cannot {act}."
    mend = "Look at the history of the enrollment for what happened since."


class AlreadyOpen(Refusal):
    code = "enrollment-exists"
    sentence = "This provider, payer and location have the enrollment {enrollment_id} already."
    mend = "Go on with that one; a new application to the same payer is a further act of it."


class InTheFuture(Refusal):
    code = "date-in-the-future"
    sentence = "The {what} date {day} has not come yet."
    mend = "Record it on the day it happens, or correct the date."
    status = 422


class TooFarBack(Refusal):
    code = "retroactive-too-far"
    sentence = "Billing from {first} is more than {days} days before the effective date {effective_from}."
    mend = "Check the payer's letter. Where its rules allow more, set `retroactive_days` of the payer first."
    status = 422


class DatesOutOfOrder(Refusal):
    code = "dates-out-of-order"
    sentence = "{later} ({later_day}) comes before {earlier} ({earlier_day})."
    mend = "Correct one of the two dates."
    status = 422


class Overlaps(Refusal):
    code = "enrollment-dates-overlap"
    sentence = "An enrollment from {first} overlaps the one that lasted until {last}."
    mend = "Begin on a later day, or correct the dates of the earlier one."
    status = 422


class NothingInEffect(Refusal):
    code = "nothing-in-effect"
    sentence = "Enrollment {enrollment_id} has no effective date yet."
    mend = "Record the effective date that the payer gave."


class Unregistered(Refusal):
    code = "not-registered"
    sentence = "There is no {kind} {id} in the register of this practice."
    mend = "Put it into the register first."
    status = 422


class TaxonomyOfAnother(Refusal):
    code = "taxonomy-of-another-profession"
    sentence = "Taxonomy {taxonomy} is not one of a {profession}: those begin with {begins}."
    mend = "Use the taxonomy that NPPES shows for this NPI."
    status = 422


class LocationInUse(Refusal):
    code = "location-in-use"
    sentence = "Location {code} has enrollments under the group {billing_npi}; payers enroll a group at a place."
    mend = "Register the place under the other group as a location of its own, and enroll there."


class TooManyCells(Refusal):
    code = "matrix-too-large"
    sentence = "The matrix would have {cells} cells, more than {most}."
    mend = "Narrow it by provider, payer or location."
    status = 422


class PartMissing(Refusal):
    code = "credential-part-missing"
    sentence = "A {kind} needs its {part}."
    mend = "Copy it from the document."
    status = 422


class DeaNumberWrong(Refusal):
    code = "dea-number-wrong"
    sentence = "The check digit of this DEA number does not match its other digits, or it is not a prescriber's."
    mend = "Copy the nine characters from the certificate again."
    status = 422


class CliaNumberWrong(Refusal):
    code = "clia-number-wrong"
    sentence = "A CLIA number is two digits, a D and seven digits."
    mend = "Copy the ten characters from the certificate again."
    status = 422


class NotHeldBySuch(Refusal):
    code = "not-held-by-such"
    sentence = "A {holder} holds no {kind}."
    mend = "Record it where it belongs: a clinician, a billing group or a location."
    status = 422


class NotForThisProfession(Refusal):
    code = "not-for-this-profession"
    sentence = "A {profession} has no {kind}."
    mend = "Record it for the NP or PA whose agreement it is, with the physician as collaborator."
    status = 422


class DocumentTooStrange(Refusal):
    code = "document-not-readable"
    sentence = "The document is not the {media_type} that it says it is."
    mend = "Send a PDF, PNG or JPEG file as it is."
    status = 422


class OfAnother(Refusal):
    code = "credential-of-another"
    sentence = "Credential {credential_id} is not the {item} of whom this is about."
    mend = "Name the credential that was verified."
    status = 422


class NotDecidedSo(Refusal):
    code = "not-decided-so"
    sentence = "Match {match_id} is {standing}; it cannot be decided as {decision}."
    mend = "Look at what was decided before, and by whom."


class NoExclusionList(Refusal):
    code = "no-exclusion-list"
    sentence = "No list of exclusions is loaded."
    mend = "Load OIG's full list with `dermbill exclusions load FILE`."
    status = 404


class AlreadyReported(Refusal):
    code = "change-already-reported"
    sentence = "Change {change_id} was reported on {reported_on}."
    mend = "Record a further change as one of its own."


class LetterAloneSays(Refusal):
    code = "letter-alone-says"
    sentence = "Payer {payer_id} is not Medicare: its letter alone says from when an enrollment counts."
    mend = "Wait for the letter, and record its dates with `approve` or `set-dates`."


class NotSubmittedYet(Refusal):
    code = "not-submitted-yet"
    sentence = "Enrollment {enrollment_id} was not submitted yet, and its date counts from then."
    mend = "Record the submission first."
