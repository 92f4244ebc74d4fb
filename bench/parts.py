"""What both sides of a comparison share: the servers, and how many tasks write at once."""

from __future__ import annotations

from dataclasses import dataclass

CONCURRENCY = 16
PARTITIONS = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """`postgres` is the superuser's SQLAlchemy URL, `kafka` the bootstrap servers."""

    postgres: str
    kafka: str

    @property
    def plain_postgres(self) -> str:
        return self.postgres.replace("postgresql+asyncpg://", "postgresql://")
