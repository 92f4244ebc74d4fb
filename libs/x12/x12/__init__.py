"""Streaming X12 005010 reader, writer and validator."""

from x12.ack_reader import read_claim_acks, read_functional_acks
from x12.ack_writer import render_claim_acks_body, render_functional_ack_body
from x12.acknowledge import acknowledge, acknowledge_claims, acknowledge_interchange
from x12.attachment_reader import read_attachments
from x12.attachment_writer import render_attachments_body
from x12.authorization_reader import read_authorization_decisions, read_authorization_requests
from x12.authorization_writer import render_authorization_decisions_body, render_authorization_requests_body
from x12.balance import ChequeBalance, claim_imbalances, payment_imbalances, remittance_imbalances
from x12.claim_reader import ReceivedClaim, read_claims
from x12.claim_status_reader import read_claim_status_inquiries, read_claim_statuses
from x12.claim_status_writer import render_claim_status_inquiries_body, render_claim_statuses_body
from x12.claim_writer import render_claims_body
from x12.delimiters import CANONICAL, Delimiters
from x12.eligibility_reader import read_eligibility_answers, read_eligibility_inquiries
from x12.eligibility_writer import render_eligibility_answers_body, render_eligibility_inquiries_body
from x12.envelope import GroupEnd, InterchangeEnd, SetEnd, read_events
from x12.errors import (
    BadDelimiters,
    BadElement,
    DelimiterInData,
    EnvelopeBroken,
    LimitExceeded,
    MissingSegment,
    NotX12,
    Position,
    WriteRefused,
    X12Error,
)
from x12.explain import Explanation, explain
from x12.explain import as_json as explanation_as_json
from x12.explain import as_text as explanation_as_text
from x12.findings import Finding
from x12.institutional_reader import read_institutional_claims
from x12.interchanges import (
    GroupSummary,
    InterchangeSummary,
    SetSummary,
    Sniffed,
    read_interchange_acks,
    read_interchanges,
    sniff,
)
from x12.model.acknowledgement import (
    AckSource,
    ClaimAck,
    ClaimAckPart,
    Context,
    ElementError,
    FunctionalAck,
    InterchangeAck,
    LevelAck,
    LineAck,
    SegmentError,
    SetAck,
    Status,
    StatusReport,
)
from x12.model.adjustment import Adjustment
from x12.model.attachment import (
    AttachedDocument,
    AttachmentCategory,
    AttachmentHead,
    AttachmentParty,
    ClaimAttachment,
)
from x12.model.authorization import (
    AuthorizationDecision,
    AuthorizationRequest,
    EventDiagnosis,
    EventParty,
    PatientEvent,
    Review,
    ReviewDecision,
    ReviewLine,
    ServiceReview,
)
from x12.model.claim import (
    Attachment,
    BillingProvider,
    Claim837P,
    DatedEvent,
    Diagnosis,
    Drug,
    Note,
    Patient,
    RelatedCauses,
    ServiceLine,
    Submission,
    Subscriber,
)
from x12.model.claim_status import (
    ClaimStatusAnswer,
    ClaimStatusInquiry,
    ClaimStatusPart,
    ClaimStatusReport,
    LevelStatus,
    StatusLevel,
    StatusLine,
    StatusPerson,
)
from x12.model.coordination import LineAdjudication, OtherCoverage, PayerProvider
from x12.model.eligibility import (
    Benefit,
    Condition,
    Delivery,
    EligibilityAnswer,
    EligibilityInquiry,
    InformationReceiver,
    InformationSource,
    Member,
    Rejection,
    RelatedEntity,
    ServiceInquiry,
)
from x12.model.envelope import (
    Envelope,
    Group,
    Interchange,
    InterchangeHeader,
    Received,
    SetHeader,
    TransactionSet,
)
from x12.model.inquiry import Person, Trace, TransactionHead
from x12.model.institutional import ClaimCode, InstitutionalClaim, InstitutionalLine
from x12.model.party import Address, Contact, Party, Reference
from x12.model.procedure import Procedure
from x12.model.remittance import (
    BankAccount,
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    RemittanceAdvice,
    RemittancePart,
    ServicePayment,
)
from x12.model.segments import Loop, Segment
from x12.remittance_reader import read_remittance_advices, read_remittances
from x12.remittance_writer import render_remittance_body
from x12.tokens import DEFAULT_LIMITS, Limits
from x12.validate import GroupReport, InterchangeReport, SetReport, examine, validate
from x12.verdicts import JudgedClaim, judge_claims
from x12.writer import write_interchange, write_interchange_acks

ATTACHMENT_VERSION = "006020X314"
CLAIM_VERSION = "005010X222A1"
REMITTANCE_VERSION = "005010X221A1"
FUNCTIONAL_ACK_VERSION = "005010X231A1"
ELIGIBILITY_VERSION = "005010X279A1"
CLAIM_STATUS_VERSION = "005010X212"
AUTHORIZATION_VERSION = "005010X217"
AUTHORIZATION_NOTICE_VERSION = "005010X216"
AUTHORIZATION_INQUIRY_VERSION = "005010X215"
INSTITUTIONAL_VERSION = "005010X223A2"
CLAIM_ACK_VERSION = "005010X214"

