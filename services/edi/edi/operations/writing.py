"""Bodies to interchanges: the envelope of a partner around what a service rendered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import x12
from edi.domain.kinds import SetKind
from edi.domain.numbering import ControlNumbers
from edi.domain.partner import PartnerFacts
from edi.domain.refusals import CannotBeWritten


def interchange(
    facts: PartnerFacts, numbers: ControlNumbers, kind: SetKind, bodies: Sequence[str], now: datetime
) -> bytes:
    """One interchange with one group that holds a set for every body; ST02 runs from 0001.

    Raises CannotBeWritten when a body holds a delimiter of the partner, or an identifier does not fit.
    """
    marks = facts.delimiters
    header = x12.InterchangeHeader(
        sender_qualifier=facts.ours.qualifier,
        sender=facts.ours.id,
        receiver_qualifier=facts.theirs.qualifier,
        receiver=facts.theirs.id,
        created=now.astimezone(ZoneInfo(facts.time_zone)),
        control_number=numbers.interchange,
        group_control_number=numbers.group,
        usage=facts.usage,
        group_sender=facts.ours.group_id,
        group_receiver=facts.theirs.group_id,
        delimiters=x12.Delimiters(element=marks[0], component=marks[1], segment=marks[2], repetition=marks[3]),
    )
    try:
        return x12.write_interchange(header, [x12.TransactionSet(kind.set_id, kind.version, body) for body in bodies])
    except x12.X12Error as error:
        raise CannotBeWritten(what=error.what[:1].lower() + error.what[1:]) from None
