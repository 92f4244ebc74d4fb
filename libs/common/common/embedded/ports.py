"""Loopback ports and disk space: taken, or refused with a sentence."""

import random
import shutil
import socket
from collections.abc import Collection
from pathlib import Path

from common.embedded.errors import StackError

HOST = "127.0.0.1"
_NEEDED_BYTES = 256 * 1024 * 1024


# Below the range from which outgoing connections take theirs (Linux 32768 up, others 49152 up): a client must
# not sit on a server's port while that server restarts.
_LOWEST, _HIGHEST = 15_000, 32_000


def free_port(*, avoid: Collection[int] = (), lowest: int | None = None) -> int:
    """Return a loopback TCP port nobody listens on and that is not in `avoid`.

    With `lowest` it is the first such port from there on; without, one at random so that runs keep apart.
    """
    start = lowest or random.randint(_LOWEST, _HIGHEST)  # noqa: S311 - not a secret
    for port in [*range(start, _HIGHEST + 1), *range(_LOWEST, start)]:
        if port not in avoid and is_free(port):
            return port
    raise StackError(f"No free port was found on {HOST}.")


def is_free(port: int) -> bool:
    """Tell whether `port` can be listened on now; sockets of a server that just ended do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def ensure_free(port: int, wanted_by: str) -> None:
    """Raise StackError when another program listens on `port`."""
    if not is_free(port):
        raise StackError(f"Port {port} on {HOST}, wanted by {wanted_by}, is in use by another program.")


def ensure_space(folder: Path, *, needed: int = _NEEDED_BYTES) -> None:
    """Raise StackError when the disk of `folder` has less than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StackError(
            f"The disk of {folder} is full: {free // 2**20} MB are left and {needed // 2**20} MB are needed."
        )
