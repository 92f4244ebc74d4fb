"""Every link of a page that is committed leads to a file that is there, and to a heading of it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PAGES = (
    "*.md",
    "docs/**/*.md",
    "services/*/*.md",
    "libs/*/*.md",
    "bench/*.md",
    "simulator/*.md",
    "stack/*.md",
    "deploy/**/*.md",
)
PAGES = sorted({page for pattern in _PAGES for page in ROOT.glob(pattern)})
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def targets(page: Path) -> list[str]:
    """What a page links to, but for other sites."""
    words = _CODE.sub("", _FENCE.sub("", page.read_text()))
    return [target for target in _LINK.findall(words) if "://" not in target and not target.startswith("mailto:")]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as a link says them."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in targets(page):
        name, _, anchor = unquote(target).partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{target} is not there"
        assert there.is_relative_to(ROOT), f"{target} is outside of the checkout"
        assert not anchor or anchor in anchors(there), f"{target} has no such heading"


def test_the_pages_are_found() -> None:
    assert ROOT / "README.md" in PAGES
    assert sum(len(targets(page)) for page in PAGES) > 50
