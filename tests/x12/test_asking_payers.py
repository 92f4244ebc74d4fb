"""Eligibility and claim status: what is written is read back, samples survive, batches stream, faults are named."""

import gc
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

import x12

from . import inquiries as made

LAW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
KINDS = {
    "270": (x12.ELIGIBILITY_VERSION, x12.read_eligibility_inquiries, x12.render_eligibility_inquiries_body),
    "271": (x12.ELIGIBILITY_VERSION, x12.read_eligibility_answers, x12.render_eligibility_answers_body),
    "276": (x12.CLAIM_STATUS_VERSION, x12.read_claim_status_inquiries, x12.render_claim_status_inquiries_body),
    "277": (x12.CLAIM_STATUS_VERSION, x12.read_claim_statuses, x12.render_claim_statuses_body),
}
VALID = "kputnam__stupidedi/spec/fixtures/005010"


def wrapped(header, kind, *batches):
    version, _, render = KINDS[kind]
    return x12.write_interchange(header, [x12.TransactionSet(kind, version, render(batch)) for batch in batches])


def read(kind, content):
    return [item.value for item in KINDS[kind][1](content)]


class TestReadingWhatWasWritten:
    @LAW
    @given(batch=made.inquiries())
    def test_eligibility_questions_come_back_equal(self, header, batch):
        assert read("270", wrapped(header, "270", batch)) == batch

    @LAW
    @given(batch=made.answers())
    def test_eligibility_answers_come_back_equal(self, header, batch):
        assert read("271", wrapped(header, "271", batch)) == batch

    @LAW
    @given(batch=made.status_inquiries())
    def test_claim_status_questions_come_back_equal(self, header, batch):
        assert read("276", wrapped(header, "276", batch)) == batch

    @LAW
    @given(batch=made.statuses())
    def test_claim_statuses_come_back_equal(self, header, batch):
        assert read("277", wrapped(header, "277", batch)) == batch


class TestSamples:
    def test_the_valid_examples_raise_no_error_and_are_written_again_with_the_same_content(self, samples, header):
        judged = 0
        for path in sorted((samples / VALID).rglob("pass/*")):
            content = path.read_bytes()
            kind, version = x12.sniff(content).kinds[0]
            if kind not in KINDS or not version.startswith(("005010X279", "005010X212")):
                continue
            found = [item for item in x12.validate(content) if item.severity == "error" and item.segment != "IEA"]
            assert found == [], path.name
            received = [item.value for item in KINDS[kind][1](content, report=lambda _: None)]
            assert received, path.name
            again = wrapped(header, kind, received)
            assert [item.value for item in KINDS[kind][1](again)] == received
            assert contents(again) == contents(content), path.name
            judged += 1
        if not judged:
            pytest.skip("the examples are not among the samples")
        assert judged >= 13

    def test_every_sample_is_read_or_refused_with_a_typed_error(self, samples):
        for path in (path for path in sorted(samples.rglob("*")) if path.is_file()):
            content = path.read_bytes()
            if b"ISA" not in content[:64]:
                continue
            for _, reader, _ in KINDS.values():
                try:
                    assert all(item.value for item in reader(content))
                except x12.X12Error as error:
                    assert error.what, path  # noqa: PT017


def contents(content):
    """The segments, without the zeros at the end of numbers; HL04 of a refused level may keep what was asked."""
    found = []
    for event in x12.read_events(content):
        if isinstance(event, list):
            plain = [number(text) for text in event]
            found.append(tuple(plain[:4] if plain[0] == "HL" else plain))
    return sorted(found)


def number(text):
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "", 1).isdigit() else text


class TestBatches:
    def test_ten_thousand_questions_in_several_sets_are_read_one_at_a_time(self, header):
        batches = [[made.inquiry(at) for at in range(first, first + 2_000)] for first in range(0, 10_000, 2_000)]
        content = wrapped(header, "270", *batches)
        del batches
        seen = 0
        for seen, item in enumerate(x12.read_eligibility_inquiries(content), start=1):
            if seen % 2_500 == 0:
                alive = sum(isinstance(thing, x12.EligibilityInquiry) for thing in gc.get_objects())
                assert alive <= 3
                assert item.value.subscriber.person.party.id == f"M{seen - 1:06d}"
        assert seen == 10_000

    def test_one_that_cannot_be_read_costs_only_itself(self, header):
        asked = [made.inquiry(at) for at in range(3)]
        content = wrapped(header, "271", [made.answer(item) for item in asked])
        spoiled = content.replace(b"*27*30*", b"*27*3O*", 1)
        reported: list[x12.Finding] = []
        kept = list(x12.read_eligibility_answers(spoiled, report=reported.append))
        assert len(kept) == 2
        assert [(item.segment, item.element) for item in reported] == [("EB", 7)]


class TestFaults:
    @pytest.mark.parametrize(
        ("before", "after", "segment", "place"),
        [
            ("EQ*30", "EQ*29", "EQ", 1),
            ("BHT*0022*13", "BHT*0010*13", "BHT", 1),
            ("DMG*D8*19800517", "DMG*D8*19801317", "DMG", 2),
            ("TRN*1*T0*9877281234", "TRN*1*T0*98", "TRN", 3),
            ("HL*3*2*22*0", "HL*3*2*22*1", "HL", 4),
        ],
    )
    def test_a_fault_in_a_question_is_named(self, header, before, after, segment, place):
        content = wrapped(header, "270", [made.inquiry(0)])
        assert list(x12.validate(content)) == []
        found = list(x12.validate(content.replace(before.encode(), after.encode(), 1)))
        assert (segment, place) in [(item.segment, item.element) for item in found if item.severity == "error"]

    @pytest.mark.parametrize(
        ("before", "after", "segment", "place"),
        [
            ("EB*1*IND", "EB*QQ*IND", "EB", 1),
            ("EB*1*IND*30", "EB*1*IND*30^29", "EB", 3),
            ("*27*30*", "*99*30*", "EB", 6),
            ("*27*30*", "*27*3.001*", "EB", 7),
            ("EB*1*IND", "AAA*N**00*C~EB*1*IND", "AAA", 3),
        ],
    )
    def test_a_fault_in_an_answer_is_named(self, header, before, after, segment, place):
        content = wrapped(header, "271", [made.answer(made.inquiry(0))])
        assert list(x12.validate(content)) == []
        found = list(x12.validate(content.replace(before.encode(), after.encode(), 1)))
        assert (segment, place) in [(item.segment, item.element) for item in found if item.severity == "error"]

    def test_sets_of_two_heads_are_refused(self):
        one, other = made.inquiry(1), made.inquiry(2)
        other = replace(other, head=replace(other.head, reference="OTHER"))
        with pytest.raises(x12.WriteRefused):
            x12.render_eligibility_inquiries_body([one, other])
        with pytest.raises(x12.WriteRefused):
            x12.render_eligibility_inquiries_body([])
