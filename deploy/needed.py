"""What one image needs, read from the members' pyproject.toml and the one lock. Standard library only.

`python deploy/needed.py members SERVICE` prints the folders of the member and of the members it stands on;
`python deploy/needed.py requirements SERVICE` prints the entries of requirements.lock, hashes and all, that they need.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("libs/*", "services/*", "simulator", "stack")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRAS = re.compile(r"\[([^]]*)\]")
_VIA = re.compile(r"^\s+#\s+(?:via\s+)?([A-Za-z0-9._-]+)")


def normal(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def members() -> dict[str, tuple[Path, Mapping[str, object]]]:
    """Every member by its distribution name: its folder and the project table of its pyproject.toml."""
    found: dict[str, tuple[Path, Mapping[str, object]]] = {}
    for place in PLACES:
        for folder in sorted(ROOT.glob(place)):
            if (folder / "pyproject.toml").exists():
                project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
                found[project["name"]] = (folder, project)
    return found


def closure(service: str) -> tuple[list[Path], set[str]]:
    """The folders of `service` and of what it stands on, and the names of the packages these ask for.

    Raises KeyError for a service that is no member.
    """
    known = members()
    by_folder = {folder.name: name for name, (folder, _) in known.items()}
    waiting, folders, packages = [by_folder[service]], [], set[str]()
    asked: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name, extras = _NAME.match(wanted).group(), _EXTRAS.search(wanted)
        folder, project = known[name]
        if folder not in folders:
            folders.append(folder)
        groups = ["", *(extra.strip() for extra in (extras.group(1).split(",") if extras else []))]
        for group in groups:
            if (name, group) in asked:
                continue
            asked.add((name, group))
            needs = project["optional-dependencies"][group] if group else project["dependencies"]
            for need in needs:
                if _NAME.match(need).group() in known:
                    waiting.append(need)
                else:
                    packages.add(normal(_NAME.match(need).group()))
    return folders, packages


def entries(lock: str) -> Iterator[tuple[str, str, set[str]]]:
    """Each entry of the lock: the package, its text, and who asked for it."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if "==" in block.partition("\n")[0]:
            askers = {found.group(1) for line in block.splitlines() if (found := _VIA.match(line))}
            yield normal(_NAME.match(block).group()), block.rstrip(), {normal(asker) for asker in askers}


def requirements(service: str) -> list[str]:
    """The entries of the lock for `service`: what its members ask for, and what that asks for in turn."""
    _, chosen = closure(service)
    locked = {package: (text, askers) for package, text, askers in entries((ROOT / "requirements.lock").read_text())}
    if missing := chosen - set(locked):
        raise SystemExit(f"requirements.lock does not hold {', '.join(sorted(missing))}: run `make lock`.")
    while more := {package for package, (_, askers) in locked.items() if askers & chosen} - chosen:
        chosen |= more
    return [locked[package][0] for package in sorted(chosen)]


def main() -> None:
    what, service = sys.argv[1:]
    if what == "members":
        print("\n".join(str(folder.relative_to(ROOT)) for folder in closure(service)[0]))
    else:
        print("\n".join(requirements(service)))


if __name__ == "__main__":
    main()
