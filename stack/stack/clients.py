"""Who may ask the development issuer for tokens, as files that the stack and the operator write."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stack.workspace import write_private


@dataclass(frozen=True, slots=True)
class Client:
    """Who may ask for tokens: `practices` are uuids or `*`; `subject` is the person it speaks for, if one."""

    client_id: str
    secret_sha256: str
    scopes: tuple[str, ...]
    practices: tuple[str, ...]
    subject: str


def new_client(
    client_id: str, secret: str, scopes: tuple[str, ...], practices: tuple[str, ...], *, subject: str = ""
) -> Client:
    """A client whose secret is kept as a hash only (it is random: nothing to guess)."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return Client(client_id, digest, scopes, practices, subject or client_id)


def write_clients(path: Path, clients: Mapping[str, Client]) -> None:
    """Replace the clients of a file."""
    write_private(path, json.dumps({name: asdict(client) for name, client in clients.items()}, indent=2))


def read_clients(path: Path) -> dict[str, Client]:
    """The clients of a file by id; none when there is no file."""
    if not path.exists():
        return {}
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return {
        name: Client(
            entry["client_id"],
            entry["secret_sha256"],
            tuple(entry["scopes"]),
            tuple(entry["practices"]),
            entry["subject"],
        )
        for name, entry in entries.items()
    }
