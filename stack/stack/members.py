"""The services as their own code describes them: contract, handlers, routes and migrations."""

from base64 import b64encode
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from common.service import Service
from common.settings import ServiceSettings
from stack.services import SERVICES

NAMES = tuple(service.name for service in SERVICES)


def members(names: Iterable[str] = NAMES) -> tuple[Service, ...]:
    """The `SERVICE` of each name; imported here, because most commands do without them."""
    return tuple(import_module(f"{name}.main").SERVICE for name in names)


def unconnected_settings(service: Service) -> ServiceSettings:
    """Settings with which a service's app can be built and described; nothing answers at its addresses."""
    nowhere = "http://127.0.0.1:1"
    values: dict[str, Any] = {f"{name}_url": nowhere for name in service.calls} | {
        "database_url": f"postgresql+asyncpg://{service.name}@127.0.0.1:1/{service.name}",
        "platform_database_url": f"postgresql+asyncpg://{service.name}@127.0.0.1:1/{service.name}",
        "kafka_bootstrap_servers": "127.0.0.1:1",
        "oidc_issuer": nowhere,
        "oidc_audience": "dermbill",
        "service_client_id": service.name,
        "service_client_secret": "none",
        "phi_keys": f"none:{b64encode(bytes(32)).decode()}",
        "phi_index_key": b64encode(b"\x01" * 32).decode(),
    }
    return service.settings(**values)
