"""What every test can use, and where the shared samples are."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["common.testing.plugin"]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Public sample files and worked cases, laid beside the checkout; a test that needs them skips without."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of shared samples is not beside this checkout")
    return folder
