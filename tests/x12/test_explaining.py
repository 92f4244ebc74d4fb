"""A file is read to a person: what it is, what it holds, what is wrong, where, and how to mend it."""

import json
import logging
from pathlib import Path

import pytest
from tests.x12.bases import Base
from tests.x12.seeded_bases import CLAIM_ACKS, CLAIMS, FUNCTIONAL_ACK, REMITTANCE
from tests.x12.seeded_edits import Fault
from tests.x12.seeded_errors import FAULTS
from typer.testing import CliRunner

import x12
from stack.cli import app

# Values of the bases that name a person, or a thing of a person, and no code of the guides.
CANARIES = (
    "DOE", "JANE", "ROE", "TIM", "ANN", "MEMBER0001", "MEMBER0002", "MEMBER0003", "12 ELM STREET", "14 ELM STREET",
    "19800517", "20150101", "BIOPSY OF TWO LESIONS", "ATTACH1", "CLAIM0001", "CLAIM0002", "PAYER77", "EFT900001",
    "5555550100", "123456789", "SMITH", "REED", "00003029305", "D485", "11102", "1234567893",
)  # fmt: skip
READERS = (
    x12.read_claims, x12.read_remittances, x12.read_functional_acks, x12.read_claim_acks, x12.read_interchanges,
    x12.examine, x12.judge_claims,
)  # fmt: skip


def run(path: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["edi", "explain", str(path), *options])
    return result.exit_code, result.output


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "claims.837"
    path.write_bytes(CLAIMS.file.replace(b"*11:B:1*Y*", b"*11:B:1*Q*"))
    return path


class TestReadingToAPerson:
    def test_claims_are_told_with_their_totals_and_the_place_of_what_is_wrong(self, wrong):
        code, told = run(wrong)
        assert code == 0
        assert "from DERMBILL to CLEARING" in told
        assert "2 claims with 4 service lines and charges of $545.50" in told
        assert "Claim CLAIM0001 for JANE DOE, to ACME HEALTH: $345.50." in told
        assert "loop 2300, CLM06: The element is not one of the guide's codes." in told
        assert "Correct the value." in told

    def test_a_remittance_is_told_with_its_payment_and_where_the_money_went(self, tmp_path):
        path = tmp_path / "advice.835"
        path.write_bytes(REMITTANCE.file)
        _, told = run(path)
        assert "It pays $180.25 by electronic transfer (ACH) on 2026-03-02 for 4 claims." in told
        assert "2 paid as primary, 1 denied, 1 reversed" in told
        assert "$30.00 was owed by the patient (PR)." in told
        assert "$0.25 was added to the payment" in told
        assert "Nothing is wrong with it." in told

    def test_acknowledgements_are_told_with_their_verdicts(self, tmp_path):
        path = tmp_path / "ack"
        path.write_bytes(CLAIM_ACKS.file + FUNCTIONAL_ACK.file)
        _, told = run(path)
        assert "1 is rejected for invalid information." in told
        assert "It answers a group, which was accepted in part." in told

    def test_without_values_no_person_is_named(self, wrong):
        code, told = run(wrong, "--no-values")
        assert code == 0
        assert "2 claims" in told
        assert [canary for canary in CANARIES if canary in told] == []

    def test_what_is_no_x12_is_refused_in_one_sentence(self, tmp_path):
        path = tmp_path / "letter.txt"
        path.write_text("Dear payer")
        code, told = run(path)
        assert code == 1
        assert "does not begin with ISA" in told
        assert "Traceback" not in told


class TestReadingAsJson:
    def test_interchanges_and_findings_are_given(self, wrong):
        code, told = run(wrong, "--json")
        assert code == 0
        read = json.loads(told)
        (group,) = read["interchanges"][0]["groups"]
        (item,) = group["sets"]
        assert (item["kind"], item["facts"]["claims"], item["facts"]["charge"]) == ("837P", 2, "545.5")
        (finding,) = read["findings"]
        assert (finding["severity"], finding["level"]) == ("error", "guide")
        assert (finding["loop"], finding["segment"], finding["element"]) == ("2300", "CLM", 6)
        assert finding["position"] == {"interchange": 1, "group": 1, "set": 1, "segment": 23}
        assert finding["message"]
        assert finding["mend"]

    @pytest.mark.parametrize("base", [CLAIMS, REMITTANCE, CLAIM_ACKS, FUNCTIONAL_ACK], ids=lambda base: base.kind)
    def test_without_values_no_person_is_named(self, base: Base):
        told = json.dumps(x12.explanation_as_json(x12.explain(base.file), values=False))
        assert [canary for canary in CANARIES if canary in told] == []


class TestKeepingSilence:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
    def test_no_finding_error_or_log_line_holds_a_value(self, fault: Fault, caplog):
        caplog.set_level(logging.DEBUG)
        file = fault.file
        said = [repr(item) + item.message for item in x12.validate(file)]
        for read in READERS:
            try:
                for _ in read(file):
                    pass
            except x12.X12Error as error:
                said.append(f"{error!r} {error}")
        said += [record.getMessage() for record in caplog.records]
        assert [canary for canary in CANARIES if any(canary in text for text in said)] == []

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
    def test_every_faulty_file_can_be_explained_without_values(self, fault: Fault):
        told = "\n".join(x12.explanation_as_text(x12.explain(fault.file), values=False))
        assert told
        assert [canary for canary in CANARIES if canary in told] == []
