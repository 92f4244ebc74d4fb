"""What an audit found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LISTED = 50
"""How many violations of a check are written out; all are counted."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One contradiction: where, and the ids and codes to find it by. `cents` when money is off, without its sign."""

    service: str
    ids: Mapping[str, str]
    cents: int = 0

    def __str__(self) -> str:
        return f"{self.service}: " + ", ".join(f"{name} {value}" for name, value in self.ids.items())


@dataclass(frozen=True, slots=True)
class CheckResult:
    id: str
    sentence: str
    violations: tuple[Violation, ...]
    accounts: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is, so that an audit of nothing is not taken for a clean one. Money is in cents."""

    encounters: int
    claims: int
    events: int
    audit_rows: int
    charged: int
    paid: int
    adjusted: int
    patient: int
    open: int


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Every check with what contradicts it. `settled` is False when the platform was still at work after the wait."""

    checks: tuple[CheckResult, ...]
    totals: Totals
    settled: bool

    @property
    def violations(self) -> int:
        return sum(len(check.violations) for check in self.checks)

    @property
    def clean(self) -> bool:
        return self.violations == 0

    @property
    def unaccounted(self) -> int:
        """How many encounters are not in exactly one legal state with exactly one counterpart."""
        checks = (check for check in self.checks if check.accounts)
        return len({each.ids["encounter_id"] for check in checks for each in check.violations})

    @property
    def cents_off(self) -> int:
        return sum(each.cents for check in self.checks for each in check.violations)

    def of(self, check_id: str) -> tuple[Violation, ...]:
        """The violations of one check. Raises KeyError for a check that there is not."""
        return {check.id: check.violations for check in self.checks}[check_id]

    def as_json(self) -> dict[str, Any]:
        """For programs; of each check at most `LISTED` violations are written out."""
        return {
            "violations": self.violations,
            "unaccounted": self.unaccounted,
            "cents_off": self.cents_off,
            "settled": self.settled,
            "totals": asdict(self.totals),
            "checks": [
                {
                    "id": check.id,
                    "sentence": check.sentence,
                    "violations": len(check.violations),
                    "found": [
                        {"service": each.service, "cents": each.cents, **each.ids} for each in check.violations[:LISTED]
                    ],
                }
                for check in self.checks
            ],
        }
