"""From visit to claim: every encounter in one legal state, told once, with exactly one counterpart downstream."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from coding.domain.coded_visit import Disposition
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation

CODED, HELD, NOT_BILLABLE = "EncounterCoded", "EncounterHeld", "EncounterNotBillable"
ANNOUNCED: Mapping[Disposition, str] = {
    Disposition.READY: CODED,
    Disposition.HOLD: HELD,
    Disposition.NO_CHARGE: NOT_BILLABLE,
    Disposition.PATIENT_ONLY: NOT_BILLABLE,
}

# Statuses from which a claim goes on to its payer; one that is held stays with the biller.
TOWARDS_THE_PAYER = frozenset({"assembling", "ready", "rejected"})
# Statuses in which what goes out next is settled: it is the newest coding, also after a payer's front end sent the
# claim back, unless the payer has decided and it is a correction.
ABOUT_TO_LEAVE = frozenset({"assembling", "ready"})

STATES = "SELECT id AS encounter_id, disposition FROM encounters WHERE disposition <> ALL(CAST(:legal AS text[]))"
HISTORY = """
    SELECT e.id AS encounter_id, e.version, count(h.id) AS kept
    FROM encounters AS e LEFT JOIN encounter_history AS h ON h.encounter_id = e.id
    GROUP BY e.id, e.version
    HAVING count(h.id) <> e.version OR max(h.version) IS DISTINCT FROM e.version
"""
LAST_WORD = """
    SELECT e.id AS encounter_id, e.disposition, w.published, w.disposition AS history
    FROM encounters AS e
    LEFT JOIN LATERAL (
        SELECT published, (SELECT coded ->> 'disposition' FROM encounter_history
                           WHERE encounter_id = e.id ORDER BY version DESC LIMIT 1) AS disposition
        FROM encounter_history WHERE encounter_id = e.id AND published IS NOT NULL ORDER BY version DESC LIMIT 1
    ) AS w ON true
    JOIN unnest(CAST(:dispositions AS text[]), CAST(:events AS text[])) AS a(disposition, event)
      ON a.disposition = e.disposition
    WHERE replace(w.published, 'Recoded', 'Coded') IS DISTINCT FROM a.event
       OR w.disposition IS DISTINCT FROM e.disposition
"""
TOLD = """
    SELECT coalesce(h.encounter_id, e.key) AS encounter_id, coalesce(h.version, e.version) AS version,
           coalesce(h.published, '-') AS history, coalesce(e.event, '-') AS event, coalesce(e.times, 0) AS times
    FROM (SELECT encounter_id, version, published FROM encounter_history WHERE published IS NOT NULL) AS h
    FULL JOIN (SELECT key, version, split_part(type, '.', 4) AS event, count(*) AS times FROM event_log
               GROUP BY key, version, type) AS e
      ON e.key = h.encounter_id AND e.version = h.version AND e.event = h.published
    WHERE e.times IS DISTINCT FROM 1 OR h.encounter_id IS NULL
"""

ENCOUNTERS = "SELECT id, practice_id FROM encounters"
ANNOUNCEMENTS = """
    SELECT key, version, replace(split_part(type, '.', 4), 'Recoded', 'Coded') AS event,
           jsonb_array_length(coalesce(payload::jsonb -> 'self_pay_lines', '[]')) > 0 AS self_pay
    FROM event_log ORDER BY key, version
"""
CLAIMS = """
    SELECT id, practice_id, encounter_id, status, (coded ->> 'revision')::bigint AS revision,
           (adjudicated_on IS NOT NULL OR sealed_earlier IS NOT NULL) AS decided FROM claims
"""
REFUSED = """
    SELECT c.encounter_id, h.fact, (h.facts ->> 'revision')::bigint AS revision
    FROM claim_history AS h JOIN claims AS c ON c.id = h.claim_id
    WHERE h.fact IN (
        'recoded_refused', 'recoded_waits', 'voided_refused', 'withdrawn', 'withdrawn_waits', 'encounter_held_refused'
    )
