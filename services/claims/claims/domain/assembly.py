"""From coded encounter to a claim that may go: the parties frozen, the lines priced, the edits run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from claims.domain import readiness
from claims.domain.bill import REASONS
from claims.domain.claim import Claim
from claims.domain.coding import LaterWord, priced, total
from claims.domain.draft import Draft, Neighbour
from claims.domain.events import ClaimClosed, ClaimHeld
from claims.domain.facts import NOTHING_HEARD, Facts, Taken
from claims.domain.findings import Finding, Override, Severity, holding
from claims.domain.lifecycle import Fact, Status
from claims.domain.parties import Snapshot
from claims.domain.refusals import (
    AlreadySubmitted,
    FactOutOfPlace,
    FindingNotOverridable,
    FindingNotThere,
)
from claims.domain.scrubbing import QUESTIONS_IN_CODING, judged, scrub
from common.change import Change
from common.money import Money
from common.phi import Phi


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a claim is judged against: the day, the other lines billed for the patient on the date of service, and what
    was heard of coverage, authorization and enrollment.
    """

    today: date
    neighbours: Sequence[Neighbour]
    facts: Facts = NOTHING_HEARD


def hold(claim: Claim, word: LaterWord, now: datetime) -> Change[Claim]:
    """Coding asks about the encounter again: keep the claim from its payer until it is answered.

    Before a payer holds the claim it is held, with a finding that only a later coding of the encounter takes away.
    One that is on its way or was decided on stays as it is and a biller is told; what would leave for the payer after
    that (a rejected claim built again, a correction) is held by the same finding. A void claim goes nowhere. A word
    that is not later than what the claim has heard changes nothing.
    """
    if word.revision <= claim.coded.newest:
        return Change(claim)
    facts = {"revision": str(word.revision), "flags": " ".join(word.flags)}
    heard = _heard(claim, word)
    if claim.status is Status.VOID:
        return Change(heard.note(Fact.ENCOUNTER_HELD.value, now, facts))
    if _decided(claim) or not claim.allows(Fact.ENCOUNTER_HELD):
        return Change(heard.refuse(Fact.ENCOUNTER_HELD, now, facts))
    asked = tuple(judged(QUESTIONS_IN_CODING, _draft(heard, Surroundings(now.date(), ()))))
    others = tuple(finding for finding in claim.findings if finding.id != QUESTIONS_IN_CODING.id)
    held = replace(heard, findings=(*others, *asked)).move(Fact.ENCOUNTER_HELD, now, facts)
    return Change(held, (_told_held(held),))


def rebuild(claim: Claim, now: datetime, *, by: str) -> Change[Claim]:
    """Assemble a held or rejected claim again, after something was mended.

    Raises FactOutOfPlace from any other status.
    """
    return Change(claim.move(Fact.REBUILD_ASKED, now, {"by": by}))


def assemble(
    claim: Claim, snapshot: Snapshot, charges: Mapping[str, Money], around: Surroundings, now: datetime
) -> Change[Claim]:
    """Freeze the parties, price the lines, scrub.

    A claim whose lines were corrected keeps the corrected lines; only their prices are looked up again. A claim to a
    later payer keeps the prices that the one before has decided on.
    """
    lines = claim.lines if claim.earlier else priced(claim.lines, claim.coded.lines, charges)
    drafted = replace(claim, snapshot=snapshot, lines=lines, charge=total(lines))
    return scrubbed(drafted, around, now)


def scrubbed(claim: Claim, around: Surroundings, now: datetime) -> Change[Claim]:
    """The claim with its findings and the gate's, ready for the next batch or held."""
    gate = readiness.judge(claim, around.facts)
    return _settled(claim, (*scrub(_draft(claim, around)), *gate.findings), gate.taken, now)


