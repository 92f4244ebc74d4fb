"""The system account PostgreSQL runs as when we are root, which it refuses to be."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from common.embedded.children import Account
from common.embedded.errors import StackError

_NAME = "pgserver"  # the wheel's own choice, so both use the same account
_EXISTING = (_NAME, "postgres")


def server_account(cluster: Path) -> Account | None:
    """Return the account to run PostgreSQL as: None for ourselves, another when we are root.

    An existing `cluster` keeps its owner. Otherwise the account is `pgserver` or `postgres` where one exists;
    else `pgserver` is created as a system account without a login shell, or `nobody` serves where accounts
    cannot be created (a minimal container).
    """
    if os.geteuid() != 0:
        return None
    if (cluster / "PG_VERSION").exists():
        owner = cluster.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in _EXISTING:
        if found := _find(name):
            return found
    return _create() or _nobody()


def open_path_to(path: Path) -> None:
    """Let other accounts pass through the folders above `path` (search permission only, never listing)."""
    for folder in path.absolute().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _create() -> Account | None:
    useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - fixed words
    return _find(_NAME)


def _nobody() -> Account:
    account = _find("nobody")
    if account is None:
        raise StackError("PostgreSQL refuses to run as root, and no other account exists.")
    return account
