"""The wire over SFTP: a file appears under its own name whole or not at all, and what we have is cleared away.

The one module that speaks SSH. Keys of the server are pinned, ours comes from a secret file, and nothing of the
account that runs the service (its ~/.ssh, its agent) has a part in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from stat import S_ISREG
from typing import Any

import asyncssh

from common.failpoints import failpoint
from common.http import RemoteRefusal, RemoteUnavailable
from edi.domain.access import Folders
from edi.domain.partner import Partner
from edi.domain.refusals import ControlNumberTaken, HostKeyWrong, SecretMissing
from edi.operations.line import (
    CALL_SECONDS,
    HANDED_OVER,
    LARGEST_FILE,
    STAGED,
    TOO_LARGE,
    UNFINISHED,
    UPLOADED,
    Listed,
    Listing,
    Parcel,
    Staged,
)
from edi.operations.reach import Installation, machine, secret

CONNECT_SECONDS, LOGIN_SECONDS = 10.0, 15.0
CHUNK = 256 * 1024

# Names that programs give to a file while they still write it.
_UNFINISHED_NAME = re.compile(r"\..*|.*\.(part|partial|filepart|tmp|temp|writing)", re.IGNORECASE)
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")
FORBIDDEN, NOT_FOUND = 403, 404

_REFUSED: dict[type[asyncssh.SFTPError], tuple[int, str]] = {
    asyncssh.SFTPNoSuchFile: (NOT_FOUND, "no-such-folder"),
    asyncssh.SFTPNoSuchPath: (NOT_FOUND, "no-such-folder"),
    asyncssh.SFTPPermissionDenied: (FORBIDDEN, "folder-closed"),
    asyncssh.SFTPWriteProtect: (FORBIDDEN, "folder-closed"),
}


@asynccontextmanager
async def sftp_line(partner: Partner, installation: Installation) -> AsyncGenerator[SftpLine, None]:
    """The partner's server, connected to where its name leads now. Raises HostKeyWrong, RemoteUnavailable."""
    place, found = await machine(partner, partner.facts.base_url, installation)
    options = _options(partner, installation)
    with _told(partner):
        async with asyncio.timeout(CALL_SECONDS):
            connection = await asyncssh.connect(found, place.port, **options)
    try:
        with _call(connection, partner):
            sftp = await connection.start_sftp_client()
        yield SftpLine(connection, sftp, partner, place.path.strip("/"))
    finally:
        connection.close()
        with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
            await asyncio.wait_for(connection.wait_closed(), 2.0)


def _options(partner: Partner, installation: Installation) -> dict[str, Any]:
    access, folders = partner.facts.access, partner.facts.folders or Folders()
    held = secret(access.secret, installation)
    try:
        key = asyncssh.import_private_key(held + "\n")
        pinned = [asyncssh.import_public_key(line) for line in folders.host_keys]
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise SecretMissing(secret=access.secret) from None
    return {
        "username": access.user,
        "client_keys": [key],
        "known_hosts": (pinned, [], []),
        "config": None,
        "agent_path": None,
        "gss_host": None,
        "preferred_auth": "publickey",
        "connect_timeout": CONNECT_SECONDS,
        "login_timeout": LOGIN_SECONDS,
        "keepalive_interval": 5,
        "keepalive_count_max": 2,
    }


@contextlib.contextmanager
def _told(partner: Partner) -> Generator[None]:
    """What goes wrong on an SSH connection, in the terms of every wire."""
    try:
        yield
    except asyncssh.HostKeyNotVerifiable:
        raise HostKeyWrong(partner_id=partner.id) from None
    except asyncssh.PermissionDenied:
        raise RemoteUnavailable("partner", "access-denied") from None
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
        raise RemoteUnavailable("partner", "broken-connection") from None
    except asyncssh.SFTPError as fault:
        refused = _REFUSED.get(type(fault))
        if refused is not None:
            raise RemoteRefusal(*refused, "partner") from None
        raise RemoteUnavailable("partner", f"sftp-{fault.code}") from None
    except TimeoutError:
        raise RemoteUnavailable("partner", "timeout") from None
    except (asyncssh.Error, ConnectionResetError, BrokenPipeError):
        raise RemoteUnavailable("partner", "broken-connection") from None
    except OSError:
        raise RemoteUnavailable("partner", "unreachable") from None


@contextlib.contextmanager
def _call(connection: asyncssh.SSHClientConnection, partner: Partner) -> Generator[None]:
    """One call, given up with its whole connection when its time has passed.

    A cancelled call would still wait for the server to close what it had opened, which one that hangs never does.
    """
    expired = False

    def give_up() -> None:
        nonlocal expired
        expired = True
        connection.abort()

    watch = asyncio.get_running_loop().call_later(CALL_SECONDS, give_up)
    try:
        with _told(partner):
            yield
    except RemoteUnavailable:
        if expired:
            raise RemoteUnavailable("partner", "timeout") from None
        raise
    finally:
        watch.cancel()


