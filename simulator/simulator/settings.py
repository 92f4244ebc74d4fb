"""What the process is told by its environment; it refuses to start without it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS_IN_A_DAY = 86_400.0
SHORTEST_DAY = 0.01
_TLS_PARTS = ("CERTIFICATE", "KEY", "CLIENT_AUTHORITY")


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of PEM: who we are, and, with `client_authority`, who vouches for everybody who may connect."""

    certificate: Path
    key: Path
    client_authority: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """`state` is a file, or a folder that is to hold it.

    `submitters` maps a sender id to its token; empty means that the wire over HTTP asks for none. `sftp_port` is where
    the wire over SFTP listens; there is none without it, and 0 takes a free one. With `tls` HTTP is HTTPS.
    """

    state: Path
    admin_token: str
    host: str = "127.0.0.1"
    port: int = 8090
    day_seconds: float = SECONDS_IN_A_DAY
    seed: int = 1
    submitters: Mapping[str, str] | None = None
    sftp_port: int | None = None
    tls: Tls | None = None


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read HOST, PORT and SIMULATOR_{STATE, ADMIN_TOKEN, DAY_SECONDS, SEED, SUBMITTERS, SFTP_PORT, TLS_CERTIFICATE,
    TLS_KEY, TLS_CLIENT_AUTHORITY}.

    SUBMITTERS is `sender:token` pairs with commas between. Raises ValueError with a sentence to act on.
    """
    given = os.environ if environment is None else environment
    for name in ("SIMULATOR_STATE", "SIMULATOR_ADMIN_TOKEN"):
        if not given.get(name):
            raise ValueError(f"Set {name}.")
    day_seconds = float(given.get("SIMULATOR_DAY_SECONDS", SECONDS_IN_A_DAY))
    if not SHORTEST_DAY <= day_seconds < float("inf"):
        raise ValueError(f"SIMULATOR_DAY_SECONDS is {SHORTEST_DAY} or more.")
    return Settings(
        state=Path(given["SIMULATOR_STATE"]),
        admin_token=given["SIMULATOR_ADMIN_TOKEN"],
        host=given.get("HOST", "127.0.0.1"),
        port=int(given.get("PORT", "8090")),
        day_seconds=day_seconds,
        seed=int(given.get("SIMULATOR_SEED", "1")),
        submitters=_submitters(given.get("SIMULATOR_SUBMITTERS", "")),
        sftp_port=int(given["SIMULATOR_SFTP_PORT"]) if given.get("SIMULATOR_SFTP_PORT") else None,
        tls=_tls(given),
    )


def _tls(given: Mapping[str, str]) -> Tls | None:
    certificate, key, authority = (given.get(f"SIMULATOR_TLS_{part}") for part in _TLS_PARTS)
    if not certificate and not key and not authority:
        return None
    if not certificate or not key:
        raise ValueError("Set SIMULATOR_TLS_CERTIFICATE and SIMULATOR_TLS_KEY.")
    return Tls(Path(certificate), Path(key), Path(authority) if authority else None)


def _submitters(text: str) -> Mapping[str, str]:
    pairs = [pair.partition(":") for pair in text.split(",") if pair]
    if any(not sender or not token for sender, _, token in pairs):
        raise ValueError("SIMULATOR_SUBMITTERS is sender:token pairs with commas between.")
    return {sender: token for sender, _, token in pairs}
