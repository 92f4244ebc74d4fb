"""Failpoints are off unless a test turns one on, do what they are told, and refuse what they do not know."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from till.service import Settings

from common import failpoints
from common.failpoints import BadPlan, FailpointReached, armed, failpoint, named, plans
from common.settings import SettingsFault, load_settings
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"audit", "consumer", "dispatch", "relay", "timers", "uow"}
HERE = named("tests.here", "A test is at this line.")


class TestAPlan:
    def test_that_is_not_armed_does_nothing(self) -> None:
        failpoint(HERE)

    @pytest.mark.parametrize(("action", "raised"), [("raise", FailpointReached), ("disconnect", ConnectionError)])
    def test_fails_where_it_is_told_to(self, action: str, raised: type[Exception]) -> None:
        with armed(f"tests.here={action}"), pytest.raises(raised, match=HERE):
            failpoint(HERE)
        failpoint(HERE)

    def test_with_a_number_acts_at_that_passing_alone(self) -> None:
        with armed("tests.here=raise@2"):
            failpoint(HERE)
            with pytest.raises(FailpointReached):
                failpoint(HERE)
            failpoint(HERE)

    def test_stands_still_for_as_long_as_it_says(self) -> None:
        with armed("tests.here=delay:80"):
            before = time.monotonic()
            failpoint(HERE)
            assert time.monotonic() - before >= 0.08

    def test_kills_its_process_and_no_second_one_once_it_is_spent(self, tmp_path: Path) -> None:
        program = (
            "from pathlib import Path\n"
            "from common import failpoints\n"
            "failpoints.named('tests.here', 'In a process.')\n"
            f"failpoints.arm(failpoints.plans('tests.here=kill'), 'tests', Path({str(tmp_path)!r}))\n"
            "failpoints.failpoint('tests.here')\n"
        )
        ended = [subprocess.run([sys.executable, "-c", program], check=False).returncode for _ in range(2)]
        assert ended == [-9, 0]

    def test_of_another_service_is_left_to_it(self) -> None:
        assert failpoints.arm(plans("edi:wire.sent=kill tests:tests.here=raise"), "tests") == 1
        with pytest.raises(FailpointReached):
            failpoint(HERE)
        assert failpoints.arm((), "tests") == 0

    def test_for_a_moment_that_is_not_there_is_refused_with_those_that_are(self) -> None:
        with pytest.raises(BadPlan, match=r"no failpoint tests\.nowhere; there are .*tests\.here"):
            failpoints.arm(plans("tests.nowhere=kill"), "tests")

    @pytest.mark.parametrize("text", ["tests.here", "tests.here=explode", "tests.here=delay", "tests.here=kill@0"])
    def test_that_cannot_be_read_is_refused(self, text: str) -> None:
        with pytest.raises(BadPlan, match="is not of the form"):
            plans(text)

    def test_cannot_share_its_name_with_another_moment(self) -> None:
        with pytest.raises(ValueError, match="two failpoints"):
            named("tests.here", "Somewhere else.")


NEEDED = {
    "DATABASE_URL": "postgresql+asyncpg://till_app:s3cret@db/till",
    "PLATFORM_DATABASE_URL": "postgresql+asyncpg://till_platform:s3cret@db/till",
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OIDC_ISSUER": "https://issuer.example",
    "OIDC_AUDIENCE": "dermbill",
    "SERVICE_CLIENT_ID": "till",
    "SERVICE_CLIENT_SECRET": "s3cret",
    "PHI_KEYS": PHI_KEYS,
    "PHI_INDEX_KEY": PHI_INDEX_KEY,
}


class TestAService:
    @pytest.fixture(autouse=True)
    def _environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DERMBILL_MODE", raising=False)
        for name, value in NEEDED.items():
            monkeypatch.setenv(name, value)

    def test_takes_failpoints_in_test_mode(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DERMBILL_MODE", "test")
        monkeypatch.setenv("FAILPOINTS", "relay.produced=kill@3")
        assert load_settings(Settings).failpoints == "relay.produced=kill@3"

    @pytest.mark.parametrize("mode", ["production", None, "staging"])
    def test_does_not_start_with_one_in_any_other_mode(self, monkeypatch: pytest.MonkeyPatch, mode: str | None) -> None:
        if mode:
            monkeypatch.setenv("DERMBILL_MODE", mode)
        monkeypatch.setenv("FAILPOINTS", "relay.produced=kill")
        with pytest.raises(SettingsFault, match=r"FAILPOINTS is not valid: .* need DERMBILL_MODE=test"):
            load_settings(Settings)

    @pytest.mark.parametrize(
        ("told", "sentence"),
        [
            ({"FAILPOINTS": "relay.typo=kill", "DERMBILL_MODE": "test"}, "till: there is no failpoint relay.typo"),
            ({"FAILPOINTS": "relay.read=kill"}, "need DERMBILL_MODE=test"),
        ],
    )
    def test_that_cannot_have_one_ends_with_a_sentence(self, told: dict[str, str], sentence: str) -> None:
        environment = os.environ | told | {"TILL_NAME": "till", "PYTHONPATH": str(Path(__file__).parent)}
        ended = subprocess.run(
            [sys.executable, "-m", "till", "all"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode == 1
        assert sentence in ended.stderr
        assert "Traceback" not in ended.stderr


class TestTheBackbones:
    def test_are_listed_in_its_documentation(self) -> None:
        page = (ROOT / "docs/architecture/backbone.md").read_text()
        listed = dict(re.findall(r"^\| `([a-z_]+\.[a-z-]+)` \| (.+) \|$", page, re.MULTILINE))
        ours = {name: moment for name, moment in failpoints.known().items() if name.partition(".")[0] in PARTS}
        assert listed == ours
