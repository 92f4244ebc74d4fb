"""What differs, as it is answered: an EHR's proposal beside what was found, and one version beside the one before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel

from coding.domain.coded_visit import CodedVisit, Disposition
from coding.domain.differences import Aspect, BilledLine, Difference, Standing, billed, changes
from coding.domain.encounter import Encounter
from coding.domain.proposal import Source, beside
from common.money import Money

ProposedStanding = Literal["same", "only_proposed", "only_found", "differs"]
_PROPOSED: Mapping[Standing, ProposedStanding] = {
    Standing.SAME: "same",
    Standing.REMOVED: "only_proposed",
    Standing.ADDED: "only_found",
    Standing.CHANGED: "differs",
}


class BilledLineOut(BaseModel):
    cpt: str
    units: int
    modifiers: list[str]
    dx: list[str]
    self_pay: bool
    charge: Money | None

    @classmethod
    def of(cls, line: BilledLine) -> BilledLineOut:
        return cls(
            cpt=line.cpt,
            units=line.units,
            modifiers=list(line.modifiers),
            dx=list(line.dx),
            self_pay=line.self_pay,
            charge=line.charge,
        )


class ProposedLineOut(BaseModel):
    """One code on both sides: what was proposed, what was found, in what they differ and why."""

    standing: ProposedStanding
    proposed: BilledLineOut | None
    found: BilledLineOut | None
    differs_in: list[Aspect]
    reasons: list[str]

    @classmethod
    def of(cls, found: Difference) -> ProposedLineOut:
        return cls(
            standing=_PROPOSED[found.standing],
            proposed=_line(found.first),
            found=_line(found.second),
            differs_in=list(found.aspects),
            reasons=list(found.says),
        )


class ProposalOut(BaseModel):
    """What the EHR would bill, line by line beside what follows from the facts."""

    source: Source
    agrees: bool
    lines: list[ProposedLineOut]

    @classmethod
    def of(cls, encounter: Encounter) -> ProposalOut | None:
        proposal = encounter.proposal
        if proposal is None:
            return None
        found = beside(proposal, encounter.coded, encounter.date_of_service)
        return cls(
            source=proposal.source,
            agrees=all(line.standing is Standing.SAME for line in found),
            lines=[ProposedLineOut.of(line) for line in found],
        )


class ChangedLineOut(BaseModel):
    """A line that was added, removed or changed."""

    standing: Standing
    before: BilledLineOut | None
    now: BilledLineOut | None
    differs_in: list[Aspect]
    reasons: list[str]

    @classmethod
    def of(cls, found: Difference) -> ChangedLineOut:
        return cls(
            standing=found.standing,
            before=_line(found.first),
            now=_line(found.second),
            differs_in=list(found.aspects),
            reasons=list(found.says),
        )


class ChangedOut(BaseModel):
    """What differs from the version before. Flags are raised where they are new and settled where they are gone."""

    disposition_before: Disposition
    lines: list[ChangedLineOut]
    flags_raised: list[str]
    flags_settled: list[str]

    @classmethod
    def of(cls, before: CodedVisit, now: CodedVisit) -> ChangedOut:
        return cls(
            disposition_before=before.disposition,
            lines=[ChangedLineOut.of(found) for found in changes(billed(before), billed(now))],
            flags_raised=sorted(set(now.flags) - set(before.flags)),
            flags_settled=sorted(set(before.flags) - set(now.flags)),
        )


def _line(line: BilledLine | None) -> BilledLineOut | None:
    return BilledLineOut.of(line) if line else None
