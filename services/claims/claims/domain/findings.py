"""What scrubbing says, and how a person answers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.phi import Phi


class Severity(StrEnum):
    HOLD = "hold"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One edit that struck: its id, how bad, where on the claim, what is wrong, how to mend it, whose rule."""

    id: str
    severity: Severity
    where: str
    sentence: str
    mend: str
    source: str
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A biller's decision that a finding does not hold this claim."""

    finding: str
    where: str
    reason: Phi[str]
    by: str
    at: datetime

    def covers(self, finding: Finding) -> bool:
        return finding.overridable and (self.finding, self.where) == (finding.id, finding.where)


def holding(findings: Iterable[Finding], overrides: Iterable[Override]) -> tuple[Finding, ...]:
    """The findings that keep a claim from its payer."""
    answered = tuple(overrides)
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.HOLD and not any(override.covers(finding) for override in answered)
    )
