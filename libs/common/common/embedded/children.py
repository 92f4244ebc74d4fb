"""Child processes that cannot outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from common.embedded.errors import StackError

Signal = signal.Signals

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Account:
    """The system user and group a server runs as."""

    uid: int
    gid: int


def process_stamp(pid: int) -> float | None:
    """Return when process `pid` started, in seconds, or None when there is none.

    With the pid it names one process for ever: a recycled pid has another start. On Linux it counts from the
    boot, so that setting the machine's clock does not change it.
    """
    if sys.platform == "linux":
        return _stamp_on_linux(pid)
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def _stamp_on_linux(pid: int) -> float | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # See proc_pid_stat(5): the name in parentheses may hold anything; after it come the state and, 19 on, the start.
    state, *others = text.rpartition(")")[2].split()
    return None if state in "ZX" else int(others[18]) / os.sysconf("SC_CLK_TCK")


def last_lines(log: Path, count: int = 15) -> list[str]:
    """Return the last `count` lines of a log, or none when there is no log."""
    try:
        with log.open(errors="replace") as lines:
            return [line.rstrip() for line in deque(lines, maxlen=count)]
    except FileNotFoundError:
        return []


class Child:
    """One running child process and its log."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.log = log
        self.stamp = process_stamp(process.pid)
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def require_alive(self) -> None:
        """Raise StackError with the end of its log when the child has ended."""
        if not self.alive:
            lines = last_lines(self.log)
            raise StackError(f"{self.name} ended unexpectedly ({_ending(self.exit_code)}).", last_lines=lines)

    def send(self, signum: Signal) -> None:
        """Send a signal; a child that has ended is left alone."""
        self._process.send_signal(signum)

    def stop(self, signum: Signal = signal.SIGTERM, *, patience: float = 20.0) -> int:
        """Ask the child to end, after `patience` seconds SIGKILL its group, reap it; return the exit code."""
        self.send(signum)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End the child and its process group at once with SIGKILL and reap it."""
        if self.alive:
            os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait()

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for the child to end by itself; tell whether it did."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def start_child(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    on_orphaned: Signal = signal.SIGKILL,
) -> Child:
    """Start `command` in a process group of its own, its output appended to `log`.

    On Linux the kernel sends it `on_orphaned` when the starting thread ends, so even a SIGKILL of the parent
    leaves no orphan: start children from a thread that lives as long as they should. Ctrl-C at the terminal
    reaches the parent only, which stops its children in order. Raises StackError when it cannot be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - commands are ours, never a user's text
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_tie_to_parent(on_orphaned),
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        except (OSError, subprocess.SubprocessError) as failure:
            raise StackError(f"{name} could not be started: {failure}.") from failure
    return Child(name, process, log)


def end_leftover(pid: int, stamp: float, *, signum: Signal = signal.SIGTERM, patience: float = 10.0) -> bool:
    """End the process recorded as (`pid`, start `stamp`) by an earlier run; tell whether there was one.

    A process with that pid and another start is not ours and is left alone.
    """
    if process_stamp(pid) != stamp:
        return False
    deadline = time.monotonic() + patience
    with suppress(ProcessLookupError):
        os.kill(pid, signum)
        while process_stamp(pid) == stamp:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline += patience
            time.sleep(0.05)
    return True


def _tie_to_parent(signum: Signal) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    parent = os.getpid()

    # Runs between fork and exec, after the change of user (which would clear it): system calls only.
    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def _ending(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"signal {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"
