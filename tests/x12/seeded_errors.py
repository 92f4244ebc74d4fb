"""All seeded faults."""

from tests.x12.seeded_answers import CLAIM_STATUSES, FUNCTIONAL_ACKS, REMITTANCES
from tests.x12.seeded_claims import CLAIM_ELEMENTS, CLAIM_SENSE, CLAIM_STRUCTURE, ENVELOPE, REPEATED
from tests.x12.seeded_edits import Fault
from tests.x12.seeded_inquiries import COVERAGE_ANSWERS, COVERAGE_QUESTIONS, STATUS_ANSWERS

FAULTS: tuple[Fault, ...] = (
    *ENVELOPE,
    *REPEATED,
    *CLAIM_STRUCTURE,
    *CLAIM_ELEMENTS,
    *CLAIM_SENSE,
    *REMITTANCES,
    *CLAIM_STATUSES,
    *FUNCTIONAL_ACKS,
    *COVERAGE_QUESTIONS,
    *COVERAGE_ANSWERS,
    *STATUS_ANSWERS,
)
