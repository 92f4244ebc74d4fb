"""Every seeded fault is found where it is, and nothing is found in a right file."""

import pytest
from tests.x12.seeded_bases import CLAIM_ACKS, CLAIMS, FUNCTIONAL_ACK, REMITTANCE, Base
from tests.x12.seeded_edits import ANY, Fault
from tests.x12.seeded_errors import FAULTS

import x12

BASES = (CLAIMS, REMITTANCE, CLAIM_ACKS, FUNCTIONAL_ACK)


def places(file: bytes) -> set[tuple[str, str, int]]:
    return {(item.loop or "-", item.segment, item.element) for item in x12.validate(file)}


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.kind)
def test_the_right_file_raises_no_finding(base: Base):
    assert list(x12.validate(base.file)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
def test_a_seeded_fault_is_found_at_its_place(fault: Fault):
    found = places(fault.file)
    wanted = {
        place
        for place in found
        if place[:2] == (fault.loop, fault.segment) and (fault.element == ANY or place[2] == fault.element)
    }
    assert wanted, found


def test_there_are_faults_enough_and_none_is_told_twice():
    assert len(FAULTS) >= 80
    assert len({fault.label for fault in FAULTS}) == len(FAULTS)
