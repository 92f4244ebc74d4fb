"""A service starts with everything it needs, or says in a sentence each what it lacks, and tells no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.settings import ServiceSettings, SettingsFault, load_settings
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS


class ClaimsSettings(ServiceSettings):
    patients_url: str
    batch_minutes: int = 5


GOOD = {
    "DATABASE_URL": "postgresql+asyncpg://claims_app:s3cret@db/claims",
    "PLATFORM_DATABASE_URL": "postgresql+asyncpg://claims_platform:s3cret@db/claims",
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OIDC_ISSUER": "https://issuer.example",
    "OIDC_AUDIENCE": "dermbill",
    "SERVICE_CLIENT_ID": "claims",
    "SERVICE_CLIENT_SECRET": "s3cret",
    "PHI_KEYS": PHI_KEYS,
    "PHI_INDEX_KEY": PHI_INDEX_KEY,
    "PATIENTS_URL": "http://patients:8000",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [*GOOD, "OWNER_DATABASE_URL", "HOST", "PORT", "TIME_ZONE", "LOG_LEVEL"]:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


class TestSettings:
    def test_come_from_the_environment(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("PORT", "8001")
        settings = load_settings(ClaimsSettings)
        assert settings.app_url == GOOD["DATABASE_URL"]
        assert settings.platform_url == GOOD["PLATFORM_DATABASE_URL"]
        assert settings.url_of("patients") == "http://patients:8000"
        assert (settings.port, settings.batch_minutes, settings.zone.key) == (8001, 5, "America/New_York")

    @pytest.mark.parametrize("name", ["PHI_KEYS", "PHI_INDEX_KEY"])
    def test_without_keys_for_what_names_a_person_nothing_starts(
        self, environment: pytest.MonkeyPatch, name: str
    ) -> None:
        environment.setenv(name, "k1:no-key")
        with pytest.raises(SettingsFault, match="PHI_KEYS and PHI_INDEX_KEY cannot seal") as refused:
            load_settings(ClaimsSettings)
        assert "no-key" not in str(refused.value)
        environment.delenv(name)
        with pytest.raises(SettingsFault, match=f"{name} is not set"):
            load_settings(ClaimsSettings)

    def test_never_show_a_secret(self, environment: pytest.MonkeyPatch) -> None:
        settings = load_settings(ClaimsSettings)
        assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump_json()}"

    def test_may_come_from_files(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("from a file\n")
        environment.delenv("SERVICE_CLIENT_SECRET")
        environment.setenv("SERVICE_CLIENT_SECRET_FILE", str(secret))
        assert load_settings(ClaimsSettings).service_client_secret.get_secret_value() == "from a file"

    def test_from_a_file_that_is_not_there_are_a_sentence(
        self, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        environment.delenv("DATABASE_URL")
        environment.setenv("DATABASE_URL_FILE", str(tmp_path / "absent"))
        with pytest.raises(SettingsFault, match="absent cannot be read: No such file or directory"):
            load_settings(ClaimsSettings)

    def test_that_are_missing_are_told_all_at_once(self, environment: pytest.MonkeyPatch) -> None:
        for name in ("DATABASE_URL", "OIDC_ISSUER", "PATIENTS_URL"):
            environment.delenv(name)
        environment.setenv("OIDC_AUDIENCE", "")
        with pytest.raises(SettingsFault) as caught:
            load_settings(ClaimsSettings)
        assert sorted(caught.value.sentences) == [
            f"{name} is not set: set it, or set {name}_FILE to a file that holds it."
            for name in ("DATABASE_URL", "OIDC_AUDIENCE", "OIDC_ISSUER", "PATIENTS_URL")
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PORT", "s3cret"),
            ("PORT", "70000"),
            ("TIME_ZONE", "s3cret/Street"),
            ("OIDC_ISSUER", "s3cret"),
            ("LOG_LEVEL", "LOUD"),
        ],
    )
    def test_that_are_wrong_are_told_without_their_value(
        self, environment: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        environment.setenv(name, value)
        with pytest.raises(SettingsFault) as caught:
            load_settings(ClaimsSettings)
        (sentence,) = caught.value.sentences
        assert sentence.startswith(f"{name} is not valid: ")
        assert value not in sentence

    def test_of_the_owner_are_needed_only_to_migrate(self, environment: pytest.MonkeyPatch) -> None:
        with pytest.raises(SettingsFault, match="OWNER_DATABASE_URL is not set"):
            _ = load_settings(ClaimsSettings).owner_url
        environment.setenv("OWNER_DATABASE_URL", "postgresql://owner")
        assert load_settings(ClaimsSettings).owner_url == "postgresql://owner"

    def test_know_only_the_services_they_were_told_of(self, environment: pytest.MonkeyPatch) -> None:
        for name in ("edi", "database"):
            with pytest.raises(SettingsFault, match=f"has no {name}_url"):
                load_settings(ClaimsSettings).url_of(name)
