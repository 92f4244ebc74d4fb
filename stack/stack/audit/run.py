"""One audit: wait for quiet, look at everything at one moment, judge."""

import time

from stack.audit import backbone, claims, denials, encounters, money, remittances, submissions, trail, wire
from stack.audit.archive import Vaults, vaults_of
from stack.audit.check import Check
from stack.audit.databases import Snapshot, Urls, database_urls, snapshot
from stack.audit.money import bars
from stack.audit.result import AuditResult, CheckResult, Totals
from stack.audit.settling import look, settle
from stack.workspace import Workspace

CHECKS: tuple[Check, ...] = (
    *encounters.CHECKS,
    *claims.CHECKS,
    *submissions.CHECKS,
    *wire.CHECKS,
    *remittances.CHECKS,
    *money.CHECKS,
    *denials.CHECKS,
    *backbone.CHECKS,
    *trail.CHECKS,
)

EVENTS, TRAIL = "SELECT count(*) FROM event_log", "SELECT count(*) FROM audit_trail"


async def audit(place: Workspace | Urls, *, vaults: Vaults | None = None, settle_seconds: float = 30.0) -> AuditResult:
    """Compare the services of a workspace (or at these URLs: service -> database as administrator) with one another.

    `vaults` holds the keys of edi, whose archive is read; those of the workspace unless given.

    Waits at most `settle_seconds` for quiet. What is found while the platform still moves is looked for once more,
    for a moment between two databases is no contradiction. Raises StackError when a database cannot be read.
    """
    urls = database_urls(place) if isinstance(place, Workspace) else place
    if vaults is None and isinstance(place, Workspace):
        vaults = vaults_of(place)
    until = time.monotonic() + settle_seconds
    while True:
        settled = await settle(urls, max(0.0, until - time.monotonic()))
        before = await look(urls)
        result = await _judge(urls, vaults, settled=settled)
        if result.clean or time.monotonic() >= until or await look(urls) == before:
            return result


async def _judge(urls: Urls, vaults: Vaults | None, *, settled: bool) -> AuditResult:
    async with snapshot(urls, vaults) as now:
        checks = [
            CheckResult(check.id, check.sentence, tuple(await check.find(now)), check.accounts) for check in CHECKS
        ]
        return AuditResult(tuple(checks), await _totals(now), settled)


async def _totals(now: Snapshot) -> Totals:
    found = await bars(now)
    return Totals(
        encounters=await now.scalar("coding", "SELECT count(*) FROM encounters"),
        claims=await now.scalar("claims", "SELECT count(*) FROM claims"),
        events=sum([await now.scalar(name, EVENTS) for name in now.connections]),
        audit_rows=sum([await now.scalar(name, TRAIL) for name in now.connections]),
        charged=sum(bar.charge.cents for bar in found.values()),
        paid=sum(bar.paid.cents for bar in found.values()),
        adjusted=sum(bar.adjusted.cents for bar in found.values()),
        patient=sum(bar.patient.cents for bar in found.values()),
        open=sum(bar.open.cents for bar in found.values()),
    )
