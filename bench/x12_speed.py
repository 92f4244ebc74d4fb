"""The X12 library beside the other ones and beside a bare split loop, in one run: `python -m bench.x12_speed`.

Each side is a process of its own, the others in an environment of their own with the version pinned. Processor time of
one core, the best of a few passes; resident memory at its peak, the interpreter included. The validators and the
slower libraries get fewer claims, and the rate is what counts.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import x12_files

ROOT = Path(__file__).parent
RESULTS = ROOT / "results" / "x12.json"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dermbill-bench"
OTHERS = {"pyx12": ["pyx12==4.0.0"], "linuxforhealth": ["linuxforhealth-x12==0.57.0", "pydantic==1.10.27"]}
MODEL_READER = "linuxforhealth-x12: models, 837P"
BARE, TYPED, VALIDATED, WRITTEN = (
    "bare split loop, 837P",
    "ours: typed, 837P",
    "ours: validation, 837P",
    "ours: writing, 837P",
)
BARE_PAID, TYPED_PAID = "bare split loop, 835", "ours: typed, 835"
PYX12_VALIDATED = "pyx12: validation, 837P"
SIDES = (
    (BARE, "", "split", "837", 10, 3), (TYPED, "", "ours_claims", "837", 10, 3),
    ("pyx12: segments, 837P", "pyx12", "pyx12_read", "837", 1, 2),
    (MODEL_READER, "linuxforhealth", "lfh_read", "837", 1, 1),
    (BARE_PAID, "", "split", "835", 10, 3), (TYPED_PAID, "", "ours_payments", "835", 10, 3),
    ("pyx12: segments, 835", "pyx12", "pyx12_read", "835", 1, 2),
    ("linuxforhealth-x12: models, 835", "linuxforhealth", "lfh_read", "835", 1, 1),
    (VALIDATED, "", "ours_validate", "837", 1, 3), ("ours: validation, 835", "", "ours_validate", "835", 1, 3),
    (PYX12_VALIDATED, "pyx12", "pyx12_validate", "837", 1, 1),
    (WRITTEN, "", "ours_write", "837", 1, 5), ("ours: writing, 835", "", "ours_write_payments", "835", 1, 5),
    ("pyx12: writing segments, 837P", "pyx12", "pyx12_write", "837", 1, 2),
    ("linuxforhealth-x12: writing models, 837P", "linuxforhealth", "lfh_write", "837", 1, 2),
)  # fmt: skip
"""What is measured: its name, environment, side of `x12_child`, kind of file, sets in it, passes."""
GROWTH = (("typed", "837", "ours_claims"), ("typed", "835", "ours_payments"),
          ("validation", "837", "ours_validate"), ("validation", "835", "ours_validate"))  # fmt: skip
SIZES = (1, 10, 100)
GOALS = (
    ("typed 837P, share of the split loop", TYPED, BARE, 0.2),
    ("typed 835, share of the split loop", TYPED_PAID, BARE_PAID, 0.2),
    ("typed 837P, times the next reader that builds claims", TYPED, MODEL_READER, 5.0),
    ("validation 837P, times pyx12", VALIDATED, PYX12_VALIDATED, 15.0),
)  # fmt: skip
RATES = ((TYPED, 40_000), (TYPED_PAID, 40_000), (VALIDATED, 8_000), (WRITTEN, 40_000))


def measure() -> dict[str, Any]:
    """Every side, and how cost and memory grow with the file."""
    with tempfile.TemporaryDirectory(prefix="dermbill-bench-") as name:
        folder = Path(name)
        bodies = {"837": x12_files.claim_bodies(10_000), "835": x12_files.payment_bodies(10_000)}
        for kind, sets in [(kind, sets) for kind in bodies for sets in SIZES]:
            x12_files.write(_file(folder, kind, sets), kind, bodies[kind], sets)
        sides: dict[str, Any] = {}
        for side, environment, child, kind, sets, times in SIDES:
            sides[side] = _run(environment, child, _file(folder, kind, sets), times)
            print(f"{side}: {_told(sides[side])}", flush=True)
        growth = {
            f"{what} {kind}": [_run("", child, _file(folder, kind, sets), 1) for sets in SIZES]
            for what, kind, child in GROWTH
        }
        data = _file(folder, "837", 1).read_bytes()
    shape = {"bytes_per_claim": len(data) / 1_000, "segments_per_claim": data.count(b"~") / 1_000}
    return {"claim": shape, "sides": sides, "growth": growth}


def _file(folder: Path, kind: str, sets: int) -> Path:
    return folder / f"{sets}.{kind}"


def _run(environment: str, child: str, file: Path, times: int) -> dict[str, float]:
    python = _python(environment) if environment else Path(sys.executable)
    command = [str(python), str(ROOT / "x12_child.py"), child, str(file), str(times)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        if not environment:
            raise RuntimeError(f"our own side failed: {done.stderr.splitlines()[-1]}")
        return {}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found | {"claims_per_s": found["claims"] / found["seconds"]}


def _told(side: dict[str, float]) -> str:
    return f"{side['claims_per_s']:,.0f}" if side else "cannot read the file"


def _python(environment: str) -> Path:
    """The interpreter of another library's environment, which is made when it is not there."""
    folder = CACHE / "-".join(OTHERS[environment]).replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *OTHERS[environment]], check=True)
        (folder / "made").touch()
    return python


def show(found: dict[str, Any]) -> list[str]:
    """Print it; the answer is the goals that were missed."""
    sides, missed = found["sides"], []
    table = Table("X12, one core", "claims/s", "peak MB")
    for side, told in sides.items():
        table.add_row(side, _told(told), f"{told['peak_mb']:.0f}" if told else "-")
    goals = Table("goal", "found", "at least")
    for name, ours, theirs, least in GOALS:
        ratio = sides[ours]["claims_per_s"] / sides[theirs]["claims_per_s"]
        goals.add_row(name, f"{ratio:.2f}", f"{least:g}")
        missed += [name] if ratio < least else []
    for name, least in RATES:
        goals.add_row(f"{name}, claims/s", f"{sides[name]['claims_per_s']:,.0f}", f"{least:,}")
        missed += [name] if sides[name]["claims_per_s"] < least else []
    growth = Table("growth", *(f"{size},000 claims" for size in SIZES))
    for what, runs in found["growth"].items():
        cells = [f"{run['seconds'] / run['claims'] * 1e6:.1f} us a claim, {run['peak_mb']:.0f} MB" for run in runs]
        growth.add_row(what, *cells)
    for each in (table, goals, growth):
        Console(width=120).print(each)
    return missed


def run() -> list[str]:
    """Measure, print and keep; the answer is the goals that were missed."""
    found = measure()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    RESULTS.parent.mkdir(exist_ok=True)
    record = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **machine, **found}
    RESULTS.write_text(json.dumps(record, indent=2) + "\n")
    return show(found)


if __name__ == "__main__":
    if missed := run():
        sys.exit(f"goals missed: {', '.join(missed)}")