"""
# Whatever coding says of an encounter with a claim leaves an entry that names its revision, also when it is refused.
HEARD = """
    SELECT c.encounter_id, (h.facts ->> 'revision')::bigint AS revision
    FROM claim_history AS h JOIN claims AS c ON c.id = h.claim_id WHERE h.facts ? 'revision'
"""
NOT_BILLED = "SELECT encounter_id, revision, count(*) AS times FROM not_billed GROUP BY encounter_id, revision"


@dataclass(frozen=True, slots=True)
class Announced:
    """One announcement of an encounter; `self_pay` when the patient pays for a part of it alone."""

    version: int
    event: str
    self_pay: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A claim as far as it concerns its encounter."""

    id: UUID
    practice_id: UUID
    status: str
    revision: int
    decided: bool


@dataclass(frozen=True, slots=True)
class Counterparts:
    """What coding says of encounters, and what claims made of it."""

    practices: Mapping[UUID, UUID]
    announced: Mapping[UUID, list[Announced]]
    claims: Mapping[UUID, list[Opened]]
    refused: frozenset[tuple[UUID, str, int]]
    heard: Mapping[UUID, list[int]]
    not_billed: Mapping[tuple[UUID, int], int]

    def told(self, encounter: UUID, revision: int, *facts: str) -> bool:
        """Whether the claim's history says that this word could not be followed at once."""
        return any((encounter, fact, revision) in self.refused for fact in facts)

    def latest(self, encounter: UUID, event: str) -> int | None:
        """The version of the last announcement of that kind."""
        return max((each.version for each in self.announced.get(encounter, ()) if each.event == event), default=None)


async def counterparts(now: Snapshot) -> Counterparts:
    announced: dict[UUID, list[Announced]] = defaultdict(list)
    for row in await now.rows("coding", ANNOUNCEMENTS):
        announced[row["key"]].append(Announced(row["version"], row["event"], row["self_pay"]))
    claims: dict[UUID, list[Opened]] = defaultdict(list)
    for row in await now.rows("claims", CLAIMS):
        names = ("id", "practice_id", "status", "revision", "decided")
        claims[row["encounter_id"]].append(Opened(**{name: row[name] for name in names}))
    heard: dict[UUID, list[int]] = defaultdict(list)
    for row in await now.rows("claims", HEARD):
        heard[row["encounter_id"]].append(row["revision"])
    refused = await now.rows("claims", REFUSED)
    not_billed = await now.rows("claims", NOT_BILLED)
    return Counterparts(
        practices={row["id"]: row["practice_id"] for row in await now.rows("coding", ENCOUNTERS)},
        announced=announced,
        claims=claims,
        refused=frozenset((row["encounter_id"], row["fact"], row["revision"]) for row in refused),
        heard=heard,
        not_billed={(row["encounter_id"], row["revision"]): row["times"] for row in not_billed},
    )


async def claim_counts(now: Snapshot) -> Iterable[Violation]:
    """A coded encounter has one claim in its own practice; one that was never coded, or is unknown, has none."""
    known = await counterparts(now)
    found: list[Violation] = []
    for encounter in sorted({*known.practices, *known.claims}):
        wanted = 1 if encounter in known.practices and known.latest(encounter, CODED) is not None else 0
        opened = known.claims.get(encounter, [])
        stray = [claim for claim in opened if claim.practice_id != known.practices.get(encounter)]
        if len(opened) != wanted or stray:
            found.append(_violation(encounter, wanted=wanted, claims=len(opened), of_another_practice=len(stray)))
    return found


async def claims_behind(now: Snapshot) -> Iterable[Violation]:
    """A claim carries the last coding of its encounter, or says that it came too late; none leaves without it."""
    known = await counterparts(now)
    return [
        _violation(encounter, claim_id=claim.id, coded=latest, claim=claim.revision)
        for encounter, opened in known.claims.items()
        for claim in opened
        if (latest := known.latest(encounter, CODED)) is not None
        and claim.revision != latest
        and (
            not known.told(encounter, latest, "recoded_refused", "recoded_waits")
            or (claim.status in ABOUT_TO_LEAVE and not claim.decided)
        )
    ]


