"""`python -m stack.preparing`: what a stack of containers needs before its services start, done once and repeatable.

The databases and roles of every service, the topics, and the development issuer's clients. Told by the environment:
DATABASE_URL (an administrator's), KAFKA_BOOTSTRAP_SERVERS, ISSUER_FOLDER, DEVELOPMENT_DATABASE_PASSWORD for every
role and DEVELOPMENT_CLIENT_SECRET for every service's own client. For development: one secret for all.
"""

import asyncio
import os
import sys
from pathlib import Path

from common.embedded import StackError, create_topics
from stack.clients import new_client, write_clients
from stack.databases import prepare_databases, secret_names
from stack.services import SERVICES, TOPICS

_PATIENCE = 60.0


def prepare(*, admin_url: str, bootstrap_servers: str, issuer_folder: Path, password: str, client_secret: str) -> None:
    """Make what is missing and keep what is there. Raises StackError and TimeoutError."""
    names = [service.name for service in SERVICES]
    passwords = {secret: password for name in names for secret in secret_names(name)}
    asyncio.run(prepare_databases(admin_url, names, passwords))
    create_topics(bootstrap_servers, TOPICS, patience=_PATIENCE)
    clients = {service.name: new_client(service.name, client_secret, service.scopes, ("*",)) for service in SERVICES}
    write_clients(issuer_folder / "clients.json", clients)


def main() -> int:
    """Prepare as the environment says; 1 with one sentence when that is impossible."""
    try:
        prepare(
            admin_url=os.environ["DATABASE_URL"],
            bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            issuer_folder=Path(os.environ["ISSUER_FOLDER"]),
            password=os.environ["DEVELOPMENT_DATABASE_PASSWORD"],
            client_secret=os.environ["DEVELOPMENT_CLIENT_SECRET"],
        )
    except KeyError as missing:
        print(f"{missing.args[0]} is not set.", file=sys.stderr)
    except StackError as problem:
        print(problem.sentence, file=sys.stderr)
    except TimeoutError:
        print(f"Kafka did not answer within {_PATIENCE:.0f} s.", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
