"""The scrubber: one function per edit, in one table (rulebook 9.1 and 9.2)."""

from __future__ import annotations

from collections.abc import Iterator

from claims.domain import claim_edits, line_edits, party_edits
from claims.domain.draft import Draft, Edit
from claims.domain.findings import Finding, Severity

_CONTENT = "837P 005010X222A1"
_CATALOGUE = "rulebook 9.2"

# A claim says what its encounter says; it cannot say what coding has taken back.
QUESTIONS_IN_CODING = Edit("R07", Severity.HOLD, claim_edits.questions_in_coding, "the newest word of coding")

# Where a service was decides what the claim has to say, and the register alone can tell.
LOCATION_UNKNOWN = Edit("R09", Severity.HOLD, party_edits.location_known, f"{_CONTENT}, loop 2310C; rulebook 9.1")

# R ids are what the catalogue gives no number of its own: content that 837P requires, and the word of coding.
EDITS: tuple[Edit, ...] = (
    Edit("E01", Severity.HOLD, party_edits.member_id, f"{_CONTENT}, loop 2010BA NM109"),
    Edit("E02", Severity.HOLD, party_edits.demographics, f"{_CONTENT}, loops 2010BA and 2010CA DMG"),
    Edit("E03", Severity.HOLD, party_edits.coverage_in_force, _CATALOGUE),
    Edit("E04", Severity.HOLD, party_edits.payer_known, _CATALOGUE),
    Edit("E05", Severity.HOLD, party_edits.npis, "NPI check digit, rulebook 9.1"),
    Edit("E06", Severity.HOLD, party_edits.taxonomies, f"{_CONTENT}, loops 2000A and 2310B PRV03"),
    Edit("E08", Severity.HOLD, line_edits.procedures, "procedure codes by date of service, rulebook 1 and 9.2"),
    Edit("E09", Severity.HOLD, line_edits.diagnoses, "ICD-10-CM by date of service, rulebook 6"),
    Edit("E10", Severity.HOLD, line_edits.pointers, f"{_CONTENT}, loop 2400 SV107"),
    Edit("E16", Severity.HOLD, line_edits.add_ons, "CMS add-on code file, rulebook 4.3", overridable=True),
    Edit("E18", Severity.HOLD, line_edits.modifier_sets, "modifier matrix, rulebook 5", overridable=True),
    Edit("E20", Severity.HOLD, line_edits.place, f"{_CONTENT}, CLM05-1", overridable=True),
    Edit("E24", Severity.HOLD, claim_edits.timely_filing, "payer's filing limit, rulebook 9.3"),
    Edit("E25", Severity.HOLD, line_edits.duplicates, "duplicate key, rulebook 9.2", overridable=True),
    Edit("E30", Severity.HOLD, line_edits.charges, "charge master, rulebook 9.2"),
    Edit("E32", Severity.HOLD, claim_edits.original_reference, f"{_CONTENT}, loop 2300 REF F8; rulebook 9.4"),
    Edit("E36", Severity.HOLD, claim_edits.service_date, _CATALOGUE),
    Edit("E40", Severity.HOLD, line_edits.sum_of_lines, f"{_CONTENT}, CLM02 against SV102"),
    Edit("R01", Severity.HOLD, party_edits.billing_provider, f"{_CONTENT}, loops 1000A and 2010AA"),
    Edit("R02", Severity.HOLD, party_edits.tax_id, f"{_CONTENT}, loop 2010AA REF EI or SY"),
    Edit("R03", Severity.HOLD, party_edits.names_and_addresses, f"{_CONTENT}, loops 2010BA and 2010CA N3, N4"),
    Edit("R04", Severity.HOLD, line_edits.line_count, f"{_CONTENT}, loop 2400"),
    Edit("R05", Severity.HOLD, line_edits.units, f"{_CONTENT}, loop 2400 SV104"),
    Edit("R06", Severity.HOLD, party_edits.writable, "X12 005010 character set"),
    QUESTIONS_IN_CODING,
    Edit("R08", Severity.HOLD, party_edits.medicare_second, f"{_CONTENT}, loop 2000B SBR05"),
    LOCATION_UNKNOWN,
)


def scrub(draft: Draft) -> tuple[Finding, ...]:
    """Every finding of every edit, in the order of the table. Nothing found: the claim may go."""
    return tuple(finding for edit in EDITS for finding in judged(edit, draft))


def judged(edit: Edit, draft: Draft) -> Iterator[Finding]:
    """The findings of one edit."""
    for found in edit.judge(draft):
        yield Finding(
            id=edit.id,
            severity=found.severity or edit.severity,
            where=found.where,
            sentence=found.sentence,
            mend=found.mend,
            source=edit.source,
            overridable=edit.overridable if found.overridable is None else found.overridable,
        )