class SftpLine:
    """A partner's folders, open. See `line.Line`."""

    keeps = False

    def __init__(
        self, connection: asyncssh.SSHClientConnection, sftp: asyncssh.SFTPClient, partner: Partner, base: str
    ) -> None:
        self._connection, self._sftp, self._partner = connection, sftp, partner
        folders = partner.facts.folders or Folders()
        self._upload, self._pickup = _below(base, folders.upload), _below(base, folders.pickup)
        self._archive = _below(base, folders.archive) if folders.archive else None

    def _call(self) -> contextlib.AbstractContextManager[None]:
        return _call(self._connection, self._partner)

    async def hand_over(self, parcel: Parcel, staged: Staged) -> None:
        final = f"{self._upload}/{_own_name(parcel)}"
        if parcel.attempt > 1 and await self._is_there(final, parcel):
            return
        if parcel.staged is not None:
            # The whole file was there under that name, and only giving it its own takes it away.
            await self._give_its_name(_for_the_time_being(final, parcel.staged), final, parcel)
            return
        waiting = _for_the_time_being(final, parcel.attempt)
        await self._write(waiting, parcel.content)
        failpoint(UPLOADED)
        await staged()
        failpoint(STAGED)
        await self._give_its_name(waiting, final, parcel)
        failpoint(HANDED_OVER)
        await self._tidy(final, parcel.attempt)

    async def _is_there(self, final: str, parcel: Parcel) -> bool:
        size = await self._size(final)
        if size is not None and size != len(parcel.content):
            raise ControlNumberTaken(partner_id=self._partner.id, control=parcel.control)
        return size is not None

    async def _write(self, path: str, content: bytes) -> None:
        with self._call():
            async with self._sftp.open(path, "wb") as file:
                for at in range(0, len(content), CHUNK):
                    await file.write(content[at : at + CHUNK])
        if await self._size(path) != len(content):
            raise RemoteUnavailable("partner", "short-upload")

    async def _give_its_name(self, waiting: str, final: str, parcel: Parcel) -> None:
        """Rename, so that the partner sees it. Where the name for the time being is gone, that was done before."""
        try:
            with self._call():
                await self._sftp.rename(waiting, final)
        except RemoteRefusal as refusal:
            if refusal.status != NOT_FOUND:
                raise
            # The folder itself may be what is missing.
            with self._call():
                await self._sftp.stat(self._upload)
        except RemoteUnavailable:
            # Servers of version 3 answer a name that is taken with a failure that says no more than that.
            if not await self._is_there(final, parcel):
                raise

    async def _tidy(self, final: str, attempts: int) -> None:
        """What attempts that ended in the middle left behind."""
        for attempt in range(1, attempts):
            with contextlib.suppress(RemoteRefusal, RemoteUnavailable), self._call():
                await self._sftp.remove(_for_the_time_being(final, attempt))

    async def _size(self, path: str) -> int | None:
        attributes = await self._attributes(path)
        return attributes.size if attributes is not None else None

    async def _attributes(self, path: str) -> asyncssh.SFTPAttrs | None:
        with self._call():
            try:
                return await self._sftp.stat(path)
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                return None

    async def listing(self, after: str | None, limit: int) -> Listing:
        with self._call():
            entries = await self._sftp.readdir(self._pickup)
        listed = [_listed(entry) for entry in entries if _is_finished(entry)]
        return Listing(tuple(sorted(listed, key=lambda each: (each.changed_at or 0, each.name))[:limit]))

    async def read(self, listed: Listed) -> bytes:
        if listed.size is not None and listed.size > LARGEST_FILE:
            raise RemoteUnavailable("partner", TOO_LARGE)
        path = f"{self._pickup}/{listed.name}"
        with self._call():
            async with self._sftp.open(path, "rb") as file:
                content = bytes(await file.read(LARGEST_FILE + 1))
        if len(content) > LARGEST_FILE:
            raise RemoteUnavailable("partner", TOO_LARGE)
        if listed.size is not None and len(content) != listed.size:
            raise RemoteUnavailable("partner", UNFINISHED)
        return content

    async def clear(self, listed: Listed) -> None:
        path = f"{self._pickup}/{listed.name}"
        now = await self._attributes(path)
        if now is None or (now.size, now.mtime) != (listed.size, listed.changed_at):
            return
        with self._call():
            if self._archive is None:
                await self._sftp.remove(path)
            else:
                await self._sftp.rename(path, f"{self._archive}/{listed.changed_at}-{listed.name}")


def _below(base: str, folder: str) -> str:
    return f"{base}/{folder}" if base else folder


def _own_name(parcel: Parcel) -> str:
    """One name for one interchange, the same in every attempt: sender, ISA13 and the beginning of its digest."""
    return f"{_NOT_IN_NAMES.sub('-', parcel.sender)}_{parcel.control}_{parcel.sha256[:12]}.x12"


def _for_the_time_being(final: str, attempt: int) -> str:
    """Each attempt writes a file of its own: one that was thought dead must not write into another's."""
    folder, _, name = final.rpartition("/")
    return f"{folder}/.{name}.{attempt}.part"


def _is_finished(entry: asyncssh.SFTPName) -> bool:
    name, mode = str(entry.filename), entry.attrs.permissions
    regular = mode is None or S_ISREG(mode) or mode < 0o1000
    return regular and bool(_NAME.fullmatch(name)) and not _UNFINISHED_NAME.fullmatch(name)


def _listed(entry: asyncssh.SFTPName) -> Listed:
    return Listed(str(entry.filename), size=entry.attrs.size, changed_at=entry.attrs.mtime)
