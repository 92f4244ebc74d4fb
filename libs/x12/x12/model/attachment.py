"""275: information sent to a payer to support a claim or a request for authorization."""

from dataclasses import dataclass
from datetime import date

from x12.model.claim import DatedEvent
from x12.model.inquiry import Trace
from x12.model.party import Party, Reference
from x12.model.segments import Loop, Segment

PAYER, SUBMITTER, PATIENT, SUBSCRIBER = "PR", "41", "QC", "IL"
"""NM101 of those a 275 names."""


@dataclass(frozen=True, slots=True)
class AttachmentHead:
    """BGN: `purpose` BGN01 (02 sent unasked, 11 an answer to a request), `reference` BGN02, the day, the time as
    sent.
    """

    reference: str
    created: date
    purpose: str = "11"
    time: str = ""
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentParty:
    """A loop 1000: `role` NM101, who, and the days said with it (with the patient's: 472, the days of service)."""

    role: str
    party: Party
    dates: tuple[DatedEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """EFI with BIN or BDS. `content` are the bytes exactly as sent; for BDS `filter` (BDS01) says how the sender
    encoded them (B64: base 64), which is left as it is. `security` is EFI01, `format` what EFI says after it, element
    by element. `filter` is None for BIN; `content` is None where neither was sent.
    """

    content: bytes | None
    security: str = ""
    format: tuple[str, ...] = ()
    filter: str | None = None
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentCategory:
    """A loop 2100: its DTP, CAT01 `report_type` and CAT02 `format` (what kind of content), and the documents.

    `date_qualifier`, `date_form` and `date` are DTP01 to 03 as sent.
    """

    date_qualifier: str
    date_form: str
    date: str
    report_type: str = ""
    format: str = ""
    documents: tuple[AttachedDocument, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimAttachment:
    """One LX of a 275 with what the set says of everyone.

    `traces` are TRN: which claim or request it belongs to. `statuses` are STC as sent: in STC01 the code of what was
    asked for (a LOINC where its qualifier says so).
    """

    head: AttachmentHead
    parties: tuple[AttachmentParty, ...]
    number: str
    traces: tuple[Trace, ...] = ()
    statuses: tuple[Segment, ...] = ()
    references: tuple[Reference, ...] = ()
    categories: tuple[AttachmentCategory, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()

    def named(self, role: str) -> Party | None:
        """The first party in a role (NM101), such as PAYER or PATIENT."""
        return next((item.party for item in self.parties if item.role == role), None)
