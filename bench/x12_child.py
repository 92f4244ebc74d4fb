"""One side of the X12 comparison, run in a process and an environment of its own: `x12_child.py SIDE FILE`.

Prints one line of JSON: what was counted, processor seconds, and the peak of resident memory in MB. Every side imports
only what it measures. Nothing is read lazily: a model that our reader hands out is complete.
"""

import gc
import io
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path


def split(path: Path) -> Callable[[], int]:
    """The limit: segments and elements split off chunks of bytes, nothing kept."""

    def run() -> int:
        rest, claims = b"", 0
        with path.open("rb") as file:
            while chunk := file.read(65_536):
                segments = (rest + chunk).split(b"~")
                rest = segments.pop()
                for segment in segments:
                    elements = segment.split(b"*")
                    if elements[0] in (b"CLM", b"CLP"):
                        claims += 1
        return claims

    return run


def ours_claims(path: Path) -> Callable[[], int]:
    import x12

    def run() -> int:
        claims = 0
        with path.open("rb") as file:
            for received in x12.read_claims(file):
                claims += sum(line.charge for line in received.claim.lines) == received.claim.charge
        return claims

    return run


def ours_payments(path: Path) -> Callable[[], int]:
    import x12

    def run() -> int:
        claims = 0
        with path.open("rb") as file:
            for received in x12.read_remittances(file):
                part = received.value
                if isinstance(part, x12.ClaimPayment):
                    claims += sum(service.paid for service in part.services) == part.paid
        return claims

    return run


def ours_validate(path: Path) -> Callable[[], int]:
    import x12

    def run() -> int:
        with path.open("rb") as file:
            if next((finding for finding in x12.validate(file) if finding.severity == "error"), None) is not None:
                raise SystemExit("a valid file was found fault with")
        return _claims_in(path)

    return run


def ours_write(path: Path) -> Callable[[], int]:
    import x12

    with path.open("rb") as file:
        received = list(x12.read_claims(file))
    head, claims = received[0].submission, [item.claim for item in received]

    def run() -> int:
        body = x12.render_claims_body(claims, head)
        header = x12.InterchangeHeader("ZZ", "US", "ZZ", "THEM", head.created, 1, 1, usage="T")
        x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        return len(claims)

    return run


def ours_write_payments(path: Path) -> Callable[[], int]:
    import x12

    with path.open("rb") as file:
        advices = [item.value for item in x12.read_remittance_advices(file)]

    def run() -> int:
        for advice in advices:
            x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
        return sum(len(advice.claims) for advice in advices)

    return run


def pyx12_read(path: Path) -> Callable[[], int]:
    import pyx12.x12file

    def run() -> int:
        reader = pyx12.x12file.X12Reader(str(path))
        return sum(segment.get_seg_id() in ("CLM", "CLP") for segment in reader)

    return run


def pyx12_validate(path: Path) -> Callable[[], int]:
    from importlib.resources import files

    import pyx12.params
    import pyx12.x12n_document

    maps = str(files("pyx12") / "map")

    def run() -> int:
        with path.open() as file:
            right = pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), file, None, None, map_path=maps)
        if not right:
            raise SystemExit("pyx12 found fault with the file")
        return _claims_in(path)

    return run


def pyx12_write(path: Path) -> Callable[[], int]:
    import pyx12.x12file

    segments = [segment for segment in pyx12.x12file.X12Reader(str(path)) if segment.get_seg_id() not in _TRAILERS]

    def run() -> int:
        writer = pyx12.x12file.X12Writer(io.StringIO(), "~", "*", ":", "\n", "^")
        for segment in segments:
            writer.Write(segment)
        return _claims_in(path)

    return run


_TRAILERS = ("SE", "GE", "IEA")


def lfh_read(path: Path) -> Callable[[], int]:
    from linuxforhealth.x12.io import X12ModelReader

    def run() -> int:
        with X12ModelReader(str(path)) as reader:
            for _ in reader.models():
                pass
        return _claims_in(path)

    return run


def lfh_write(path: Path) -> Callable[[], int]:
    from linuxforhealth.x12.io import X12ModelReader

    with X12ModelReader(str(path)) as reader:
        models = list(reader.models())

    def run() -> int:
        for model in models:
            model.x12()
        return _claims_in(path)

    return run


def _claims_in(path: Path) -> int:
    data = path.read_bytes()
    return data.count(b"~CLM*") + data.count(b"~CLP*")


def _peak() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main(side: str, path: Path, times: int) -> None:
    logging.disable(logging.CRITICAL)
    run = globals()[side](path)
    gc.collect()
    gc.freeze()
    best, claims = float("inf"), 0
    for _ in range(times):
        began = time.process_time()
        claims = run()
        best = min(best, time.process_time() - began)
    print(json.dumps({"claims": claims, "seconds": best, "peak_mb": round(_peak(), 1)}))


main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
