"""`python -m stack.migrating NAME ...`: the databases of several services brought to head by one process.

It does what `python -m <service> migrate` does, and imports no more of a service than its tables: nine times what a
service serves with is most of the time that a stack takes to start. Told by the environment: an
`<NAME>_OWNER_DATABASE_URL` for each.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from common import migrations
from stack.environment import owner_variable


def folder_of(service: str) -> Path:
    """Where the migrations of `service` are."""
    return Path(str(import_module(service).__file__)).parent.parent / "migrations"


def main(services: Sequence[str]) -> int:
    """Migrate them one after the other; 1 with one sentence at the first that cannot be migrated."""
    for service in services:
        try:
            asyncio.run(migrations.upgrade(service, folder_of(service), os.environ[owner_variable(service)]))
        except (migrations.OldSchema, migrations.UnknownSchema) as refused:
            print(f"{service}: {refused} {refused.remedy}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
