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
