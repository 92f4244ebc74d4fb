"""What a payer wants before an application is complete, as data; and what of it is missing for one provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from common.money import Money
from credentialing.domain.credentials import Credential, State
from credentialing.domain.holders import HolderType
from credentialing.domain.kinds import KINDS, CliaTier, Kind
from credentialing.domain.kinds import word as kind_word
from credentialing.domain.payers import Program
from credentialing.domain.provider import Profession
from credentialing.domain.refusals import NotHeldBySuch
from credentialing.domain.verification import Inquiry, Verification
from credentialing.domain.work_history import WorkHistory, gaps


class Fact(StrEnum):
    BIRTH_DATE = "birth_date"
    SSN = "social_security_number"
    WORK_HISTORY = "work_history_explained"


Item = Kind | Inquiry | Fact


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a payer's list: any of `any_of` satisfies it.

    `of` is whose paper is wanted: the clinician's, or that of the group or location where the clinician is enrolled;
    `if_laboratory` asks it only of a location that does tests. `professions` are those it is asked of (none: all).
    `in_state` wants the paper of the location's state, `valid_days` that it holds so much longer, `verified_days`
    that it was confirmed at its source so recently, `per_claim` and `aggregate` what an insurance covers at least,
    `tiers` a CLIA certificate of one of these.
    """

    any_of: tuple[Item, ...]
    professions: tuple[Profession, ...] = ()
    in_state: bool = False
    valid_days: int = 0
    verified_days: int | None = None
    per_claim: Money | None = None
    aggregate: Money | None = None
    of: HolderType = HolderType.PROVIDER
    if_laboratory: bool = False
    tiers: tuple[CliaTier, ...] = ()

    def checked(self) -> Requirement:
        """Raises NotHeldBySuch for a paper that nobody of that sort holds."""
        for item in self.any_of:
            held_by = KINDS[item].held_by if isinstance(item, Kind) else (HolderType.PROVIDER,)
            if self.of not in held_by:
                raise NotHeldBySuch(kind=_word(item), holder=self.of.value)
        return self


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """What is on file of the location where the clinician is to be enrolled, and of its group."""

    state: str
    laboratory: bool = False
    group: tuple[Credential, ...] = ()
    location: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """What is on file of one provider; `place` is None where no location is meant.

    `verifications` are those of the papers of the place too.
    """

    profession: Profession
    credentials: tuple[Credential, ...] = ()
    verifications: tuple[Verification, ...] = ()
    facts: frozenset[Fact] = frozenset()
    work_history: WorkHistory | None = None
    place: PlaceFile | None = None

    def papers(self, of: HolderType) -> tuple[Credential, ...]:
        if of is HolderType.PROVIDER or self.place is None:
            return self.credentials
        return self.place.group if of is HolderType.GROUP else self.place.location

    def is_asked(self, requirement: Requirement) -> bool:
        """Whether the line is for this profession and, where it is the place's, whether a place is meant."""
        if requirement.professions and self.profession not in requirement.professions:
            return False
        if requirement.of is HolderType.PROVIDER:
            return True
        return self.place is not None and (self.place.laboratory or not requirement.if_laboratory)


class Outcome(StrEnum):
    """From the best to the worst: where several papers could do, the best one counts."""

    MET = "met"
    NOT_VERIFIED = "not_verified"
    ENDS_SOON = "ends_soon"
    TOO_SMALL = "too_small"
    EXPIRED = "expired"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Checked:
    """A requirement against the file: `step` says what to do next, and is empty when it is met."""

    requirement: Requirement
    outcome: Outcome
    step: str


_ORDER = {outcome: place for place, outcome in enumerate(Outcome)}
_PHYSICIANS = (Profession.MD, Profession.DO)
_MIDLEVELS = (Profession.NP, Profession.PA)
# NCQA (2025): verified at its source within 120 days before the decision; exclusion lists looked at every month.
_VERIFIED, _MONTHLY = 120, 31
_W9 = Requirement((Kind.W9,), of=HolderType.GROUP)
_CLIA = Requirement((Kind.CLIA,), of=HolderType.LOCATION, if_laboratory=True, valid_days=30)

