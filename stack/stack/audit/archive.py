"""The archive of edi, opened with edi's keys: what was sealed names people, and the audit reads it again."""

from collections.abc import Mapping

from sqlalchemy import RowMapping

from common.embedded import StackError
from common.vault import CannotOpen, Vault
from edi.sealing import open_content
from stack.environment import phi_keys, phi_secrets
from stack.workspace import Workspace

Vaults = Mapping[str, Vault]
"""Service name -> its keys."""


def vaults_of(workspace: Workspace) -> Vaults:
    """The keys of this workspace. Raises StackError when edi was never started here."""
    known = workspace.secrets(())
    if any(name not in known for name in phi_secrets("edi")):
        raise StackError(f"edi was never started in {workspace.home}; `dermbill up` does it.")
    return {"edi": Vault.of(*phi_keys("edi", known))}


def opened(vaults: Vaults, row: RowMapping) -> bytes | None:
    """The interchange of a row with practice_id, archive_id, sealed, start and size; None when it does not open.

    What was changed in the archive, or moved there, does not. Raises StackError when the keys of edi were not given.
    """
    if "edi" not in vaults:
        raise StackError("The archive of edi is sealed, and its keys were not given.")
    try:
        content = open_content(vaults["edi"], row["practice_id"], row["archive_id"], row["sealed"])
    except CannotOpen:
        return None
    return content[row["start"] : row["start"] + row["size"]]
