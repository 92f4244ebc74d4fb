"""Which wire a partner is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from common.uow import UnitOfWork
from edi.domain.partner import Partner
from edi.domain.refusals import NotThisWire
from edi.operations.http_line import http_line
from edi.operations.line import Line
from edi.operations.reach import installation_of
from edi.operations.sftp_line import sftp_line

WIRES: Mapping[str, Callable[[Partner, UnitOfWork], AbstractAsyncContextManager[Line]]] = {
    "http": lambda partner, uow: http_line(partner, installation_of(uow), uow.workplace.now),
    "sftp": lambda partner, uow: sftp_line(partner, installation_of(uow)),
}


def open_line(partner: Partner, uow: UnitOfWork) -> AbstractAsyncContextManager[Line]:
    """The partner's mailbox on its wire, for the time of an `async with`.

    Entering raises what `reach.machine`, `reach.secret` and `reach.tls` raise, HostKeyWrong and RemoteUnavailable.
    Raises NotThisWire where the partner has no mailbox.
    """
    if not partner.facts.has_mailbox:
        raise NotThisWire(partner_id=partner.id, wire=partner.facts.wire)
    return WIRES[partner.facts.wire](partner, uow)
