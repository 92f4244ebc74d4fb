"""The audit trail: its chain is whole, and what changed is in it."""

from collections.abc import Iterable, Mapping

from common.audit import verify
from stack.audit.check import Check, each
from stack.audit.databases import Snapshot
from stack.audit.result import Violation


async def broken_chains(now: Snapshot) -> Iterable[Violation]:
    """What recomputing every service's chain finds."""
    return [
        Violation(service, {"fault": fault})
        for service, connection in now.connections.items()
        for fault in (await verify(connection)).faults
    ]


# For each service the changes that it promises to put in the trail and that are not there.
UNWRITTEN: Mapping[str, str] = {
    "patients": """
        SELECT p.id AS patient_id, p.version FROM patients AS p
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = p.id AND t.kind = 'patient'
                          AND t.action = 'create')
           OR p.version > 1 AND NOT EXISTS (
               SELECT FROM audit_trail AS t WHERE t.subject = p.id AND t.kind IN ('patient', 'guarantor')
               AND (t.facts ->> 'version')::bigint = p.version)
        UNION ALL
        SELECT c.id, c.version FROM coverages AS c
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'coverage'
                          AND t.action = 'create')
           OR c.version > 1 AND NOT EXISTS (
               SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'coverage'
               AND (t.facts ->> 'version')::bigint = c.version)
    """,
    "coding": """
        SELECT h.encounter_id, h.version, h.act FROM encounter_history AS h
        WHERE NOT EXISTS (
            SELECT FROM audit_trail AS t WHERE t.subject = h.encounter_id AND t.kind = 'encounter'
            AND (h.version = 1 AND t.action = 'create' OR (t.facts ->> 'version')::bigint = h.version))
    """,
    # Every entry of a claim's history is written in the transaction that saves the claim, at the same moment.
    "claims": """
        SELECT h.claim_id, h.fact, h.after AS status FROM claim_history AS h
        WHERE NOT EXISTS (
            SELECT FROM audit_trail AS t WHERE t.subject = h.claim_id AND t.kind = 'claim' AND t.at = h.at
            AND t.action IN ('create', 'update'))
        UNION ALL
        SELECT c.id, 'version ' || c.version, c.status FROM claims AS c
        WHERE NOT EXISTS (
            SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'claim'
            AND (t.facts ->> 'version')::bigint = c.version AND t.facts ->> 'status' = c.status)
    """,
    "edi": """
        SELECT 'file' AS kind, f.id FROM files AS f
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = f.id AND t.kind = 'file')
        UNION ALL
        SELECT 'partner', p.id FROM partners AS p
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = p.id AND t.kind = 'partner')
        UNION ALL
        SELECT 'transmission', s.id FROM transmissions AS s
        WHERE s.kind <> '999'
          AND NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = s.id AND t.kind = 'transmission')
    """,
    "payments": """
        SELECT 'claim account' AS kind, a.claim_id AS id FROM claim_accounts AS a
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = a.claim_id AND t.kind = 'claim account'
                          AND t.action = 'create')
        UNION ALL
        SELECT 'remittance', r.id FROM remittances AS r
        WHERE r.state <> 'refused'
          AND NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = r.id AND t.kind = 'remittance')
        UNION ALL
        SELECT 'claim payment', p.id FROM claim_payments AS p
        WHERE p.state = 'posted' AND NOT EXISTS (
            SELECT FROM audit_trail AS t WHERE t.subject = p.claim_id AND t.kind = 'claim account'
            AND t.facts ->> 'claim_payment' = p.id::text)
        UNION ALL
        SELECT 'patient payment', p.id FROM patient_payments AS p
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = p.id AND t.kind = 'patient payment')
    """,
    "denials": """
        SELECT d.case_id, d.act, d.times, count(t.id) AS written
        FROM (SELECT case_id, act, count(*) AS times FROM case_history
              WHERE act IN ('correction requested', 'appeal filed', 'upheld', 'overturned', 'assigned')
              GROUP BY case_id, act) AS d
        LEFT JOIN audit_trail AS t ON t.subject = d.case_id AND t.kind = 'denial case' AND t.facts ->> 'act' = d.act
        GROUP BY d.case_id, d.act, d.times HAVING count(t.id) <> d.times
    """,
    "credentialing": """
        SELECT e.id AS enrollment_id FROM enrollments AS e
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = e.id AND t.kind = 'enrollment'
                          AND t.action = 'create')
    """,
    "eligibility": """
        SELECT c.id AS check_id, c.version FROM checks AS c
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'coverage check'
                          AND t.action = 'create')
           OR c.version > 1 AND NOT EXISTS (
               SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'coverage check'
               AND (t.facts ->> 'version')::bigint = c.version)
    """,
    "authorizations": """
        SELECT c.id AS authorization_id, c.version FROM authorizations AS c
        WHERE NOT EXISTS (SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'authorization'
                          AND t.action = 'create')
           OR c.version > 1 AND NOT EXISTS (
               SELECT FROM audit_trail AS t WHERE t.subject = c.id AND t.kind = 'authorization'
               AND (t.facts ->> 'version')::bigint = c.version)
    """,
}

CHECKS = (
    Check("chain-whole", "The hash chain over each audit trail is whole.", broken_chains),
    Check("changes-in-trail", "Every change that the trail must hold is in it.", each(UNWRITTEN)),
)
