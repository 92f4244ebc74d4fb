"""What a payer wants, what of it a provider lacks, and what was verified at its source."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.money import Money
from common.web import Creates, IfMatch, Reads, Today, Writes, etag, needs
from credentialing.api.holders import HOLDERS, Path, WhoseName
from credentialing.api.papers import Amount
from credentialing.api.words import READ, STRICT, WRITE, LocationCode, Npi, PayerId, State, Text
from credentialing.domain.holders import HolderType, Named
from credentialing.domain.kinds import CliaTier, Kind
from credentialing.domain.provider import Profession
from credentialing.domain.requirements import Checked, Fact, Outcome, Requirement, check, next_step
from credentialing.domain.verification import Inquiry, Method, Result, Verification
from credentialing.operations import requiring as operations
from credentialing.store import holders
from credentialing.store import requirements as store
from credentialing.store.requirements import Listed, Recorded

router = APIRouter(tags=["requirements"])

ALL_IS_THERE = "Everything that this payer wants is on file: send the application."


class RequirementIn(BaseModel):
    """One line of a list: any of `any_of` satisfies it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"any_of": ["hospital_privileges", "admitting_arrangement"], "professions": ["MD", "DO"]}]
        },
    )
    any_of: list[Kind | Inquiry | Fact] = Field(min_length=1, max_length=5)
    professions: list[Profession] = Field(default_factory=list[Profession], max_length=len(Profession))
    in_state: bool = Field(default=False, description="The paper of the location's state")
    valid_days: int = Field(default=0, ge=0, le=365, description="It holds for so many days more")
    verified_days: int | None = Field(default=None, ge=1, le=365, description="Confirmed at its source so recently")
    per_claim: Amount | None = None
    aggregate: Amount | None = None
    of: HolderType = Field(default=HolderType.PROVIDER, description="Whose paper: the clinician's or the place's")
    if_laboratory: bool = Field(default=False, description="Only of a location that does tests")
    tiers: list[CliaTier] = Field(default_factory=list[CliaTier], max_length=len(CliaTier))

    def requirement(self) -> Requirement:
        lists = {"any_of", "professions", "tiers"}
        told = {name: tuple(dict.fromkeys(getattr(self, name))) for name in lists}
        return Requirement(**told, **self.model_dump(exclude=lists))


class RequirementsIn(BaseModel):
    model_config = STRICT
    requirements: list[RequirementIn] = Field(min_length=1, max_length=60)


class RequirementOut(BaseModel):
    any_of: list[str]
    professions: list[Profession]
    in_state: bool
    valid_days: int
    verified_days: int | None
    per_claim: Money | None
    aggregate: Money | None
    of: HolderType
    if_laboratory: bool
    tiers: list[CliaTier]

    @classmethod
    def shown(cls, requirement: Requirement) -> RequirementOut:
        same = (name for name in cls.model_fields if name != "any_of")
        any_of = [item.value for item in requirement.any_of]
        return cls(any_of=any_of, **{name: getattr(requirement, name) for name in same})


class RequirementsOut(BaseModel):
    """`own` is false where the list is what the payer's program usually wants."""

    payer_id: str
    own: bool
    requirements: list[RequirementOut]
    version: int

    @classmethod
    def of(cls, listed: Listed) -> RequirementsOut:
        lines = [RequirementOut.shown(requirement) for requirement in listed.requirements]
        return cls(payer_id=listed.payer_id, own=listed.own, requirements=lines, version=listed.version)


class CheckedOut(BaseModel):
    requirement: RequirementOut
    outcome: Outcome
    step: str

    @classmethod
    def of(cls, checked: Checked) -> CheckedOut:
        return cls(requirement=RequirementOut.shown(checked.requirement), outcome=checked.outcome, step=checked.step)


class ReadinessOut(BaseModel):
    """What is there and what is missing, and the one thing to do next.

    `location_code` is whose papers, and its group's, were looked at too; null where only the clinician's were.
    """

    npi: str
    payer_id: str
    location_code: str | None
    complete: bool
    next_step: str
    lines: list[CheckedOut]


