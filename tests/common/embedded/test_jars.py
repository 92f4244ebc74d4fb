"""Kafka's jars: pinned, checked, and refused in one sentence."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from common.embedded import KAFKA_VERSION, StackError, kafka_jars
from common.embedded.jars import Jar, cache_folder, pinned_jars

SOURCES = Path(__file__).parents[3] / "libs" / "common" / "common" / "embedded"


def quiet() -> Console:
    return Console(file=io.StringIO())


@pytest.fixture
def small() -> Jar:
    return min(pinned_jars(), key=lambda jar: jar.size)


class TestThePinnedTable:
    def test_names_the_broker_at_the_pinned_version_and_a_hash_for_every_jar(self) -> None:
        jars = pinned_jars()
        assert ("kafka_2.13", KAFKA_VERSION) in {(jar.artifact, jar.version) for jar in jars}
        assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
        assert len({jar.file_name for jar in jars}) == len(jars)

    def test_no_source_names_a_repository(self) -> None:
        texts = [path.read_text() for path in SOURCES.iterdir() if path.is_file()]
        assert texts
        assert not any("repo." in text or "repo1" in text for text in texts)


class TestFetching:
    def test_a_missing_jar_arrives_whole_and_a_damaged_one_is_replaced(self, tmp_path: Path, small: Jar) -> None:
        [path] = kafka_jars(cache=tmp_path, jars=[small], console=quiet())
        assert hashlib.sha256(path.read_bytes()).hexdigest() == small.sha256
        path.write_bytes(b"x" * small.size)
        kafka_jars(cache=tmp_path, jars=[small], console=quiet())
        assert hashlib.sha256(path.read_bytes()).hexdigest() == small.sha256

    def test_jgo_fetches_where_there_is_no_mvn(
        self, tmp_path: Path, small: Jar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        [path] = kafka_jars(cache=tmp_path / "cache", jars=[small], console=quiet())
        assert hashlib.sha256(path.read_bytes()).hexdigest() == small.sha256

    def test_a_jar_that_differs_from_its_pin_is_not_used(self, tmp_path: Path, small: Jar) -> None:
        tampered = replace(small, sha256="0" * 64)
        with pytest.raises(StackError) as refusal:
            kafka_jars(cache=tmp_path, jars=[tampered], console=quiet())
        assert str(refusal.value) == (
            f"{small.file_name} from the repository differs from its pinned SHA-256 and was not used."
        )
        assert not (tmp_path / small.file_name).exists()

    def test_without_mvn_and_network_the_sentence_says_so(
        self, tmp_path: Path, small: Jar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
        monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HOME", str(tmp_path))
        with pytest.raises(StackError, match=r"^Kafka's jars could not be fetched \(mvn: not on the PATH; jgo: "):
            kafka_jars(cache=tmp_path / "cache", jars=[small], console=quiet())

    def test_the_cache_is_the_users_own_folder(self) -> None:
        assert cache_folder().name == f"kafka-{KAFKA_VERSION}"
