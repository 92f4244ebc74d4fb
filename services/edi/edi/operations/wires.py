"""Which wire a partner is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from edi.domain.partner import Partner
from edi.operations.http_line import http_line
from edi.operations.line import Line
from edi.operations.reach import Installation
from edi.operations.sftp_line import sftp_line

WIRES: Mapping[str, Callable[[Partner, Installation], AbstractAsyncContextManager[Line]]] = {
    "http": http_line,
    "sftp": sftp_line,
}


def open_line(partner: Partner, installation: Installation) -> AbstractAsyncContextManager[Line]:
    """The partner's mailbox on its wire, for the time of an `async with`.

    Entering raises what `reach.machine` and `reach.secret` raise, HostKeyWrong and RemoteUnavailable.
    """
    return WIRES[partner.facts.wire](partner, installation)
