"""The keys of the sealed columns, service by service: a new one in front, all sealed again, the old ones gone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from common import resealing
from common.embedded import StackError
from common.resealing import Resealed, Told
from common.vault import Vault
from stack.databases import secret_names
from stack.doors import service_doors
from stack.environment import phi_keys, phi_secrets
from stack.members import members
from stack.workspace import Workspace

KEY_BYTES = 32


def started(workspace: Workspace, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that ran here. Raises StackError when none did."""
    known = workspace.secrets(())
    found = tuple(
        name for name in names if all(secret in known for secret in (*phi_secrets(name), *secret_names(name)))
    )
    if not found:
        raise StackError(f"No service was ever started in {workspace.home}; `dermbill up` does it.")
    return found


def with_a_new_key(workspace: Workspace, names: Iterable[str], now: datetime) -> Mapping[str, str]:
    """The secrets of `names` with a new key in front of each, which seals from the next start on."""
    known, id = workspace.secrets(()), f"k{now.astimezone(UTC):%Y%m%d%H%M%S}"
    return {
        phi_secrets(name)[0]: f"{id}:{secrets.token_urlsafe(KEY_BYTES)},{phi_keys(name, known)[0]}" for name in names
    }


def with_the_first_key_alone(workspace: Workspace, names: Iterable[str]) -> Mapping[str, str]:
    known = workspace.secrets(())
    return {phi_secrets(name)[0]: phi_keys(name, known)[0].partition(",")[0] for name in names}


async def reseal(workspace: Workspace, name: str, told: Told) -> Resealed:
    """Seal everything of one service by its first key. Raises what the database raises."""
    doors, vault = service_doors(workspace, name), Vault.of(*phi_keys(name, workspace.secrets(())))
    [service] = members([name])
    return await resealing.reseal(
        service.metadata,
        vault,
        owner_url=doors.owner,
        app_url=doors.app,
        platform_url=doors.platform,
        told=told,
    )
