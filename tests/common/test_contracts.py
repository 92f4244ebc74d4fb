"""What a service publishes can be read by those who need less of it, and is described as it is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticSerializationError

from common.compatibility import reads
from common.contracts import Contract, ContractFault, TypeName, decode, schema_id, schema_of_view, topic_of
from common.envelope import Undecodable
from common.money import Money
from common.published import documents


class Outcome(StrEnum):
    PAID = "paid"
    PARTLY_PAID = "partly_paid"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cpt: str
    charge: Money
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """A payer paid a claim."""

    claim_id: UUID
    outcome: Outcome
    paid: Money
    adjudicated_on: date
    lines: tuple[Line, ...]
    units: Decimal = Decimal("1")
    payer_claim_number: str | None = None


@dataclass(frozen=True)
class ClaimClosed:
    claim_id: UUID
    reason: str


@dataclass(frozen=True)
class ClaimClosedV2:
    claim_id: UUID
    code: str


PAID = ClaimPaid(
    UUID(int=1), Outcome.PAID, Money("12.50"), date(2026, 3, 1), (Line(1, "11102", Money("12.50"), ("25",)),)
)
CLOSED = ClaimClosed(UUID(int=1), "void")
CLAIMS = Contract(
    service="claims",
    topic="dermbill.claims",
    publishes={ClaimPaid: 1, ClaimClosed: 1, ClaimClosedV2: 2},
    examples=(PAID, CLOSED, ClaimClosedV2(UUID(int=1), "void")),
    key="claim_id",
)
LISTENER = Contract(service="denials", topic="dermbill.denials", publishes={})
PAID_TYPE = "org.dermbill.claims.ClaimPaid.v1"
EVENTS = st.builds(
    ClaimPaid,
    claim_id=st.uuids(),
    outcome=st.sampled_from(Outcome),
    paid=st.integers(-(10**6), 10**6).map(Money.from_cents),
    adjudicated_on=st.dates(),
    lines=st.lists(
        st.builds(
            Line,
            number=st.integers(1, 50),
            cpt=st.text("0123456789", min_size=5, max_size=5),
            charge=st.integers(0, 10**6).map(Money.from_cents),
            modifiers=st.lists(st.sampled_from(["25", "59"])).map(tuple),
        )
    ).map(tuple),
    units=st.decimals(0, 100, places=1),
    payer_claim_number=st.none() | st.text(max_size=20),
)


class TestATypeName:
    def test_names_the_topic_the_event_and_its_version(self) -> None:
        assert CLAIMS.type_of(PAID) == PAID_TYPE
        assert topic_of(PAID_TYPE) == "dermbill.claims"
        assert TypeName.parse(PAID_TYPE) == TypeName("dermbill.claims", "ClaimPaid", 1)

    def test_of_a_second_version_is_that_of_the_first_with_another_number(self) -> None:
        assert CLAIMS.types[1:] == ("org.dermbill.claims.ClaimClosed.v1", "org.dermbill.claims.ClaimClosed.v2")

    @pytest.mark.parametrize("text", ["", "ClaimPaid", "org.dermbill.claims.ClaimPaid.v0", f"{PAID_TYPE}\n"])
    def test_of_another_form_is_refused(self, text: str) -> None:
        with pytest.raises(ContractFault):
            topic_of(text)


class TestAContract:
    @given(EVENTS)
    def test_writes_what_its_schema_allows_and_its_own_class_reads_back(self, event: ClaimPaid) -> None:
        payload = CLAIMS.encode(event)
        assert jsonschema_rs.is_valid(CLAIMS.schemas()[PAID_TYPE], json.loads(payload))
        assert decode(ClaimPaid, payload) == event

    def test_writes_amounts_and_decimals_as_strings(self) -> None:
        written = json.loads(CLAIMS.encode(PAID))
        assert (written["paid"], written["units"], written["lines"][0]["charge"]) == ("12.50", "1", "12.50")

    def test_refuses_to_write_what_the_type_of_a_field_does_not_allow(self) -> None:
        with pytest.raises(PydanticSerializationError):
            CLAIMS.encode(ClaimClosed(claim_id="not a uuid", reason="void"))  # type: ignore[arg-type]

    def test_refuses_an_event_of_somebody_else(self) -> None:
        with pytest.raises(ContractFault, match="does not publish str"):
            CLAIMS.encode("ClaimPaid")

    def test_gives_each_schema_its_address_and_the_same_text_in_every_process(self) -> None:
        schema = CLAIMS.schemas()[PAID_TYPE]
        assert schema["$id"] == schema_id(PAID_TYPE) == "https://dermbill.org/contracts/events/ClaimPaid.v1.json"
        assert schema["title"] == "ClaimPaid"
        assert schema["required"] == ["claim_id", "outcome", "paid", "adjudicated_on", "lines"]
        program = (
            "import dataclasses, json, uuid; from common.contracts import Contract;"
            "E = dataclasses.make_dataclass('E', [('b', uuid.UUID), ('a', set[str])], frozen=True);"
            "print(json.dumps(Contract('s', 'dermbill.s', {E: 1}).schemas()))"
        )
        runs = {
            subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True).stdout
            for seed in ("1", "2")
        }
        assert len(runs) == 1
        assert b"uuid" in runs.pop()

    @pytest.mark.parametrize(
        "declare",
        [
            lambda: Contract("claims", "claims", {ClaimClosed: 1}),
            lambda: Contract("claims", "dermbill.claims", {ClaimClosedV2: 2, Renamed: 2}),
            lambda: Contract("claims", "dermbill.claims", {str: 1}),
            lambda: Contract("claims", "dermbill.claims", {Mutable: 1}),
            lambda: Contract("claims", "dermbill.claims", {ClaimClosed: 0}),
            lambda: Contract("claims", "dermbill.claims", {ClaimClosed: 1}, examples=(PAID,)),
        ],
    )
    def test_that_cannot_hold_is_refused_when_the_service_starts(self, declare: Callable[[], Contract]) -> None:
        with pytest.raises(ContractFault):
            declare()


@dataclass
class Mutable:
    claim_id: UUID


@dataclass(frozen=True)
class Renamed:
    claim_id: UUID


Renamed.__name__ = "ClaimClosed"


@dataclass(frozen=True)
class PaidLine:
    cpt: str


@dataclass(frozen=True)
class PaidView:
    claim_id: UUID
    lines: tuple[PaidLine, ...]
    paid: Money
    extra: str = "none"


class TestAView:
    @given(EVENTS)
    def test_reads_the_fields_it_uses_and_passes_over_the_others(self, event: ClaimPaid) -> None:
        view = decode(PaidView, CLAIMS.encode(event))
        assert view == PaidView(event.claim_id, tuple(PaidLine(line.cpt) for line in event.lines), event.paid)

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"claim_id": "SMITH-JOHN"}, "data.claim_id"),
            ({"lines": [{"cpt": "11102"}, {"cpt": 99213}]}, "data.lines.1.cpt"),
            ({"paid": "SMITH-JOHN"}, "data.paid"),
            ({"paid": None}, "data.paid"),
            ({"lines": "SMITH-JOHN"}, "data.lines"),
        ],
    )
    def test_says_where_the_fault_is_and_never_what_stood_there(self, change: dict[str, Any], where: str) -> None:
        payload = json.dumps(json.loads(CLAIMS.encode(PAID)) | change).encode()
        with pytest.raises(Undecodable) as caught:
            decode(PaidView, payload)
        assert (caught.value.code, caught.value.where) == ("invalid-data", where)
        assert where in caught.value.what
        assert "SMITH" not in str(caught.value)
        assert "99213" not in str(caught.value)

    @given(st.binary(max_size=200))
    def test_reads_any_bytes_or_says_why_not(self, payload: bytes) -> None:
        with pytest.raises(Undecodable):
            decode(PaidView, payload)

    def test_is_not_sunk_by_nesting(self) -> None:
        with pytest.raises(Undecodable):
            decode(PaidView, b'{"claim_id":' + b"[" * 100_000)

    def test_fits_what_is_published_and_the_comparison_sees_when_it_does_not(self) -> None:
        published = CLAIMS.schemas()[PAID_TYPE]
        assert reads(schema_of_view(PaidView), published) == []
        assert reads(schema_of_view(Greedy), published) == [
            "data.patient_name is required, but the writer may leave it out"
        ]


@dataclass(frozen=True)
class Greedy:
    claim_id: UUID
    patient_name: str
    modifiers: list[str] = field(default_factory=list)


class TestTheFiles:
    def files(self) -> dict[str, str]:
        return documents([(LISTENER, [PAID_TYPE]), (CLAIMS, [])])

    def test_are_one_schema_and_one_example_for_every_type_and_two_indexes(self) -> None:
        assert list(self.files()) == [
            "asyncapi.yaml",
            *(f"events/{name}.json" for name in ("ClaimClosed.v1", "ClaimClosed.v2", "ClaimPaid.v1")),
            *(f"examples/{name}.json" for name in ("ClaimClosed.v1", "ClaimClosed.v2", "ClaimPaid.v1")),
            "topics.yaml",
        ]
        assert self.files() == self.files()

    def test_hold_examples_that_their_schemas_allow(self) -> None:
        files = self.files()
        for path in files:
            if path.startswith("examples/"):
                schema = json.loads(files[path.replace("examples", "events")])
                assert jsonschema_rs.is_valid(schema, json.loads(files[path]))

    def test_tell_who_owns_a_topic_and_who_listens(self) -> None:
        assert yaml.safe_load(self.files()["topics.yaml"]) == {
            "dermbill.claims": {
                "owner": "claims",
                "key": "claim_id",
                "partitions": 12,
                "retention_days": 30,
                "producers": ["claims"],
                "consumers": ["denials"],
                "types": list(CLAIMS.types),
            }
        }

    def test_make_an_asyncapi_document_whose_references_all_lead_somewhere(self) -> None:
        files = self.files()
        document = yaml.safe_load(files["asyncapi.yaml"])
        assert document["asyncapi"] == "3.0.0"
        assert set(document["operations"]) == {"claims.publishes", "denials.handles.dermbill.claims"}
        assert document["operations"]["denials.handles.dermbill.claims"]["action"] == "receive"
        references = list(_references(document))
        assert len(references) > 10
        for reference in references:
            if reference.startswith("#/"):
                place: Any = document
                for part in reference[2:].split("/"):
                    place = place[part]
            else:
                assert reference in files

    @pytest.mark.parametrize(
        ("parties", "told"),
        [
            ([(LISTENER, ["org.dermbill.claims.ClaimLost.v1"])], "which nobody publishes"),
            ([(CLAIMS, []), (CLAIMS, [])], "belongs to more than one"),
            ([(Contract("claims", "dermbill.claims", {ClaimClosed: 1}), [])], "gives no example"),
        ],
    )
    def test_are_not_written_when_the_services_contradict_each_other(self, parties: Any, told: str) -> None:
        with pytest.raises(ContractFault, match=told):
            documents(parties)


def _references(value: Any) -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