# What Medicare usually wants of a clinician (rulebook 13).
_MEDICARE = (
    Requirement((Fact.BIRTH_DATE,)),
    Requirement((Fact.SSN,)),
    Requirement((Kind.NPPES,)),
    Requirement((Kind.LICENSE,), in_state=True, valid_days=30),
    Requirement((Kind.EDUCATION,), _PHYSICIANS),
    Requirement((Kind.COLLABORATION,), _MIDLEVELS, in_state=True),
    Requirement((Inquiry.OIG,), verified_days=_MONTHLY),
    _CLIA,
)

# What is usual by program (rulebook 13); a payer's own list takes its place.
DEFAULTS: Mapping[Program, tuple[Requirement, ...]] = {
    Program.MEDICARE: _MEDICARE,
    Program.DMEPOS: _MEDICARE,
    Program.MEDICAID: (
        Requirement((Fact.BIRTH_DATE,)),
        Requirement((Fact.SSN,)),
        Requirement((Kind.NPPES,)),
        Requirement((Kind.LICENSE,), in_state=True, valid_days=30),
        Requirement((Kind.COLLABORATION,), _MIDLEVELS, in_state=True),
        Requirement((Kind.IDENTITY,)),
        Requirement((Inquiry.OIG,), verified_days=_MONTHLY),
        Requirement((Inquiry.STATE_EXCLUSIONS,), verified_days=_MONTHLY),
        _W9,
        _CLIA,
    ),
    Program.COMMERCIAL: (
        Requirement((Fact.BIRTH_DATE,)),
        Requirement((Kind.CAQH,), valid_days=7),
        Requirement((Kind.NPPES,)),
        Requirement((Kind.LICENSE,), in_state=True, valid_days=30, verified_days=_VERIFIED),
        Requirement((Kind.DEA,), _PHYSICIANS, in_state=True, valid_days=30, verified_days=_VERIFIED),
        Requirement((Kind.BOARD,), _PHYSICIANS, verified_days=_VERIFIED),
        Requirement((Kind.EDUCATION, Kind.TRAINING), _PHYSICIANS),
        Requirement((Kind.MALPRACTICE,), valid_days=30, per_claim=Money("1000000"), aggregate=Money("3000000")),
        Requirement((Fact.WORK_HISTORY,)),
        Requirement((Kind.PRIVILEGES, Kind.ADMITTING), _PHYSICIANS),
        Requirement((Kind.COLLABORATION,), _MIDLEVELS, in_state=True),
        Requirement((Inquiry.NPDB,), verified_days=_VERIFIED),
        Requirement((Inquiry.OIG,), verified_days=_MONTHLY),
        Requirement((Inquiry.SAM,), verified_days=_MONTHLY),
        _W9,
        _CLIA,
    ),
}


def check(requirements: tuple[Requirement, ...], file: ProviderFile, today: date) -> tuple[Checked, ...]:
    """Every requirement that is asked of this file, in the order of the payer's list.

    `today` is the day that papers and verifications are counted on: that of the payer's decision, where it is known.
    """
    return tuple(_best(requirement, file, today) for requirement in requirements if file.is_asked(requirement))


def next_step(checked: tuple[Checked, ...]) -> str | None:
    """What to do first: the line that is furthest from being met; None when all are."""
    open_ = [each for each in checked if each.outcome is not Outcome.MET]
    return max(open_, key=lambda each: _ORDER[each.outcome]).step if open_ else None


def _best(requirement: Requirement, file: ProviderFile, today: date) -> Checked:
    found = [_item(requirement, item, file, today) for item in requirement.any_of]
    best = min(found, key=lambda each: _ORDER[each.outcome])
    if best.outcome is Outcome.MISSING and len(found) > 1:
        words = " or ".join(_word(item) for item in requirement.any_of)
        return Checked(requirement, Outcome.MISSING, f"Record one of: {words}.")
    return best


