"""The folder `contracts/`: written from code, held against code, and held against what an earlier revision promised."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common.compatibility import Schema, compare
from common.contracts import TypeName
from common.embedded import StackError
from common.published import documents
from common.service import Service
from stack.members import unconnected_settings

EVENTS, EXAMPLES, OPENAPI, TOPICS = "events", "examples", "openapi", "topics.yaml"


@dataclass(frozen=True, slots=True)
class Promises:
    """What one revision of `contracts/` promised: its topics, and the schema of every event by file name."""

    topics: Mapping[str, Any]
    events: Mapping[str, Schema]


def published(services: Sequence[Service]) -> dict[str, str]:
    """Every file under `contracts/`: path within it -> text, the same on every run. Needs no database."""
    files = documents([(service.contract, service.handlers.by_type) for service in services])
    return files | {f"{OPENAPI}/{service.name}.json": openapi(service) for service in services}


def openapi(service: Service) -> str:
    """The service's HTTP as an OpenAPI 3.1 document."""
    app = service.create_app(unconnected_settings(service))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Bring the folder up to date and give the paths that changed.

    Events and examples that no code gives rise to any more stay: their messages are in topics and logs.
    """
    changed = [path for path, text in files.items() if _read(folder / path) != text]
    for path in changed:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(files[path], encoding="utf-8")
    gone = [path for path in _present(folder, OPENAPI) if path not in files]
    for path in gone:
        (folder / path).unlink()
    return changed + gone


def drift(folder: Path, files: Mapping[str, str]) -> list[str]:
    """A sentence for each file that is not what the code says."""
    found = [
        f"{path} is missing." if _read(folder / path) is None else f"{path} is not what the code says."
        for path, text in files.items()
        if _read(folder / path) != text
    ]
    for kind in (EVENTS, EXAMPLES, OPENAPI):
        strangers = [path for path in _present(folder, kind) if path not in files]
        found += [f"{path} belongs to nothing in the code; what was published once stays." for path in strangers]
    return found


def present_promises(files: Mapping[str, str]) -> Promises:
    """What `published` gave, as promises."""
    events = {_name(path): json.loads(text) for path, text in files.items() if path.startswith(f"{EVENTS}/")}
    return Promises(yaml.safe_load(files[TOPICS]), events)


def promises_of(folder: Path, revision: str) -> Promises | None:
    """What a git revision promised in that folder; None when it had none. Raises StackError for no such revision."""
    root, name = folder.parent, folder.name
    if _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is None:
        raise StackError(f"{revision} is not a commit of the repository at {root}.")
    listed = (_git(root, "ls-tree", "-r", "--name-only", revision, "--", name) or "").splitlines()
    texts = {path: _git(root, "show", f"{revision}:./{path}") or "" for path in listed}
    topics = texts.get(f"{name}/{TOPICS}")
    if topics is None:
        return None
    events = {_name(path): json.loads(text) for path, text in texts.items() if path.startswith(f"{name}/{EVENTS}/")}
    return Promises(yaml.safe_load(topics), events)


def breaks(before: Promises, now: Promises) -> list[str]:
    """Why `now` breaks what `before` promised to those who read or write its topics; a sentence each."""
    found: list[str] = []
    for topic, facts in before.topics.items():
        found += _topic_breaks(topic, facts, now.topics.get(topic))
    for name, schema in before.events.items():
        if name not in now.events:
            found.append(f"{name} was published and is gone; a type that was published once stays.")
        else:
            found += [f"{name}: {fault}." for fault in compare(schema, now.events[name])]
    return found


def _topic_breaks(topic: str, before: Mapping[str, Any], now: Mapping[str, Any] | None) -> list[str]:
    if now is None:
        return [f"The topic {topic} is gone."]
    found = [
        f"{TypeName.parse(type).event} v{TypeName.parse(type).version} is no longer on the topic {topic}."
        for type in before["types"]
        if type not in now["types"]
    ]
    if now["partitions"] != before["partitions"]:
        found.append(
            f"{topic} had {before['partitions']} partitions and has {now['partitions']}: "
            "events of one key would change places."
        )
    return found


def _present(folder: Path, kind: str) -> list[str]:
    return sorted(f"{kind}/{path.name}" for path in (folder / kind).glob("*.json"))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _name(path: str) -> str:
    return Path(path).stem


def _git(root: Path, *words: str) -> str | None:
    """What git prints; None when it says no."""
    try:
        answer = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)  # noqa: S603, S607 - the git that the user has
    except FileNotFoundError:
        raise StackError("git is not on the PATH, and contracts of another revision are read with it.") from None
    return answer.stdout if answer.returncode == 0 else None
