"""What each program is told when it starts. Nothing of the user's own settings reaches a service by accident."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.databases import DatabaseUrls, urls
from stack.services import AUDIENCE, Kind, Program
from stack.workspace import Workspace

HOST = "127.0.0.1"
OPERATOR_SECRET = "issuer.operator"  # noqa: S105 - the name under which the secret is kept
SIMULATOR_SECRET = "simulator.admin"  # noqa: S105 - likewise
SIMULATOR_SFTP = "simulator.sftp"  # the name of its second port

# Meant for the stack itself, or for one service in production: never handed down.
_NOT_INHERITED = (
    "DATABASE_URL",
    "KAFKA_",
    "OIDC_",
    "SERVICE_CLIENT_",
    "PLATFORM_",
    "OWNER_",
    "SIMULATOR_",
    "HL7_",
    "PHI_",
    "PORT",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where everything of one running stack is."""

    workspace: Workspace
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    admin_url: str
    bootstrap_servers: str

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"


def environment(program: Program, around: Surroundings, services: tuple[str, ...]) -> dict[str, str]:
    """The whole environment of `program`; `services` are the names whose URLs a service is given."""
    own = {"HOST": HOST, "PORT": str(around.ports[program.name]), "PYTHONUNBUFFERED": "1"}
    return _inherited() | own | _OF_KIND[program.kind](program, around, services)


def migration_environment(programs: Iterable[Program], around: Surroundings) -> dict[str, str]:
    """The environment of `stack.migrating`, which alone is told the doors of the schema owners."""
    return _inherited() | {owner_variable(program.name): _databases(program, around).owner for program in programs}


def owner_variable(service: str) -> str:
    """The variable that holds the door of the schema owner of `service`."""
    return f"{service.upper()}_OWNER_DATABASE_URL"


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}


def _service(program: Program, around: Surroundings, services: tuple[str, ...]) -> dict[str, str]:
    databases = _databases(program, around)
    others = {f"{name.upper()}_URL": around.url(name) for name in services if name != program.name}
    # The only far side of a stack is its simulator; edi refuses every other partner address.
    if program.name == "edi" and "simulator" in around.ports:
        doors = [around.ports[name] for name in ("simulator", SIMULATOR_SFTP) if name in around.ports]
        others["EDI_ALLOWED_HOSTS"] = ",".join(f"{HOST}:{port}" for port in doors)
        others["EDI_SECRETS_FOLDER"] = str(edi_secrets(around.workspace))
        others["EDI_PUBLIC_URL"] = around.url("edi")
    others |= _hl7(program.name)
    keys, index_key = phi_keys(program.name, around.secrets)
    return others | {
        "DATABASE_URL": databases.app,
        "PLATFORM_DATABASE_URL": databases.platform,
        "KAFKA_BOOTSTRAP_SERVERS": around.bootstrap_servers,
        "OIDC_ISSUER": around.url("issuer"),
        "OIDC_AUDIENCE": AUDIENCE,
        "SERVICE_CLIENT_ID": program.name,
        "SERVICE_CLIENT_SECRET": around.secrets[f"client.{program.name}"],
        "PHI_KEYS": keys,
        "PHI_INDEX_KEY": index_key,
    }


def _hl7(service: str) -> dict[str, str]:
    """What the user says of one service's listener: `PATIENTS_HL7_LISTEN` is the `HL7_LISTEN` of patients."""
    begins = f"{service.upper()}_HL7_"
    return {name[len(begins) - 4 :]: value for name, value in os.environ.items() if name.startswith(begins)}


def phi_secrets(service: str) -> tuple[str, str]:
    """Under which names the key of a service's sealed columns and that of its look-ups are kept."""
    return f"phi.{service}.sealing", f"phi.{service}.index"


def phi_keys(service: str, secrets: Mapping[str, str]) -> tuple[str, str]:
    """A service's PHI_KEYS and PHI_INDEX_KEY. A secret that was never turned to a new key is the key alone."""
    sealing, index = phi_secrets(service)
    keys = secrets[sealing]
    return keys if ":" in keys else f"stack:{keys}", secrets[index]


def edi_secrets(workspace: Workspace) -> Path:
    """Where the passwords and keys that partners' records name are put, one file each (docs/guides/partners.md)."""
    return workspace.data("edi") / "secrets"


def _issuer(program: Program, around: Surroundings, services: tuple[str, ...]) -> dict[str, str]:
    return {
        "ISSUER_FOLDER": str(around.workspace.data("issuer")),
        "ISSUER_OPERATOR_SECRET": around.secrets[OPERATOR_SECRET],
        "OIDC_ISSUER": around.url("issuer"),
        "OIDC_AUDIENCE": AUDIENCE,
    }


def _simulator(program: Program, around: Surroundings, services: tuple[str, ...]) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name.startswith("SIMULATOR_")}
    sftp = {"SIMULATOR_SFTP_PORT": str(around.ports[SIMULATOR_SFTP])} if SIMULATOR_SFTP in around.ports else {}
    return (
        sftp
        | given
        | {
            "SIMULATOR_STATE": str(around.workspace.data("simulator")),
            "SIMULATOR_ADMIN_TOKEN": around.secrets[SIMULATOR_SECRET],
        }
    )


_OF_KIND = {Kind.SERVICE: _service, Kind.ISSUER: _issuer, Kind.SIMULATOR: _simulator}


def _databases(program: Program, around: Surroundings) -> DatabaseUrls:
    return urls(around.admin_url, program.name, around.secrets)
