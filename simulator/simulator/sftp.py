"""The wire over SFTP: folders of each trading partner, backed by the same memory as the wire over HTTP.

`inbound` takes what a partner sends: a file counts when it has a name that is not for the time being. `outbound` holds
what waits for the partner, `archive` what it moved there, `rejected` what it sent that is no X12.
"""

from __future__ import annotations

import asyncio
import logging
import posixpath
import re
import stat
from collections.abc import AsyncIterator, Callable
from typing import NoReturn, TypeVar

import asyncssh
from asyncssh.constants import FXF_EXCL, FXF_WRITE

import x12
from simulator.faults import CALLS, Call, Fault
from simulator.settings import Settings
from simulator.wire import LARGEST_FILE
from simulator.wire_book import FIRST_MOMENT, Entry
from simulator.world import World

log = logging.getLogger(__name__)
T = TypeVar("T")

INBOUND, OUTBOUND, ARCHIVE, REJECTED = "inbound", "outbound", "archive", "rejected"
FOLDERS = (INBOUND, OUTBOUND, ARCHIVE, REJECTED)
KEEPS_UPLOADS = "keeps uploads"

_TEMPORARY = re.compile(r"\..*|.*\.(part|partial|filepart|tmp|temp)", re.IGNORECASE)
_FOLDER_MODE, _FILE_MODE = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o644


class OpenFile:
    """A file that is being read or written; what is written is kept when it is closed, whole or not."""

    def __init__(self, folder: str, name: str, content: bytes = b"", *, kind: str = "", writes: bool = False) -> None:
        self.folder, self.name, self.kind, self.writes = folder, name, kind, writes
        self.content = bytearray(content)