__all__ = [
    "ATTACHMENT_VERSION",
    "AUTHORIZATION_INQUIRY_VERSION",
    "AUTHORIZATION_NOTICE_VERSION",
    "AUTHORIZATION_VERSION",
    "CANONICAL",
    "CLAIM_ACK_VERSION",
    "CLAIM_STATUS_VERSION",
    "CLAIM_VERSION",
    "DEFAULT_LIMITS",
    "ELIGIBILITY_VERSION",
    "FUNCTIONAL_ACK_VERSION",
    "INSTITUTIONAL_VERSION",
    "REMITTANCE_VERSION",
    "AckSource",
    "Address",
    "Adjustment",
    "AttachedDocument",
    "Attachment",
    "AttachmentCategory",
    "AttachmentHead",
    "AttachmentParty",
    "AuthorizationDecision",
    "AuthorizationRequest",
    "BadDelimiters",
    "BadElement",
    "BankAccount",
    "Benefit",
    "BillingProvider",
    "ChequeBalance",
    "Claim837P",
    "ClaimAck",
    "ClaimAckPart",
    "ClaimAttachment",
    "ClaimCode",
    "ClaimPayment",
    "ClaimStatusAnswer",
    "ClaimStatusInquiry",
    "ClaimStatusPart",
    "ClaimStatusReport",
    "Condition",
    "Contact",
    "Context",
    "DatedEvent",
    "DelimiterInData",
    "Delimiters",
    "Delivery",
    "Diagnosis",
    "Drug",
    "ElementError",
    "EligibilityAnswer",
    "EligibilityInquiry",
    "Envelope",
    "EnvelopeBroken",
    "EventDiagnosis",
    "EventParty",
    "Explanation",
    "Finding",
    "FunctionalAck",
    "Group",
    "GroupEnd",
    "GroupReport",
    "GroupSummary",
    "InformationReceiver",
    "InformationSource",
    "InstitutionalClaim",
    "InstitutionalLine",
    "Interchange",
    "InterchangeAck",
    "InterchangeEnd",
    "InterchangeHeader",
    "InterchangeReport",
    "InterchangeSummary",
    "JudgedClaim",
    "LevelAck",
    "LevelStatus",
    "LimitExceeded",
    "Limits",
    "LineAck",
    "LineAdjudication",
    "Loop",
    "Member",
    "MissingSegment",
    "NotX12",
    "Note",
    "OtherCoverage",
    "Party",
    "Patient",
    "PatientEvent",
    "PayerProvider",
    "Person",
    "Position",
    "Procedure",
    "ProviderAdjustment",
    "Received",
    "ReceivedClaim",
    "Reference",
    "Rejection",
    "RelatedCauses",
    "RelatedEntity",
    "Remittance",
    "RemittanceAdvice",
    "RemittancePart",
    "Review",
    "ReviewDecision",
    "ReviewLine",
    "Segment",
    "SegmentError",
    "ServiceInquiry",
    "ServiceLine",
    "ServicePayment",
    "ServiceReview",
    "SetAck",
    "SetEnd",
    "SetHeader",
    "SetReport",
    "SetSummary",
    "Sniffed",
    "Status",
    "StatusLevel",
    "StatusLine",
    "StatusPerson",
    "StatusReport",
    "Submission",
    "Subscriber",
    "Trace",
    "TransactionHead",
    "TransactionSet",
    "WriteRefused",
    "X12Error",
    "acknowledge",
    "acknowledge_claims",
    "acknowledge_interchange",
    "claim_imbalances",
    "examine",
    "explain",
    "explanation_as_json",
    "explanation_as_text",
    "judge_claims",
    "payment_imbalances",
    "read_attachments",
    "read_authorization_decisions",
    "read_authorization_requests",
    "read_claim_acks",
    "read_claim_status_inquiries",
    "read_claim_statuses",
    "read_claims",
    "read_eligibility_answers",
    "read_eligibility_inquiries",
    "read_events",
    "read_functional_acks",
    "read_institutional_claims",
    "read_interchange_acks",
    "read_interchanges",
    "read_remittance_advices",
    "read_remittances",
    "remittance_imbalances",
    "render_attachments_body",
    "render_authorization_decisions_body",
    "render_authorization_requests_body",
    "render_claim_acks_body",
    "render_claim_status_inquiries_body",
    "render_claim_statuses_body",
    "render_claims_body",
    "render_eligibility_answers_body",
    "render_eligibility_inquiries_body",
    "render_functional_ack_body",
    "render_remittance_body",
    "sniff",
    "validate",
    "write_interchange",
    "write_interchange_acks",
]
