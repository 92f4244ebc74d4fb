"""The wires of the clearinghouse, and everything that a test can let go wrong on them."""

import base64
import hashlib
import time
from datetime import datetime
from uuid import uuid4

import httpx
import pytest

import x12

SERVICE = ("99213", "200")


def submitted(simulation, clinic, number, *faults, sets=1):
    """Hand in one file of so many sets of one claim each, with these faults; the file."""
    if faults:
        simulation.ask("POST", "/faults", list(faults))
    content = clinic.file(number, clinic.claim(f"C{number}", "MERIDIAN", SERVICE))
    if sets > 1:
        written = datetime(2026, 3, 3, 10, 0)  # noqa: DTZ001
        header = x12.InterchangeHeader("ZZ", "DERMGROUP", "ZZ", "SIMCLEARING", written, number, number)
        body = content[content.index(b"BHT") : content.index(b"~SE*") + 1].decode()
        content = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)] * sets)
    simulation.submit(content)
    return content


def names(simulation):
    return [file["name"] for file in simulation.ask("GET", "/mailboxes/DERMGROUP")]


class TestAcknowledgements:
    @pytest.mark.parametrize("note", ["001", "008", "020", "021", "025"])
    def test_a_ta1_can_reject_for_any_note_and_then_nothing_is_taken(self, simulation, clinic, note):
        submitted(simulation, clinic, 1, {"fault": "ta1", "note": note})
        (answer,) = simulation.files()
        (ack,) = x12.read_interchange_acks(answer)
        assert (ack.control_number, ack.code, ack.note) == ("000000001", "R", note)
        assert simulation.ask("GET", "/counts")["claims"] == {}

    @pytest.mark.parametrize(
        ("code", "sets", "outcome", "of_sets", "taken"),
        [
            ("A", (), "A", ["A", "A", "A"], 3),
            ("E", (), "E", ["E", "E", "E"], 3),
            ("P", (), "P", ["R", "A", "A"], 2),
            ("P", (2, 3), "P", ["A", "R", "R"], 1),
            ("R", (), "R", ["R", "R", "R"], 0),
        ],
    )
    def test_a_999_can_have_any_outcome_set_by_set_and_only_what_is_accepted_is_taken(
        self, simulation, clinic, code, sets, outcome, of_sets, taken
    ):
        submitted(simulation, clinic, 1, {"fault": "functional_ack", "code": code, "sets": list(sets)}, sets=3)
        (answer,) = simulation.files("999")
        (ack,) = (received.value for received in x12.read_functional_acks(answer))
        assert (ack.code, [one.code for one in ack.sets]) == (outcome, of_sets)
        assert (ack.included, ack.received, ack.accepted) == (3, 3, taken)
        assert sum(simulation.ask("GET", "/counts")["claims"].values()) == taken

    def test_silence_says_nothing_of_a_kind_and_the_rest_as_ever(self, simulation, clinic):
        submitted(simulation, clinic, 1, {"fault": "silence", "kind": "999"})
        simulation.pass_days(1)
        assert [name.partition("-")[0] for name in names(simulation)] == ["277ca", "277ca"]


class TestFiles:
    def test_out_of_order_a_file_comes_after_the_next_one(self, simulation, clinic):
        submitted(simulation, clinic, 1, {"fault": "out_of_order", "kind": "999", "days": 5})
        assert names(simulation) == []
        submitted(simulation, clinic, 2)
        first, second = (x12.sniff(file).interchange.control_number for file in simulation.files())
        assert int(first) > int(second)
        simulation.pass_days(6)
        assert len(simulation.files("999")) == 2

    def test_out_of_order_with_no_next_one_it_comes_in_the_end(self, simulation, clinic):
        simulation.ask("POST", "/faults", [{"fault": "silence", "kind": "277CA", "times": 10}])
        submitted(simulation, clinic, 1, {"fault": "out_of_order", "kind": "999", "days": 2})
        simulation.pass_days(3)
        assert len(simulation.files("999")) == 1

    def test_redelivered_the_same_bytes_come_again_later(self, simulation, clinic):
        submitted(simulation, clinic, 1, {"fault": "redelivered", "kind": "999", "days": 2})
        assert len(simulation.files("999")) == 1
        simulation.pass_days(3)
        first, again = simulation.files("999")
        assert first == again

    def test_malformed_something_else_comes_first(self, simulation, clinic):
        submitted(simulation, clinic, 1, {"fault": "malformed", "kind": "999", "days": 2})
        (nonsense,) = simulation.files("999")
        assert nonsense.startswith(b"<html>")
        simulation.pass_days(3)
        assert simulation.files("999")[1].startswith(b"ISA")

    def test_by_chance_from_a_seed_it_is_the_same_every_time_and_about_as_often_as_it_says(self, simulation, clinic):
        def struck():
            simulation.begin()
            simulation.ask("POST", "/faults", [{"fault": "duplicate", "kind": "999", "rate": 0.3, "seed": 5}])
            for number in range(1, 61):
                submitted(simulation, clinic, number)
            return [name.startswith("again-") for name in names(simulation)]

        first = struck()
        assert 8 <= sum(first) <= 30
        assert struck() == first

    def test_a_fault_is_for_the_partner_that_it_names(self, simulation, clinic):
        submitted(simulation, clinic, 1, {"fault": "silence", "receiver": "SOMEBODYELSE"})
        assert len(names(simulation)) == 1
        assert simulation.ask("GET", "/faults")[0]["left"] == 1

    @pytest.mark.parametrize(
        "fault",
        [
            {"fault": "unknown"}, {"fault": "late", "days": -1}, {"fault": "late", "rate": 0},
            {"fault": "late", "rate": 2},
            {"fault": "slow", "seconds": 1e9}, {"fault": "refused", "status": 200}, {"fault": "ta1", "note": "999"},
            {"fault": "late", "times": 0}, {"fault": "late", "surprise": 1},
        ],
    )  # fmt: skip
    def test_a_fault_that_cannot_be_is_refused(self, simulation, fault):
        assert simulation.admin.post("/faults", json=[fault]).status_code == 422


