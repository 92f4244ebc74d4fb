"""The folder `.dermbill`: data, logs, ports, secrets and state of one stack on this machine."""

import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from common.embedded import free_port

FIRST_PORT = 18_000
# Two stacks that start at the same moment find the same ports free; each looks from a place of its own.
_PLACES, _PORTS_EACH = 60, 20
_LARGEST_LOG = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places of one stack, below `home`."""

    home: Path

    @property
    def state_file(self) -> Path:
        return self.home / "state.json"

    @property
    def lock_file(self) -> Path:
        return self.home / "supervisor.lock"

    def data(self, name: str) -> Path:
        """The data folder of one server or program."""
        return self.home / name

    def log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def prepare(self) -> None:
        """Make the folders; a log that has grown large is set aside as `<name>.log.1`."""
        (self.home / "logs").mkdir(parents=True, exist_ok=True)
        for log in (self.home / "logs").glob("*.log"):
            if log.stat().st_size > _LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))

    def ports(self, names: Iterable[str]) -> dict[str, int]:
        """The port of each name: the one of the last run, or a new free one."""
        known = self.known_ports()
        first = FIRST_PORT + crc32(bytes(self.home)) % _PLACES * _PORTS_EACH
        for name in names:
            if name not in known:
                known[name] = free_port(avoid=known.values(), lowest=first)
        write_private(self.home / "ports.json", json.dumps(known, indent=2))
        return known

    def known_ports(self) -> dict[str, int]:
        """The ports of the last run, by name; empty before the first."""
        path = self.home / "ports.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def forget_ports(self) -> None:
        """Let the next start choose its ports anew."""
        (self.home / "ports.json").unlink(missing_ok=True)

    def secrets(self, names: Iterable[str]) -> dict[str, str]:
        """The generated secret of each name, made where missing, kept readable by the owner alone."""
        path = self.home / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [name for name in names if name not in known]
        known |= {name: secrets.token_urlsafe(32) for name in missing}
        if missing:
            write_private(path, json.dumps(known, indent=2))
        return known

    def replace_secrets(self, changed: Mapping[str, str]) -> None:
        """Put these in the place of those of their names."""
        write_private(self.home / "secrets.json", json.dumps(self.secrets(()) | dict(changed), indent=2))

    def state(self) -> dict[str, Any]:
        """What the supervisor wrote last; empty when there was none."""
        try:
            return json.loads(self.state_file.read_text())
        except FileNotFoundError:
            return {}

    def write_state(self, state: Mapping[str, Any]) -> None:
        write_private(self.state_file, json.dumps(state, indent=2))


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner alone; a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