def _item(requirement: Requirement, item: Item, file: ProviderFile, today: date) -> Checked:
    if isinstance(item, Fact):
        return _fact(requirement, item, file, today)
    if isinstance(item, Inquiry):
        return _inquiry(requirement, item, file, today)
    papers = [credential for credential in file.papers(requirement.of) if credential.facts.kind is item]
    state = file.place.state if requirement.in_state and file.place else None
    if state is not None:
        papers = [paper for paper in papers if paper.facts.state == state]
    if not papers:
        where = f" of {state}" if state else ""
        whose = "" if requirement.of is HolderType.PROVIDER else f" of the {requirement.of.value}"
        return Checked(requirement, Outcome.MISSING, f"Record the {_word(item)}{where}{whose}.")
    judged = [_paper(requirement, item, paper, file, today) for paper in papers]
    return min(judged, key=lambda each: _ORDER[each.outcome])


def _paper(requirement: Requirement, item: Kind, paper: Credential, file: ProviderFile, today: date) -> Checked:
    facts, word = paper.facts, _word(item)
    if paper.state(today) is State.EXPIRED:
        return Checked(
            requirement, Outcome.EXPIRED, f"The {word} expired on {facts.expires_on}: record the renewed one."
        )
    if (step := _too_small(requirement, paper, word)) is not None:
        return Checked(requirement, Outcome.TOO_SMALL, step)
    if facts.expires_on and facts.expires_on < today + timedelta(days=requirement.valid_days):
        return Checked(requirement, Outcome.ENDS_SOON, f"The {word} ends on {facts.expires_on}: renew it first.")
    days = requirement.verified_days
    if days is not None and not any(
        each.credential_id == paper.id and each.counts(today, days) for each in file.verifications
    ):
        step = f"Verify the {word} with who issued it, and record that: the payer wants it within {days} days."
        return Checked(requirement, Outcome.NOT_VERIFIED, step)
    return Checked(requirement, Outcome.MET, "")


def _too_small(requirement: Requirement, paper: Credential, word: str) -> str | None:
    facts = paper.facts
    for told, wanted, what in (
        (facts.per_claim, requirement.per_claim, "a claim"),
        (facts.aggregate, requirement.aggregate, "a year"),
    ):
        if wanted is not None and (told is None or told < wanted):
            return f"The {word} covers {told or 'nothing'} for {what}, this payer wants {wanted}: raise it."
    if requirement.tiers and facts.tier not in requirement.tiers:
        wanted_tiers = " or ".join(tier.value.replace("_", " ") for tier in requirement.tiers)
        return f"The {word} is not one of {wanted_tiers}, which this payer wants: apply for it."
    return None


def _inquiry(requirement: Requirement, item: Inquiry, file: ProviderFile, today: date) -> Checked:
    days = requirement.verified_days or _VERIFIED
    state = file.place.state if file.place else None
    asked = [each for each in file.verifications if each.item is item and state in (None, each.state or state)]
    if any(each.counts(today, days) for each in asked):
        return Checked(requirement, Outcome.MET, "")
    return Checked(
        requirement, Outcome.MISSING, f"Make the {_word(item)} and record its answer, not older than {days} days."
    )


def _fact(requirement: Requirement, item: Fact, file: ProviderFile, today: date) -> Checked:
    if item is not Fact.WORK_HISTORY:
        met = item in file.facts
        return Checked(requirement, *((Outcome.MET, "") if met else (Outcome.MISSING, f"Record the {_word(item)}.")))
    if file.work_history is None:
        return Checked(requirement, Outcome.MISSING, "Record where the provider worked in the last five years.")
    open_ = [gap for gap in gaps(file.work_history, today) if not gap.explained]
    if not open_:
        return Checked(requirement, Outcome.MET, "")
    gap = open_[0]
    step = f"The gap from {gap.first} to {gap.last} needs an {gap.wanted.value}."
    return Checked(requirement, Outcome.MISSING, step)


# As they are spoken of in a sentence, where the code's own words do not do.
_WORDS: Mapping[Item, str] = {
    Inquiry.NPDB: "NPDB query",
    Inquiry.SAM: "SAM search",
    Inquiry.OIG: "OIG exclusion check",
}


def _word(item: Item) -> str:
    if isinstance(item, Kind):
        return kind_word(item)
    return _WORDS.get(item) or item.value.replace("_", " ")