class TestCalls:
    def post(self, simulation, clinic, timeout=20.0):
        content = clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE))
        url = f"{simulation.wire.base_url}/core/v1/batches"
        return httpx.post(url, json=simulation.envelope(content), timeout=timeout)

    def taken(self, simulation):
        return simulation.came_in("000000001")

    @pytest.mark.parametrize(
        ("fault", "status", "taken"),
        [
            ({"fault": "unavailable"}, 503, False),
            ({"fault": "answer_lost"}, 503, True),
            ({"fault": "refused", "status": 413}, 413, False),
            ({"fault": "malformed_answer"}, 200, True),
        ],
    )
    def test_it_is_answered_as_told_and_done_or_not(self, simulation, clinic, fault, status, taken):
        simulation.ask("POST", "/faults", [fault])
        assert self.post(simulation, clinic).status_code == status
        assert self.taken(simulation) is taken
        assert self.post(simulation, clinic).status_code == 202

    @pytest.mark.parametrize("taken", [True, False])
    def test_the_connection_breaks_in_the_middle_of_the_answer(self, simulation, clinic, taken):
        simulation.ask("POST", "/faults", [{"fault": "disconnect", "taken": taken}])
        with pytest.raises(httpx.RemoteProtocolError):
            self.post(simulation, clinic)
        assert self.taken(simulation) is taken

    def test_a_slow_answer_takes_as_long_as_it_says(self, simulation, clinic):
        simulation.ask("POST", "/faults", [{"fault": "slow", "seconds": 0.7}])
        started = time.monotonic()
        assert self.post(simulation, clinic).status_code == 202
        assert time.monotonic() - started >= 0.7

    def test_a_call_that_hangs_is_not_answered_and_nothing_is_done(self, simulation, clinic):
        simulation.ask("POST", "/faults", [{"fault": "hang", "seconds": 30}])
        with pytest.raises(httpx.ReadTimeout):
            self.post(simulation, clinic, timeout=0.5)
        assert not self.taken(simulation)

    def test_what_was_asked_can_be_looked_at(self, simulation):
        simulation.wire.get("/core/v1/results", params={"SenderID": "DERMGROUP"})
        assert simulation.ask("GET", "/asked") == ["GET /core/v1/results?SenderID=DERMGROUP"]


