"""What a service must be told when it starts. It starts with all of it or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import DirectoryPath, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from common import failpoints
from common.vault import Vault

URL_SUFFIX = "_url"

S = TypeVar("S", bound="ServiceSettings")


class SettingsFault(ValueError):
    """The environment does not say what the service needs; one sentence for each setting, and no value."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


class _Files(PydanticBaseSettingsSource):
    """`DATABASE_URL_FILE=/run/secrets/db` in place of `DATABASE_URL`, as secret stores mount them."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class ServiceSettings(BaseSettings):
    """The settings of every service. Its own class adds its own: `<NAME>_URL` for each service it calls.

    `load_settings` reads them. Nothing that matters has a default that would work in production.
    """

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True, validate_default=False
    )

    database_url: SecretStr
    platform_database_url: SecretStr
    owner_database_url: SecretStr | None = None
    kafka_bootstrap_servers: str = Field(min_length=1)
    oidc_issuer: str = Field(pattern=r"^https?://\S+$")
    oidc_audience: str = Field(min_length=1)
    service_client_id: str = Field(min_length=1)
    service_client_secret: SecretStr
    phi_keys: SecretStr
    phi_index_key: SecretStr
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    time_zone: str = "America/New_York"
    pool_size: int = Field(default=8, ge=1, le=100)
    consumer_session_seconds: float = Field(default=10, ge=1, le=60)
    requests_at_once: int = Field(default=256, ge=1)
    requests_per_second: float = Field(default=200, gt=0)
    requests_burst: int = Field(default=1000, ge=1)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    dermbill_mode: Literal["production", "test"] = "production"
    failpoints: str = ""
    failpoints_spent: DirectoryPath | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # No .env file: what a service runs with is what its environment says.
        return init_settings, env_settings, _Files(settings_cls)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("not a time zone")
        return name

    @field_validator("failpoints")
    @classmethod
    def _only_in_test(cls, text: str, info: ValidationInfo) -> str:
        if failpoints.plans(text) and info.data.get("dermbill_mode") != "test":
            raise ValueError("failpoints break a service on purpose, so they need DERMBILL_MODE=test")
        return text

    @field_validator("phi_index_key")
    @classmethod
    def _keys_fit(cls, index_key: SecretStr, info: ValidationInfo) -> SecretStr:
        keys: SecretStr | None = info.data.get("phi_keys")
        if keys is not None:
            try:
                Vault.of(keys.get_secret_value(), index_key.get_secret_value())
            except ValueError as fault:
                raise ValueError(f"PHI_KEYS and PHI_INDEX_KEY cannot seal anything: {fault}") from None
        return index_key

    @property
    def vault(self) -> Vault:
        """What seals and opens the columns that name a person."""
        return Vault.of(self.phi_keys.get_secret_value(), self.phi_index_key.get_secret_value())

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose date is `today`."""
        return ZoneInfo(self.time_zone)

    @property
    def app_url(self) -> str:
        """The database as the role that serves requests."""
        return self.database_url.get_secret_value()

    @property
    def platform_url(self) -> str:
        """The database as the role of relay, timers and sealing."""
        return self.platform_database_url.get_secret_value()

    @property
    def owner_url(self) -> str:
        """The database as the role that migrates. Raises SettingsFault when it was not given."""
        if self.owner_database_url is None:
            raise SettingsFault((_missing("OWNER_DATABASE_URL"),))
        return self.owner_database_url.get_secret_value()

    def url_of(self, service: str) -> str:
        """Where `service` is. Raises SettingsFault when this class has no `<service>_url`."""
        url = getattr(self, f"{service}{URL_SUFFIX}", None)
        if not isinstance(url, str):
            raise SettingsFault((f"{type(self).__name__} has no {service}{URL_SUFFIX}.",))
        return url


def load_settings(settings: type[S]) -> S:
    """Read the environment. Raises SettingsFault with a sentence for each setting that is missing or wrong."""
    environment_only: dict[str, Any] = {}
    try:
        return settings(**environment_only)
    except ValidationError as fault:
        raise SettingsFault(tuple(_sentence(each) for each in fault.errors(include_input=False))) from None
    except OSError as fault:
        raise SettingsFault((f"{fault.filename} cannot be read: {fault.strerror}.",)) from None


def _missing(name: str) -> str:
    return f"{name} is not set: set it, or set {name}_FILE to a file that holds it."


def _sentence(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"]).upper()
    if error["type"] == "missing":
        return _missing(name)
    if error["type"] == "value_error":
        return f"{name} is not valid: {error['ctx']['error']}."
    return f"{name} is not valid: {error['msg'].lower()}."
