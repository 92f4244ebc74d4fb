"""The encounter of a claim was coded anew, or turned out to be for no payer: the claim follows.

What no payer holds is built again, or given up. What a payer decided on is replaced (frequency 7), or voided (frequency
8) when nothing of it is left; both name the payer's own number, which its decision gives. In between the word waits: a
payer turns a replacement of an undecided claim away (docs/adr/0010).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from claims.domain import assembly
from claims.domain.claim import VOID, Claim
from claims.domain.coding import CodedEncounter, LaterWord, NotBilled
from claims.domain.events import ClaimClosed
from claims.domain.facility import service_facility
from claims.domain.lifecycle import Fact, Status
from claims.domain.parties import Location
from common.change import Change
from common.money import Money

RECODED_WAITS, WITHDRAWN_WAITS = "recoded_waits", "withdrawn_waits"

_IN_OUR_HANDS = frozenset({Status.ASSEMBLING, Status.HELD, Status.READY, Status.REJECTED, Status.CORRECTING})
_UNDER_WORK = _IN_OUR_HANDS - {Status.REJECTED} | {Status.VOID}
_ON_ITS_WAY = frozenset({Status.SENDING, Status.SUBMITTED, Status.ACCEPTED, Status.APPEALED})


class Way(Enum):
    """How a claim can follow: at once, after the payer's word, or only by a person's hand."""

    NOW = "now"
    LATER = "later"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Recoded:
    """A later revision of the encounter; `differs` are the codes that changed, as the history keeps them.

    `location` is what the register has for the location of the visit now.
    """

    coded: CodedEncounter
    differs: str = ""
    location: Location | None = None

    @property
    def facts(self) -> dict[str, str]:
        said = {"revision": str(self.coded.revision)}
        return said | {"differs": self.differs} if self.differs else said


def recode(claim: Claim, word: Recoded, now: datetime) -> Change[Claim]:
    """Take a later revision of the encounter; one that is not later than what the claim has heard changes nothing."""
    coded = word.coded
    if coded.revision <= claim.coded.newest:
        return Change(claim)
    with_payer = claim.status not in (*_IN_OUR_HANDS, Status.VOID)
    if with_payer and _sends_the_same(claim, word):
        return Change(replace(claim, coded=coded).note("recoded_the_same", now, word.facts))
    way = _way(claim)
    if way is Way.NOW:
        return Change(_rebuilt(claim, coded, now, word.facts))
    heard = _heard(claim, LaterWord(coded.revision, held=False, coded=coded))
    if way is Way.LATER:
        return Change(_waits(heard, RECODED_WAITS, now, word.facts))
    return Change(heard.refuse(Fact.RECODED, now, word.facts))


def withdraw(claim: Claim, facts: NotBilled, now: datetime) -> Change[Claim]:
    """A later revision of the encounter is for no payer: void the claim here where no payer holds it, else there."""
    said = {"revision": str(facts.revision), "disposition": facts.disposition}
    heard = _heard(claim, LaterWord(facts.revision, held=False, withdrawn=True))
    if claim.status is Status.VOID:
        return Change(heard.note(Fact.WITHDRAWN.value, now, said))
    if _is_ours_alone(claim):
        return _given_up(heard, now, said)
    way = _way(claim)
    if way is Way.NOW and _is_voidable(claim):
        return Change(_void_asked(heard, now, said))
    if way is Way.LATER:
        return Change(_waits(heard, WITHDRAWN_WAITS, now, said))
    return Change(heard.refuse(Fact.VOIDED, now, said))


def waits(claim: Claim) -> bool:
    """Whether coding said something that the claim has not followed yet."""
    later = claim.coded.later
    if later is None or later.held:
        return False
    if later.coded is not None:
        return True
    asked = bool(claim.submissions) and claim.current.frequency == VOID
    return later.withdrawn and not asked and claim.status not in _UNDER_WORK


def is_behind(claim: Claim) -> bool:
    """Whether the claim can follow now what waited."""
    if not waits(claim) or _way(claim) is not Way.NOW:
        return False
    return not claim.coded.is_withdrawn or _is_ours_alone(claim) or _is_voidable(claim)


def catch_up(claim: Claim, now: datetime) -> Change[Claim]:
    """Follow the word that waited; a claim that is not behind stays as it is."""
    later = claim.coded.later
    if later is None or not is_behind(claim):
        return Change(claim)
    facts = {"applied_revision": str(later.revision)}
    if later.coded is not None:
        return Change(_rebuilt(claim, later.coded, now, facts))
    return _given_up(claim, now, facts) if _is_ours_alone(claim) else Change(_void_asked(claim, now, facts))


def rebuild(claim: Claim, now: datetime, *, by: str) -> Change[Claim]:
    """Assemble a held or rejected claim again; what coding said while the claim was away is what goes out.

    Raises FactOutOfPlace from any other status.
    """
    if claim.status in (Status.HELD, Status.REJECTED) and is_behind(claim):
        return catch_up(claim.note("rebuild_asked", now, {"by": by}), now)
    return assembly.rebuild(claim, now, by=by)


def _way(claim: Claim) -> Way:
    if claim.earlier:
        # What one payer has decided on is what the next one is told; both would have to be sent it anew.
        return Way.BY_HAND
    if claim.status in _IN_OUR_HANDS:
        return Way.NOW
    if claim.status in _ON_ITS_WAY:
        return Way.LATER
    if claim.status is Status.VOID:
        # What a biller gave up is the biller's to open again.
        return Way.NOW if claim.coded.later and not claim.coded.is_held else Way.BY_HAND
    # What was denied whole may go again as an original where a payer takes no replacements (rulebook 9.4).
    return Way.NOW if _is_replaceable(claim) or claim.status is Status.DENIED else Way.BY_HAND


def _is_ours_alone(claim: Claim) -> bool:
    """No payer holds it: it never left, or whatever left was turned away."""
    return claim.status in _IN_OUR_HANDS and claim.adjudicated_on is None and not claim.earlier


def _is_replaceable(claim: Claim) -> bool:
    payer = claim.snapshot.payer if claim.snapshot else None
    return payer is not None and payer.takes_frequency_codes and claim.payer_claim_number is not None


def _is_voidable(claim: Claim) -> bool:
    return claim.adjudicated_on is not None and _is_replaceable(claim)


def _rebuilt(claim: Claim, coded: CodedEncounter, now: datetime, facts: dict[str, str]) -> Claim:
    # A correction of the lines stands while coding says what it said before.
    lines = claim.lines if _same(_placed(claim.coded, coded), coded) else coded.lines
    moved = replace(claim.move(Fact.RECODED, now, facts), coded=coded, lines=lines, charge=Money.zero())
    anew = replace(moved, findings=(), overrides=())
    if claim.status is not Status.VOID:
        return anew
    # It begins again as an original: what a payer said of it is about a claim that is gone.
    return replace(anew, adjudicated_on=None, payer_claim_number=None)


def _void_asked(claim: Claim, now: datetime, facts: dict[str, str]) -> Claim:
    """Its lines stay as the payer has them."""
    return replace(claim.move(Fact.WITHDRAWN, now, facts), findings=(), overrides=())


def _given_up(claim: Claim, now: datetime, facts: dict[str, str]) -> Change[Claim]:
    return Change(claim.move(Fact.VOIDED, now, facts), (ClaimClosed(claim.id, "not_billable"),))


def _waits(claim: Claim, reason: str, now: datetime, facts: dict[str, str]) -> Claim:
    due = {"due_at": claim.deadline.due_at.isoformat()} if claim.deadline else {}
    return claim.note(reason, now, facts).flag(reason, now, facts | due | {"status": claim.status.value})


def _heard(claim: Claim, word: LaterWord) -> Claim:
    return replace(claim, coded=replace(claim.coded, later=word))


def _sends_the_same(claim: Claim, word: Recoded) -> bool:
    """Whether the payer would be sent what it has: another location is that where the claim names neither."""
    had, has = claim.coded, word.coded
    if not _same(_placed(had, has), has):
        return False
    if had.location_code == has.location_code:
        return True
    if claim.snapshot is None or (has.location_code and word.location is None):
        return False
    moved = replace(claim.snapshot, location=word.location)
    place = has.place_of_service
    return service_facility(claim.snapshot, place) == service_facility(moved, place)


def _placed(had: CodedEncounter, has: CodedEncounter) -> CodedEncounter:
    """The first where the second was."""
    return replace(had, location_code=has.location_code)


def _same(had: CodedEncounter, has: CodedEncounter) -> bool:
    """Whether a claim of both would be the same."""
    return replace(had, revision=has.revision, rules_edition=has.rules_edition, later=None) == has
