"""Synthetic messages, hand-written; nobody in them exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def segment(name: str, fields: Mapping[int, str]) -> str:
    """A segment with what stands in its numbered fields."""
    return "|".join([name, *(fields.get(number, "") for number in range(1, max(fields) + 1))])


def message(*segments: str) -> bytes:
    return "".join(f"{segment}\r" for segment in segments).encode()


def msh(
    kind: str,
    control_id: str = "M-1",
    *,
    version: str = "2.5.1",
    processing: str = "P",
    key: str = "",
    acks: str = "|",
    application: str = "DERMEHR",
    facility: str = "SPRINGFIELD",
) -> str:
    head = f"MSH|^~\\&|{application}|{facility}|DERMBILL|BILLING|20260304101500-0600|{key}"
    return f"{head}|{kind}|{control_id}|{processing}|{version}|||{acks}"


PID = (
    "PID|1||MRN-1001^^^SPRINGFIELD^MR~999-00-1234^^^^SS||Quill^Maren^T^^^^L||19580402|F|||"
    "12 Sample Row^Apt 3^Springfield^IL^62701-0001^USA^H||(217)555-0100^PRN^PH|||||ACC-77^^^SPRINGFIELD^AN"
)
PV1 = "PV1|1|O|DERM^R2^^MAIN||||1234567893^Okafor^Ada^^^^^^NPI^^^^NPI||||||||||||V-2026-0007^^^SPRINGFIELD^VN"
GT1 = "GT1|1||Quill^Tomas||12 Sample Row^^Springfield^IL^62701|2175550101|||||FTH^Father^HL70063"
IN1 = (
    "IN1|1|GOLD^Gold plan|PAYERA^^^PAYERS^NIIP|Payer A||||G-500||||20260101|||CI|Quill^Maren|SEL^Self^HL70063|19580402|"
    "12 Sample Row^^Springfield^IL^62701|||1||||||||||||||MA1000001"
)


def adt(
    trigger: str = "A04", control_id: str = "M-1", segments: Iterable[str] = (PID, PV1, GT1, IN1), **more: str
) -> bytes:
    return message(msh(f"ADT^{trigger}^ADT_A01", control_id, **more), f"EVN|{trigger}|20260304101500", *segments)


NPI = "1234567893^Okafor^Ada^^^^^^NPI^^^^NPI"
VISIT_SEGMENT = "PV1|1|O|DERM^R2^^MAIN||||" + NPI + "||||||||||||{visit}^^^SPRINGFIELD^VN"


def ft1(number: int, code: str, **more: str) -> str:
    """A charge of 4 March 2026; `more` has fields by number, such as f10="2"."""
    fields = {1: str(number), 2: f"T-{number}", 4: "20260304", 6: "CG", 20: NPI, 25: f"{code}^^CPT"}
    return segment("FT1", fields | {int(name[1:]): value for name, value in more.items()})


def obx(number: int, word: str, value: str, kind: str = "ST", procedure: str = "", units: str = "") -> str:
    """A fact of the visit form."""
    fields = {1: str(number), 2: kind, 3: f"{word}^^99DERMBILL", 4: procedure, 5: value, 6: units, 11: "F"}
    return segment("OBX", fields)


CHARGES = (
    ft1(1, "99213", f19="L40.0^Psoriasis^I10", f26="25"),
    ft1(2, "17000", f19="L57.0^Keratosis^I10"),
    ft1(3, "17003", f10="7", f19="L57.0^Keratosis^I10"),
)
DIAGNOSES = ("DG1|1||L40.0^Psoriasis^I10|||F", "DG1|2||L57.0^Keratosis^I10|||F")
FACTS = (
    obx(1, "place_of_service", "11"),
    obx(2, "payer.type", "medicare"),
    obx(3, "payer.x_modifiers", "Y", "ID"),
    obx(4, "patient.new_or_established", "established"),
    obx(5, "em.mdm", "low"),
    obx(6, "em.minutes", "18", "NM"),
    obx(7, "em.separately_identifiable", "Y", "ID"),
    obx(8, "em.decision_for_major_surgery", "N", "ID"),
    obx(9, "em.em_problem_refs", "p1"),
    obx(10, "kind", "destruction", procedure="1"),
    obx(11, "lesion_type", "premalignant", procedure="1"),
    obx(12, "technique", "cryotherapy", procedure="1"),
    obx(13, "site", "scalp", procedure="1"),
    obx(14, "count", "8", "NM", procedure="1"),
    obx(15, "problem_ref", "p2", procedure="1"),
)


def dft(
    *segments: str,
    control_id: str = "D-1",
    visit: str = "V-2026-0007",
    patient: str = PID,
    event: str = "P03",
    **more: str,
) -> bytes:
    """A DFT: by default the charges and diagnoses of one visit, and no fact."""
    told = segments or (*CHARGES, *DIAGNOSES)
    head = msh(f"DFT^{event}^DFT_{event}", control_id, **more)
    return message(head, f"EVN|{event}|20260304", patient, VISIT_SEGMENT.format(visit=visit), *told)