def weigh(claim: Claim, facts: Facts, now: datetime) -> Change[Claim]:
    """Judge a claim that has not left by what was heard since: release it, hold it, or put a number on it.

    What the scrubber found stays as it is, and so does a claim that is being built or is not ours any more.
    """
    if claim.status not in (Status.HELD, Status.READY, Status.CORRECTING):
        return Change(claim)
    gate = readiness.judge(claim, facts)
    findings = (*(finding for finding in claim.findings if finding.id not in REASONS), *gate.findings)
    taken = () if holding(findings, claim.overrides) else gate.taken
    if (findings, (*claim.spent, *taken)) == (claim.findings, claim.authorized):
        return Change(claim)
    return _settled(claim, findings, gate.taken, now)


def override(claim: Claim, answer: Override, around: Surroundings) -> Change[Claim]:
    """Take a biller's reason for letting a finding pass, and judge the claim again.

    Raises FindingNotThere, FindingNotOverridable, and FactOutOfPlace when the claim is not held.
    """
    if claim.status is not Status.HELD:
        raise FactOutOfPlace(claim_id=claim.id, status=claim.status.value, fact="finding_overridden")
    finding = _named(claim, answer)
    facts = {"finding": finding.id, "where": finding.where, "by": answer.by}
    kept = tuple(other for other in claim.overrides if not other.covers(finding))
    answered = claim.note("finding_overridden", answer.at, facts, reason=answer.reason)
    return scrubbed(replace(answered, overrides=(*kept, answer)), around, answer.at)


def void(claim: Claim, now: datetime, *, by: str, reason: Phi[str]) -> Change[Claim]:
    """Give up a claim that no payer has seen.

    Raises AlreadySubmitted once there was a submission, FactOutOfPlace when it is finished.
    """
    if claim.submissions:
        raise AlreadySubmitted(claim_id=claim.id)
    voided = claim.move(Fact.VOIDED, now, {"by": by}, reason=reason)
    return Change(voided, (ClaimClosed(claim.id, "void"),))


def _settled(claim: Claim, findings: tuple[Finding, ...], taken: tuple[Taken, ...], now: datetime) -> Change[Claim]:
    """A claim that is held uses nothing of an authorization: another may have the units meanwhile."""
    found = {
        "findings": " ".join(sorted({finding.id for finding in findings})),
        "charge": str(claim.charge),
    }
    found |= {"authorizations": " ".join(sorted({str(one.authorization_id) for one in taken}))} if taken else {}
    if holding(findings, claim.overrides):
        held = replace(claim, findings=findings, authorized=claim.spent).move(Fact.FOUND_WANTING, now, found)
        return Change(held, (_told_held(held),))
    clean = replace(claim, findings=findings, authorized=(*claim.spent, *taken))
    if claim.status is Status.READY:
        return Change(clean.note(Fact.FOUND_CLEAN.value, now, found))
    return Change(clean.move(Fact.FOUND_CLEAN, now, found))


def _decided(claim: Claim) -> bool:
    """Whether a payer has decided on its lines, this one or one before."""
    return claim.adjudicated_on is not None or bool(claim.earlier)


def _heard(claim: Claim, word: LaterWord) -> Claim:
    return replace(claim, coded=replace(claim.coded, later=word))


def _told_held(claim: Claim) -> ClaimHeld:
    ids = {finding.id for finding in holding(claim.findings, claim.overrides)}
    return ClaimHeld(claim.id, claim.encounter_id, tuple(sorted(ids)))


def _named(claim: Claim, answer: Override) -> Finding:
    for finding in claim.findings:
        if (finding.id, finding.where) == (answer.finding, answer.where):
            if not finding.overridable and finding.severity is Severity.HOLD:
                raise FindingNotOverridable(finding=finding.id, where=finding.where)
            return finding
    raise FindingNotThere(claim_id=claim.id, finding=answer.finding, where=answer.where)


def _draft(claim: Claim, around: Surroundings) -> Draft:
    return Draft(
        coded=claim.coded,
        snapshot=claim.snapshot,
        lines=claim.lines,
        charge=claim.charge,
        frequency=claim.next_frequency,
        original_reference=claim.next_original_reference,
        filing_window=claim.filing_window,
        today=around.today,
        neighbours=tuple(around.neighbours),
    )
