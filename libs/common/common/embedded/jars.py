"""Kafka's jars: named by Maven coordinates, checked against pinned SHA-256, kept in the user's cache folder.

No repository address is written here: `mvn` (with the user's mirrors and proxies) and `jgo` each know theirs.
"""

import fcntl
import hashlib
import importlib
import logging
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import platformdirs
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from common.embedded.errors import StackError
from common.embedded.ports import ensure_space

KAFKA_VERSION = "4.4.0"

_TABLE = Path(__file__).with_name("kafka_jars.sha256")
_COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_PARALLEL = 6

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned jar: its coordinates, size in bytes and SHA-256 in hexadecimal."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def pinned_jars(table: Path = _TABLE) -> list[Jar]:
    """Read the committed table of jars."""
    rows = [line.split() for line in table.read_text().splitlines() if not line.startswith("#")]
    return [_jar(coordinates, int(size), sha) for sha, size, coordinates in rows]


def _jar(coordinates: str, size: int, sha256: str) -> Jar:
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, size, sha256)


def cache_folder() -> Path:
    """The user's cache folder for these jars, one for each Kafka version."""
    return Path(platformdirs.user_cache_path("dermbill")) / f"kafka-{KAFKA_VERSION}"


def cached_jars(cache: Path | None = None) -> list[Path]:
    """The jars that are in the cache and match their SHA-256; nothing is fetched."""
    folder = cache or cache_folder()
    return [folder / jar.file_name for jar in pinned_jars() if _is_whole(folder / jar.file_name, jar)]


def kafka_jars(
    *, console: Console | None = None, cache: Path | None = None, jars: Sequence[Jar] | None = None
) -> list[Path]:
    """Return Kafka's classpath, every file of it checked; fetch what the cache lacks, with a progress bar.

    Raises StackError when a jar cannot be fetched, differs from its pinned SHA-256, or the disk is full.
    """
    folder = cache or cache_folder()
    wanted = list(pinned_jars() if jars is None else jars)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            missing = [jar for jar in wanted if not _is_whole(folder / jar.file_name, jar)]
            if missing:
                ensure_space(folder, needed=2 * sum(jar.size for jar in missing))
                _fetch(missing, folder, console or Console(stderr=True))
    except OSError as failure:
        raise StackError(f"Kafka's jars could not be kept in {folder}: {failure.strerror}.") from failure
    return [folder / jar.file_name for jar in wanted]


def _fetch(missing: list[Jar], folder: Path, console: Console) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as staging, _bar(missing, console) as advance:
        _resolve(missing, Path(staging), advance)
        for jar in missing:
            arrived = Path(staging) / jar.file_name
            if not _is_whole(arrived, jar):
                raise StackError(
                    f"{jar.file_name} from the repository differs from its pinned SHA-256 and was not used."
                )
            arrived.replace(folder / jar.file_name)


def _resolve(jars: list[Jar], target: Path, advance: Advance) -> None:
    reasons: list[str] = []
    for name, resolver in (("mvn", _with_maven), ("jgo", _with_jgo)):
        reason = resolver(jars, target, advance)
        if reason is None:
            return
        reasons.append(f"{name}: {reason}")
    raise StackError(f"Kafka's jars could not be fetched ({'; '.join(reasons)}): check the network or proxy.")


def _with_maven(jars: list[Jar], target: Path, advance: Advance) -> str | None:
    maven = shutil.which("mvn")
    if maven is None:
        return "not on the PATH"
    sizes = {jar.file_name: jar.size for jar in jars}
    (target / "pom.xml").write_text(_pom(jars))
    command = [maven, "-B", "-f", str(target / "pom.xml"), _COPY_GOAL, f"-DoutputDirectory={target}"]
    with subprocess.Popen(  # noqa: S603 - fixed words and our own folder
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        problem = "failed"
        for line in process.stdout:
            if "Downloaded from" in line and (file := re.search(r"/([^/ ]+\.jar) \(", line)):
                advance(sizes.get(file[1], 0))
            if "ERROR" in line and problem == "failed":
                problem = _first_sentence(line)
    return None if process.returncode == 0 else problem


def _pom(jars: list[Jar]) -> str:
    # The table is the whole classpath already: nothing transitive may be added to it.
    dependencies = "".join(
        f"<dependency><groupId>{escape(jar.group)}</groupId><artifactId>{escape(jar.artifact)}</artifactId>"
        f"<version>{escape(jar.version)}</version><exclusions><exclusion><groupId>*</groupId>"
        "<artifactId>*</artifactId></exclusion></exclusions></dependency>"
        for jar in jars
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>org.dermbill</groupId><artifactId>kafka-classpath</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def _with_jgo(jars: list[Jar], target: Path, advance: Advance) -> str | None:
    try:
        maven = importlib.import_module("jgo.maven")
        settings = importlib.import_module("jgo.config").GlobalSettings.load()
    except ImportError:
        return "not installed"
    # Its own messages would tear the progress bar.
    logging.getLogger("jgo").setLevel(logging.ERROR)
    context = maven.MavenContext(repo_cache=settings.repo_cache, timeout=60)
    context.remote_repos.update(settings.repositories)

    def fetch(jar: Jar) -> None:
        artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
        shutil.copyfile(artifact.resolve(), target / jar.file_name)
        advance(jar.size)

    try:
        with ThreadPoolExecutor(_PARALLEL) as pool:
            list(pool.map(fetch, jars))
    except Exception as failure:  # jgo raises whatever its HTTP client raises
        return _first_sentence(str(failure) or type(failure).__name__)
    return None


@contextmanager
def _bar(jars: list[Jar], console: Console) -> Generator[Advance]:
    title = TextColumn(f"Kafka {KAFKA_VERSION}")
    with Progress(title, BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("", total=sum(jar.size for jar in jars))
        yield lambda size: progress.advance(task, size)
        progress.update(task, completed=sum(jar.size for jar in jars))


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_whole(path: Path, jar: Jar) -> bool:
    if not path.is_file() or path.stat().st_size != jar.size:
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == jar.sha256


def _first_sentence(text: str) -> str:
    # An answer may quote an address with credentials in it; what is before it says enough.
    return re.split(r"https?://|\n|\(", text.replace("[ERROR]", ""))[0].strip()[:200]
