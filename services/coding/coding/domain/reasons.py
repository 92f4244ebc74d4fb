"""Why the engine decided what it decided: each rule's id, source and dates, beside the facts it used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# Named in EncounterCoded, so that a claim can be coded again by the rules it was coded by.
RULES_EDITION = "2026.1"
# The first date of service these rules were written for: the CMS tables they read start here.
IN_FORCE_FROM = date(2024, 7, 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` is the rule in a sentence; the dates are the dates of service it holds for, inclusive."""

    id: str
    source: str
    says: str
    in_force_from: date = IN_FORCE_FROM
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule applied. `facts` are what it read: codes, counts, measures and sites, never names or notes."""

    rule: Rule
    facts: tuple[tuple[str, str], ...]


def because(rule_id: str, **facts: object) -> Reason:
    """The reason for a decision by this rule, with the facts it used (those that are None are left out)."""
    return Reason(RULES[rule_id], tuple((k, str(v)) for k, v in sorted(facts.items()) if v is not None))


RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("BX-PRIMARY", "rulebook 3.2", "One first biopsy a session: incision before punch before tangential."),
        Rule("BX-FURTHER", "rulebook 3.2", "Each further lesion is its technique's add-on."),
        Rule("BX-SITE", "rulebook 3.2", "A site with a biopsy code of its own is taken out first."),
        Rule("AK-COUNT", "rulebook 3.8", "One keratosis, each of the next to fourteen, or fifteen and more once."),
        Rule("BENIGN-COUNT", "rulebook 3.9", "All benign lesions are counted together: to fourteen, or more."),
        Rule("VASCULAR-AREA", "rulebook 3.10", "Vascular proliferative lesions go by their area."),
        Rule("MALIGNANT-DIAMETER", "rulebook 3.11", "Malignant destruction goes by lesion diameter, a line each."),
        Rule("EXCISED-DIAMETER", "rulebook 3.4", "Lesion diameter plus twice the narrowest margin, by site group."),
        Rule("BEHAVIOUR", "rulebook 3.4", "The pathology report decides between the benign and malignant codes."),
        Rule("SHAVE-DIAMETER", "rulebook 3.3", "Shave removal goes by lesion diameter without margins."),
        Rule("REPAIR-SUM", "rulebook 3.5", "Lengths of one class and one site group are added."),
        Rule("REPAIR-COMPLEX", "rulebook 3.5", "A complex closure needs its criterion and more than 1.0 cm."),
        Rule("FLAP-AREA", "rulebook 3.6", "A flap goes by primary plus secondary defect."),
        Rule("MOHS-STAGES", "rulebook 3.12", "A first stage for each tumour, then its stages and extra blocks."),
        Rule("MOHS-GROUND", "rulebook 3.12", "Without an earlier report, the day's own sample may decide for surgery."),
        Rule("TAGS-COUNT", "rulebook 3.13", "Fifteen tags, then each further ten or part."),
        Rule("PARING-COUNT", "rulebook 3.14", "One, two to four, or more corns pared."),
        Rule("INJECTED-COUNT", "rulebook 3.16", "To seven lesions injected, or more; lesions, not needle sticks."),
        Rule("NAILS-DEBRIDED", "rulebook 3.17", "To five nails debrided, or six and more, once a session."),
        Rule("NAILS-TRIMMED", "rulebook 3.17", "Healthy and dystrophic nails are trimmed under codes of their own."),
        Rule("NAIL-DIGIT", "rulebook 3.17", "A nail procedure is a line for each digit, with the digit's modifier."),
        Rule("DRAINED", "rulebook 3.15", "A single simple abscess, or a complicated one or several, once."),
        Rule("HIDRADENITIS", "rulebook 3.19", "Hidradenitis goes by region and by a complex closure."),
        Rule("BOTH-SIDES", "rulebook 5", "Both sides are one line with 50 where the fee schedule allows it."),
        Rule("LIGHT", "rulebook 3.18", "Each kind of ultraviolet light is one unit a day."),
        Rule("EXCIMER-AREA", "rulebook 3.18", "The excimer laser goes by the day's whole area."),
        Rule("PDT", "rulebook 3.18", "One code of photodynamic therapy a day, by who did it and debridement."),
        Rule("ALLERGENS", "rulebook 3.19", "A patch test is counted by allergen."),
        Rule("PATHOLOGY", "rulebook 3.19", "A level for each specimen; stains by block, antibodies by specimen."),
        Rule("COMPONENT", "rulebook 5", "The professional part is 26, the technical part TC, both none."),
        Rule("TOXIN", "rulebook 3.19", "Both armpits are one unit; all other areas of a day are one."),
        Rule("GRAFT-AREA", "rulebook 3.7", "A graft's first area by its place, and each further area or part."),
        Rule("DRUG-UNITS", "rulebook 3.16", "A drug's dose in its billing units, rounded up."),
        Rule("DRUG-WASTE", "rulebook 5", "A single-dose container tells what was discarded, or that nothing was."),
        Rule("SUTURES", "rulebook 3.19", "Sutures of another surgeon go with the visit; one's own are aftercare."),
        Rule("EM-LEVEL", "rulebook 3.20", "The higher of the level by decision making and by documented time."),
        Rule("EM-NEW", "rulebook 3.20", "Seen by the same group and specialty within three years is not new."),
        Rule("EM-PROLONGED", "rulebook 3.20", "Each full 15 minutes past the payer's starting point."),
        Rule("EM-LONGITUDINAL", "rulebook 3.20", "Medicare's continuing-care add-on, unless 25 is on the visit."),
        Rule("TELEHEALTH", "rulebook 3.20", "Audio-video 95 where the payer asks, audio only 93."),
        Rule("MOD-25", "rulebook 5", "A separate visit for another problem on the day of a minor procedure."),
        Rule("MOD-57", "rulebook 5", "The visit decided for surgery with a 90-day global."),
        Rule("MOD-24", "rulebook 4.5", "A visit unrelated to the surgery whose global period runs."),
        Rule("MOD-58", "rulebook 4.5", "Staged or more extensive surgery in a global period."),
        Rule("MOD-79", "rulebook 4.5", "Surgery unrelated to the one whose global period runs."),
        Rule("AFTERCARE", "rulebook 4.5", "Routine aftercare in a global period has no charge."),
        Rule("DISTINCT", "rulebook 4.1", "An edit with indicator 1 is passed for another lesion at another site."),
        Rule("REPEATED", "rulebook 5", "The same code for another lesion is marked as distinct."),
        Rule("COSMETIC", "rulebook 7.1", "A benign lesion without symptoms is the patient's own wish."),
        Rule("NOTICE", "rulebook 7.2", "A signed notice of an expected denial lets the claim go with GA; none is GZ."),
        Rule("NECESSITY", "rulebook 7.1", "A documented symptom makes a benign lesion's removal medical."),
        Rule("UNDERLYING-FIRST", "rulebook 6", "The disease that underlies a manifestation stands before it."),
        Rule("SELF-PAY", "rulebook 7.3", "A patient without insurance pays; nothing goes to a payer."),
    )
}
