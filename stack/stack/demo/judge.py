"""Every 837P that reached the clearinghouse, judged by pyx12, which is by other hands than ours."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from stack.demo.office import Office

# GS01 of a health care claim. The practice's partner is written to with the plain delimiters.
_CLAIMS = b"~GS*HC*"


def installed() -> bool:
    return find_spec("pyx12") is not None


async def sent_files(office: Office) -> dict[str, bytes]:
    """Every interchange with claims that the simulator had from us, by its control number."""
    found: dict[str, bytes] = {}
    after = 0
    while True:
        page = await office.simulator.get("/admin/interchanges", after=after, limit=1000)
        if not page["interchanges"]:
            return found
        for one in page["interchanges"]:
            if one["sender"] != office.sender_id:
                continue
            content = await office.simulator.content(f"/admin/interchanges/{one['id']}/content")
            if _CLAIMS in content:
                found[one["control"]] = content
        after = page["next"]


def refused(sent: dict[str, bytes]) -> list[str]:
    """The control numbers of the interchanges that the judge does not accept."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        verdicts = pool.map(accepts, sent.values())
        return [control for control, good in zip(sent, verdicts, strict=True) if not good]


def accepts(interchange: bytes) -> bool:
    """Whether pyx12 finds nothing wrong with the file."""
    import pyx12.params
    import pyx12.x12n_document

    _silence(["pyx12", *(name for name in logging.Logger.manager.loggerDict if name.startswith("pyx12"))])
    settings: Any = pyx12.params.ParamsBase()
    return pyx12.x12n_document.x12n_document(
        settings, io.StringIO(interchange.decode("ascii")), None, None, map_path=str(files("pyx12") / "map")
    )


def _silence(names: Sequence[str]) -> None:
    # Its complaints quote the elements, which name patients.
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        logging.getLogger(name).propagate = False