class Door(asyncssh.SSHServer):
    """Lets a partner in by the key that is known for its sender id, and by nothing else."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return False

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        with self._world.store.transaction():
            known = self._world.store.keys().get(username)
        return known is not None and asyncssh.import_public_key(known).public_data == key.public_data


class PartnerFolders(asyncssh.SFTPServer):
    """What one partner sees."""

    def __init__(self, channel: asyncssh.SSHServerChannel, world: World) -> None:
        super().__init__(channel)
        self._world, self._store = world, world.store
        self._partner: str = channel.get_extra_info("username")

    async def realpath(self, path: bytes) -> bytes:
        return posixpath.normpath(posixpath.join(b"/", path))

    async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        parts = _parts(path)
        if not parts or (len(parts) == 1 and parts[0] in FOLDERS):
            return asyncssh.SFTPAttrs(permissions=_FOLDER_MODE, size=0, atime=FIRST_MOMENT, mtime=FIRST_MOMENT)
        return _attributes(await self._do(lambda: self._entry(path)))

    lstat = stat

    async def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        assert isinstance(file_obj, OpenFile)
        return asyncssh.SFTPAttrs(permissions=_FILE_MODE, size=len(file_obj.content))

    async def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Nobody's times and modes are kept."""

    async def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """Nobody's times and modes are kept."""

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        parts = _parts(path)
        if not parts:
            for folder in FOLDERS:
                yield asyncssh.SFTPName(folder.encode(), folder.encode(), await self.stat(folder.encode()))
            return
        folder = _folder(parts)
        self._note("LIST", folder)
        fault = await self._struck("listing")
        entries = await self._do(lambda: self._listed(folder))
        for entry in entries:
            yield asyncssh.SFTPName(entry.name.encode(), entry.name.encode(), _attributes(entry))
        await self._afterwards(fault)

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> OpenFile:
        folder, name = _place(path)
        if pflags & FXF_WRITE:
            if folder != INBOUND:
                raise asyncssh.SFTPPermissionDenied("Files are sent to inbound.")
            self._note("WRITE", f"{folder}/{name}")
            await self._do(lambda: self._clear_the_way(folder, name, pflags))
            return OpenFile(folder, name, writes=True)
        self._note("READ", f"{folder}/{name}")
        content, kind = await self._do(lambda: self._content(folder, name))
        return OpenFile(folder, name, content, kind=kind)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        assert isinstance(file_obj, OpenFile)
        fault = await self._struck("read", file_obj.kind) if offset == 0 else None
        if fault is not None and fault.fault == "malformed_answer":
            file_obj.content[:] = b"\x00" * len(file_obj.content)
        elif fault is not None:
            await self._afterwards(fault)
        return bytes(file_obj.content[offset : offset + size])

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        assert isinstance(file_obj, OpenFile)
        if offset + len(data) > LARGEST_FILE:
            raise asyncssh.SFTPFailure("A file holds at most 50 MiB.")
        if offset > len(file_obj.content):
            file_obj.content.extend(bytes(offset - len(file_obj.content)))
        file_obj.content[offset : offset + len(data)] = data
        if offset == 0:
            fault = await self._struck("submit", before=True)
            if fault is not None:
                del file_obj.content[len(file_obj.content) // 2 :]
                self._drop()
        return len(data)

    async def close(self, file_obj: object) -> None:
        assert isinstance(file_obj, OpenFile)
        if file_obj.writes:
            await self._do(lambda: self._written(file_obj))

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        (folder, old), (other, new) = _place(oldpath), _place(newpath)
        self._note("RENAME", f"{folder}/{old} {other}/{new}")
        if folder == other == INBOUND:
            fault = await self._struck("submit", before=False)
            await self._do(lambda: self._named(old, new))
        elif folder == OUTBOUND and other == ARCHIVE:
            fault = await self._struck("clear")
            await self._do(lambda: self._store.clear(self._entry(oldpath).key, new))
        else:
            raise asyncssh.SFTPPermissionDenied("Files are renamed in inbound, and moved from outbound to archive.")
        await self._afterwards(fault)

    async def remove(self, path: bytes) -> None:
        folder, name = _place(path)
        self._note("REMOVE", f"{folder}/{name}")
        fault = await self._struck("clear")
        await self._do(lambda: self._removed(path, folder))
        await self._afterwards(fault)

    def _removed(self, path: bytes, folder: str) -> None:
        entry = self._entry(path)
        if folder == OUTBOUND:
            self._store.clear(entry.key)
        elif folder in (INBOUND, REJECTED):
            self._store.drop_upload(entry.key)
        else:
            raise asyncssh.SFTPPermissionDenied("The archive is kept.")

    def _listed(self, folder: str) -> list[Entry]:
        if folder == OUTBOUND:
            return self._store.outbound(self._partner)
        if folder == ARCHIVE:
            return self._store.cleared(self._partner)
        return self._store.uploads(self._partner, folder)

    def _entry(self, path: bytes) -> Entry:
        folder, name = _place(path)
        for entry in self._listed(folder):
            if entry.name == name:
                return entry
        raise asyncssh.SFTPNoSuchFile("No such file.")

    def _content(self, folder: str, name: str) -> tuple[bytes, str]:
        entry = self._entry(f"{folder}/{name}".encode())
        if folder in (OUTBOUND, ARCHIVE):
            return self._store.file_at(entry.key), self._store.kind_at(entry.key)
        return self._store.upload(entry.key), ""

    def _clear_the_way(self, folder: str, name: str, pflags: int) -> None:
        there = any(entry.name == name for entry in self._listed(folder))
        if there and pflags & FXF_EXCL:
            raise asyncssh.SFTPFailure("There is a file of that name.")

    def _written(self, file: OpenFile) -> None:
        content = bytes(file.content)
        if _TEMPORARY.fullmatch(file.name):
            self._store.save_upload(self._partner, file.folder, file.name, content)
        else:
            self._take(file.name, content)

    def _named(self, old: str, new: str) -> None:
        entry = self._entry(f"{INBOUND}/{old}".encode())
        if any(other.name == new for other in self._listed(INBOUND)):
            raise asyncssh.SFTPFailure("There is a file of that name.")
        content = self._store.upload(entry.key)
        self._store.drop_upload(entry.key)
        if _TEMPORARY.fullmatch(new):
            self._store.save_upload(self._partner, INBOUND, new, content)
        else:
            self._take(new, content)

    def _take(self, name: str, content: bytes) -> None:
        """The clearinghouse has a file; it is gone from the folder at once, unless a test wants it to stay."""
        try:
            sender = x12.sniff(content).interchange.sender
            if sender != self._partner:
                raise asyncssh.SFTPPermissionDenied("The file is another partner's.")
            with self._store.attempt():
                self._world.take(content)
        except x12.X12Error:
            self._store.save_upload(self._partner, REJECTED, name, content)
            return
        if self._store.meta(KEEPS_UPLOADS):
            self._store.save_upload(self._partner, INBOUND, name, content)

    async def _do(self, work: Callable[[], T]) -> T:
        def inside() -> T:
            with self._store.transaction():
                return work()

        return await asyncio.to_thread(inside)

    def _note(self, verb: str, what: str) -> None:
        self._world.asked.append(f"SFTP {verb} {what}")

    async def _struck(self, call: Call, kind: str = "", *, before: bool | None = None) -> Fault | None:
        """The fault that strikes this call; what keeps it from being done is answered from here.

        A submission is two calls, writing and renaming: it is struck at the first of them `before` it is done, and at
        the second after it.
        """
        fault = await self._do(lambda: self._store.struck_by(CALLS, self._partner, kind=kind, call=call, before=before))
        if fault is None or not fault.before:
            return fault
        if fault.fault == "disconnect":
            return fault if call == "submit" else self._drop()
        if fault.fault == "hang":
            await asyncio.sleep(fault.seconds)
        if fault.fault == "refused":
            raise asyncssh.SFTPPermissionDenied("The clearinghouse refuses.")
        raise asyncssh.SFTPFailure("The clearinghouse is not available.")

    async def _afterwards(self, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.fault == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault.fault == "disconnect":
            self._drop()
        elif fault.fault in ("answer_lost", "malformed_answer"):
            raise asyncssh.SFTPFailure("The clearinghouse lost the answer.")

    def _drop(self) -> NoReturn:
        """The connection breaks here and now."""
        self.connection.abort()
        raise asyncssh.SFTPConnectionLost("The connection broke.")


async def serve(world: World, settings: Settings) -> asyncssh.SSHAcceptor | None:
    """Listen for partners on the port that the settings name; None when they name none."""
    if settings.sftp_port is None:
        return None
    return await asyncssh.listen(
        settings.host,
        settings.sftp_port,
        server_factory=lambda: Door(world),
        server_host_keys=[asyncssh.import_private_key(host_key(world))],
        sftp_factory=lambda channel: PartnerFolders(channel, world),
        login_timeout=20,
        keepalive_interval=10,
    )


def host_key(world: World) -> str:
    """The server's private key, made on the first start and the same ever after."""
    with world.store.transaction():
        known = world.store.host_key()
        if known is None:
            known = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
            world.store.set_host_key(known)
    return known


def public_host_key(world: World) -> str:
    """The line that partners pin."""
    key = asyncssh.import_private_key(host_key(world))
    return key.export_public_key().decode().strip()


def _parts(path: bytes) -> list[str]:
    whole = posixpath.normpath(posixpath.join("/", path.decode("utf-8", "replace")))
    return [part for part in whole.split("/") if part]


def _folder(parts: list[str]) -> str:
    if len(parts) != 1 or parts[0] not in FOLDERS:
        raise asyncssh.SFTPNoSuchFile("No such folder.")
    return parts[0]


def _place(path: bytes) -> tuple[str, str]:
    parts = _parts(path)
    if len(parts) != 2 or parts[0] not in FOLDERS:
        raise asyncssh.SFTPNoSuchFile("No such file.")
    return parts[0], parts[1]


def _attributes(entry: Entry) -> asyncssh.SFTPAttrs:
    return asyncssh.SFTPAttrs(permissions=_FILE_MODE, size=entry.size, atime=entry.at, mtime=entry.at)
