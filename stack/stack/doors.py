"""The servers of a stack seen from outside the supervisor: where they are, and by which role one enters."""

import os

from common.embedded import EmbeddedPostgres, StackError
from stack.databases import DatabaseUrls, secret_names, urls
from stack.services import KAFKA, POSTGRES
from stack.workspace import Workspace

_HOST = "127.0.0.1"


def admin_url(workspace: Workspace) -> str:
    """The administrator's door to PostgreSQL: DATABASE_URL, else the embedded server of this workspace.

    Raises StackError when there never was one.
    """
    if given := os.environ.get("DATABASE_URL"):
        return given
    port = workspace.known_ports().get(POSTGRES)
    folder = workspace.data(POSTGRES)
    if port is None or not (folder / "superuser-password").exists():
        raise StackError(f"There is no stack in {workspace.home}; `dermbill up` makes one.")
    return EmbeddedPostgres(folder, port=port).url()


def service_doors(workspace: Workspace, service: str) -> DatabaseUrls:
    """The doors of one service's roles. Raises StackError when the service was never started here."""
    known = workspace.secrets(())
    if any(name not in known for name in secret_names(service)):
        raise StackError(f"{service} was never started in {workspace.home}; `dermbill up` does it.")
    return urls(admin_url(workspace), service, known)


def bootstrap_servers(workspace: Workspace) -> str:
    """Where Kafka is: KAFKA_BOOTSTRAP_SERVERS, else the embedded broker. Raises StackError when there never was one."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return given
    port = workspace.known_ports().get(KAFKA)
    if port is None:
        raise StackError(f"There is no broker in {workspace.home}; `dermbill up` starts one.")
    return f"{_HOST}:{port}"