class VerificationIn(BaseModel):
    """What a primary source said. Who asked is who sends this."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "item": "npdb_query",
                    "source": "National Practitioner Data Bank",
                    "method": "electronic",
                    "verified_on": "2026-03-10",
                    "result": "confirmed",
                }
            ]
        },
    )
    item: Kind | Inquiry
    source: Text
    method: Method
    verified_on: date
    result: Result
    credential_id: UUID | None = None
    reference: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,59}$")] | None = None
    state: State | None = Field(default=None, description="Whose list was searched")

    def verification(self) -> Verification:
        return Verification(**{name: getattr(self, name) for name in type(self).model_fields})


class VerificationOut(BaseModel):
    id: UUID
    item: str
    source: str
    method: Method
    verified_on: date
    result: Result
    credential_id: UUID | None
    reference: str | None
    state: str | None
    verified_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, recorded: Recorded) -> VerificationOut:
        names = ("source", "method", "verified_on", "result", "credential_id", "reference", "state")
        found = recorded.verification
        return cls(
            id=recorded.id,
            item=found.item.value,
            verified_by=recorded.verified_by,
            recorded_at=recorded.recorded_at,
            **{name: getattr(found, name) for name in names},
        )


@router.get("/payers/{payer_id}/requirements", dependencies=[needs(READ)])
async def get_requirements(payer_id: PayerId, reads: Reads, response: Response) -> RequirementsOut:
    """The payer's own list, or what its program usually wants."""
    async with reads.begin() as tx:
        listed = await store.of_payer(tx, payer_id)
    response.headers["ETag"] = etag(listed.version)
    return RequirementsOut.of(listed)


@router.put("/payers/{payer_id}/requirements", dependencies=[needs(WRITE)])
async def put_requirements(
    payer_id: PayerId, body: RequirementsIn, version: IfMatch, uow: Writes, response: Response
) -> RequirementsOut:
    """Give the payer a list of its own; `If-Match: "0"` for the first."""
    wanted = tuple(line.requirement() for line in body.requirements)
    unit = uow.answering(RequirementsOut.of, 200)
    listed = await operations.put_requirements(unit, payer_id, wanted, version)
    response.headers["ETag"] = etag(listed.version)
    return RequirementsOut.of(listed)


@router.get("/providers/{npi}/readiness/{payer_id}", dependencies=[needs(READ)])
async def readiness(
    npi: Npi,
    payer_id: PayerId,
    reads: Reads,
    today: Today,
    location_code: LocationCode | None = None,
    on: Annotated[date | None, Query(description="The day of the decision, such as the committee's; or today")] = None,
) -> ReadinessOut:
    """Whether an application to this payer would be complete on the day it is decided.

    With a location, its papers and its group's are looked at too, and its state decides which licence counts.
    """
    async with reads.begin() as tx:
        listed = await store.of_payer(tx, payer_id)
        file = await store.file_of(tx, npi, location_code)
    checked = check(listed.requirements, file, on or today)
    step = next_step(checked)
    return ReadinessOut(
        npi=npi,
        payer_id=payer_id,
        location_code=location_code,
        complete=step is None,
        next_step=step or ALL_IS_THERE,
        lines=[CheckedOut.of(each) for each in checked],
    )


def _verifications(path: Path, whose: WhoseName) -> None:
    @router.get(f"{path}/verifications", dependencies=[needs(READ)])
    async def list_verifications(reads: Reads, named: Named = Depends(whose)) -> list[VerificationOut]:
        """What was verified at its source, oldest first."""
        async with reads.begin() as tx:
            found = await store.verifications_of(tx, await holders.find(tx, named))
        return [VerificationOut.of(recorded) for recorded in found]

    @router.post(f"{path}/verifications", status_code=201, dependencies=[needs(WRITE)])
    async def record_verification(body: VerificationIn, uow: Creates, named: Named = Depends(whose)) -> VerificationOut:
        """Record that a primary source was asked, and what it said."""
        unit = uow.answering(VerificationOut.of, 201)
        return VerificationOut.of(await operations.record_verification(unit, named, body.verification()))


for _path, _whose in HOLDERS.items():
    _verifications(_path, _whose)