async def withdrawn_in_vain(now: Snapshot) -> Iterable[Violation]:
    """An encounter that turned out not to be billable has no claim under way, or somebody was told."""
    known = await counterparts(now)
    return [
        _violation(encounter, claim_id=claim.id, status=claim.status, withdrawn=withdrawn)
        for encounter, opened in known.claims.items()
        for claim in opened
        if (withdrawn := known.latest(encounter, NOT_BILLABLE)) is not None
        and withdrawn > claim.revision
        and claim.status != "void"
        and not known.told(encounter, withdrawn, "voided_refused", "withdrawn", "withdrawn_waits")
    ]


async def words_unheard(now: Snapshot) -> Iterable[Violation]:
    """From the coding that opened it on, a claim has heard every word about its encounter once."""
    known = await counterparts(now)
    found: list[Violation] = []
    for encounter in known.claims:
        told = known.announced.get(encounter, ())
        opening = min((each.version for each in told if each.event == CODED), default=0)
        said = sorted(each.version for each in told if each.version >= opening)
        heard = sorted(known.heard.get(encounter, ()))
        if said != heard:
            found.append(_violation(encounter, said=said, heard=heard))
    return found


async def sent_while_asking(now: Snapshot) -> Iterable[Violation]:
    """While coding waits for an answer, the claim is on no way to its payer, or somebody was told that it is."""
    known = await counterparts(now)
    return [
        _violation(encounter, claim_id=claim.id, status=claim.status, held=held)
        for encounter, opened in known.claims.items()
        for claim in opened
        if (held := known.latest(encounter, HELD)) is not None
        and held > claim.revision
        and claim.status in TOWARDS_THE_PAYER
        and (encounter, "encounter_held_refused", held) not in known.refused
    ]


async def self_pay_kept(now: Snapshot) -> Iterable[Violation]:
    """What no payer is billed for is kept once for each announcement that says so, and for nothing else."""
    known = await counterparts(now)
    wanted = {
        (encounter, each.version): 1
        for encounter, told in known.announced.items()
        for each in told
        if each.event == NOT_BILLABLE or (each.event == CODED and each.self_pay)
    }
    return [
        _violation(encounter, version=version, kept=known.not_billed.get((encounter, version), 0))
        for encounter, version in sorted({*wanted, *known.not_billed})
        if known.not_billed.get((encounter, version), 0) != wanted.get((encounter, version), 0)
    ]


def _violation(encounter: UUID, **ids: object) -> Violation:
    return Violation("claims", {"encounter_id": str(encounter), **{name: str(value) for name, value in ids.items()}})


CHECKS = (
    Check(
        "encounter-state",
        "Every encounter is in exactly one legal state.",
        within("coding", STATES, legal=[each.value for each in Disposition]),
        accounts=True,
    ),
    Check("encounter-history", "Every version of an encounter is kept.", within("coding", HISTORY), accounts=True),
    Check(
        "encounter-last-word",
        "What was told last of an encounter is what it is.",
        within(
            "coding",
            LAST_WORD,
            dispositions=[each.value for each in ANNOUNCED],
            events=list(ANNOUNCED.values()),
        ),
        accounts=True,
    ),
    Check(
        "encounter-told-once",
        "Every announcement in the history is one event, and the reverse.",
        within("coding", TOLD),
        accounts=True,
    ),
    Check("one-claim", "A coded encounter has one claim, any other none.", claim_counts, accounts=True),
    Check("claim-up-to-date", "A claim carries the last coding of its encounter.", claims_behind, accounts=True),
    Check("claim-hears-coding", "A claim has heard every word of coding, once.", words_unheard, accounts=True),
    Check("held-not-sent", "What coding asks about is not on its way.", sent_while_asking, accounts=True),
    Check("not-billable-no-claim", "What is not billable is on no claim.", withdrawn_in_vain, accounts=True),
    Check("self-pay-kept", "What the patient pays alone is kept once.", self_pay_kept, accounts=True),
)