class TestCore:
    @pytest.fixture
    def content(self, clinic):
        return clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE))

    def test_a_batch_is_received_once_for_its_payload_id(self, simulation, content):
        sent = simulation.envelope(content)
        for _ in range(2):
            answer = simulation.wire.post("/core/v1/batches", json=sent)
            assert answer.status_code == 202, answer.text
            told = answer.json()
            assert (told["PayloadType"], told["ErrorCode"]) == ("X12_BatchReceiptConfirmation", "Success")
            assert (told["PayloadID"], told["SenderID"], told["ReceiverID"]) == (
                sent["PayloadID"], "SIMCLEARING", "DERMGROUP",
            )  # fmt: skip
        assert simulation.ask("GET", "/counts")["interchanges"] == {"taken": 1}
        asked = simulation.wire.get(f"/core/v1/batches/{sent['PayloadID']}", params=simulation.asking())
        assert asked.json()["ErrorCode"] == "Success"
        again = simulation.envelope(content + b"\n", PayloadID=sent["PayloadID"])
        other = simulation.wire.post("/core/v1/batches", json=again)
        assert (other.status_code, other.json()["ErrorCode"]) == (409, "PayloadIDIllegal")

    def test_a_batch_that_never_came_is_not_known(self, simulation):
        answer = simulation.wire.get(f"/core/v1/batches/{uuid4()}", params=simulation.asking())
        assert (answer.status_code, answer.json()["ErrorCode"]) == (404, "PayloadIDIllegal")

    def test_results_and_acknowledgements_are_picked_up_by_type_and_by_id(self, simulation, content):
        simulation.wire.post("/core/v1/batches", json=simulation.envelope(content))
        simulation.pass_days(1)
        everything = simulation.wire.get("/core/v1/results", params=simulation.asking()).json()
        assert (everything["ErrorCode"], everything["ReceiverID"]) == ("Success", "DERMGROUP")
        assert [one["PayloadType"] for one in everything["Payloads"]] == [
            "X12_999_Response_005010X231A1", "X12_277CA_Response_005010X214", "X12_277CA_Response_005010X214",
        ]  # fmt: skip
        wanted = simulation.asking(PayloadType="X12_999_Response_005010X231A1")
        (only,) = simulation.wire.get("/core/v1/results", params=wanted).json()["Payloads"]
        told = simulation.wire.get(f"/core/v1/results/{only['PayloadID']}", params=wanted).json()
        assert told["Payload"].encode() == simulation.files("999")[0]
        assert told["CheckSum"] == hashlib.sha1(told["Payload"].encode(), usedforsecurity=False).hexdigest()
        assert (told["ReceiverID"], told["ErrorCode"], told["ProcessingMode"]) == ("DERMGROUP", "Success", "Batch")
        absent = simulation.wire.get(f"/core/v1/results/{uuid4()}", params=wanted)
        assert (absent.status_code, absent.json()["ErrorCode"]) == (404, "PayloadIDIllegal")
        following = simulation.asking(After=everything["Next"])
        assert simulation.wire.get("/core/v1/results", params=following).json()["Payloads"] == []

    def test_a_file_that_is_no_text_comes_and_goes_as_base64(self, simulation, content):
        scan = content.replace(b"SMITH", b"SM\xffTH")
        assert scan != content
        sent = simulation.envelope(scan)
        assert sent["PayloadEncoding"] == "base64"
        assert simulation.wire.post("/core/v1/batches", json=sent).status_code == 202
        (kept,) = simulation.ask("GET", "/interchanges")["interchanges"]
        assert simulation.admin.get(f"/interchanges/{kept['id']}/content").content == scan
        simulation.admin.post("/mailboxes/DERMGROUP", params={"name": "scan"}, content=scan)
        listed = simulation.wire.get("/core/v1/results", params=simulation.asking()).json()["Payloads"]
        told = simulation.wire.get(f"/core/v1/results/{listed[-1]['PayloadID']}", params=simulation.asking()).json()
        assert (told["PayloadEncoding"], base64.b64decode(told["Payload"])) == ("base64", scan)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            *(({name: ""}, f"{name}Required") for name in (
                "PayloadType", "ProcessingMode", "PayloadID", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion",
                "Payload", "CheckSum",
            )),
            ({"CORERuleVersion": "2.2.0"}, "VersionMismatch"),
            ({"ProcessingMode": "RealTime"}, "ProcessingModeIllegal"),
            ({"PayloadType": "X12_000"}, "PayloadTypeIllegal"),
            ({"PayloadID": "1"}, "PayloadIDIllegal"),
            ({"TimeStamp": "yesterday"}, "TimeStampIllegal"),
            ({"SenderID": "OTHER"}, "SenderIDIllegal"),
            ({"ReceiverID": "OTHER"}, "ReceiverIDIllegal"),
            ({"PayloadEncoding": "base64"}, "PayloadIllegal"),
            ({"PayloadEncoding": "rot13"}, "PayloadEncodingIllegal"),
            ({"CheckSum": "0" * 40}, "CheckSumMismatched"),
        ],
    )  # fmt: skip
    def test_an_envelope_that_is_wrong_is_refused_with_cores_word_for_it(self, simulation, content, changes, code):
        answer = simulation.wire.post("/core/v1/batches", json=simulation.envelope(content, **changes))
        assert (answer.status_code, answer.json()["ErrorCode"]) == (400, code)
        assert answer.json()["PayloadType"] == "CoreEnvelopeError"
        assert simulation.ask("GET", "/counts")["interchanges"] == {}

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            *(({name: ""}, f"{name}Required") for name in (
                "ProcessingMode", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion",
            )),
            ({"ProcessingMode": "RealTime"}, "ProcessingModeIllegal"),
            ({"CORERuleVersion": "2.2.0"}, "VersionMismatch"),
            ({"PayloadType": "X12_837_Request_005010X222A1"}, "PayloadTypeIllegal"),
        ],
    )  # fmt: skip
    def test_who_picks_up_says_who_is_asking_and_how(self, simulation, changes, code):
        answer = simulation.wire.get("/core/v1/results", params=simulation.asking(**changes))
        assert (answer.status_code, answer.json()["ErrorCode"]) == (400, code)

    def test_a_payload_that_is_no_x12_is_refused(self, simulation):
        answer = simulation.wire.post("/core/v1/batches", json=simulation.envelope(b"no X12"))
        assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "PayloadIllegal")

    def test_a_body_that_is_no_envelope_is_refused_in_one(self, simulation):
        answer = simulation.wire.post("/core/v1/batches", content=b"ISA*00*")
        assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "PayloadIllegal")

    def test_claims_have_no_real_time(self, simulation, content):
        sent = simulation.envelope(content, ProcessingMode="RealTime")
        answer = simulation.wire.post("/core/v1/realtime", json=sent)
        assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "NotSupported")
