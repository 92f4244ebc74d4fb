"""Documents sent to a payer: whatever bytes they are, they arrive as they were."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12
from x12.model.attachment import PATIENT, PAYER, SUBMITTER

HEADER = x12.InterchangeHeader("ZZ", "US", "ZZ", "THEM", datetime(2026, 3, 3, 9), 1, 1)  # noqa: DTZ001
EVERY_BYTE = bytes(range(256))
SAMPLES = Path(__file__).resolve().parents[3] / "shared/samples/xlate__staedi/src/test/resources/x12"


def attachment(*documents: x12.AttachedDocument, number: str = "1") -> x12.ClaimAttachment:
    return x12.ClaimAttachment(
        x12.AttachmentHead("A1", date(2026, 3, 3)),
        (
            x12.AttachmentParty(PAYER, x12.Party("ACME HEALTH", id_qualifier="PI", id="60054")),
            x12.AttachmentParty(SUBMITTER, x12.Party("SKIN CLINIC", id_qualifier="46", id="1234")),
            x12.AttachmentParty("1P", x12.Party("SKIN CLINIC", id_qualifier="XX", id="1234567893")),
            x12.AttachmentParty(
                PATIENT,
                x12.Party("DOE", "1", "PAT", id_qualifier="MI", id="M1", references=(x12.Reference("EJ", "ACCOUNT1"),)),
                (x12.DatedEvent("472", date(2026, 2, 1)),),
            ),
        ),
        number,
        traces=(x12.Trace("CLAIM7", "2"),),
        statuses=(("STC", "R4\x1f18594-2\x1f\x1fLOI"),),
        references=(x12.Reference("6R", "L1"),),
        categories=(x12.AttachmentCategory("368", "D8", "20260303", "AE", "TX", documents),),
    )


def written(*items: x12.ClaimAttachment, header: x12.InterchangeHeader = HEADER) -> bytes:
    body = x12.render_attachments_body(items)
    return x12.write_interchange(header, [x12.TransactionSet("275", x12.ATTACHMENT_VERSION, body)])


def read(file: bytes, **more: x12.Limits) -> list[x12.ClaimAttachment]:
    return [item.value for item in x12.read_attachments(file, **more)]


def contents(file: bytes) -> list[bytes | None]:
    return [document.content for item in read(file) for category in item.categories for document in category.documents]


class TestTheBytes:
    @pytest.mark.parametrize("form", [None, "B64", ""])
    def test_every_value_of_a_byte_arrives(self, form: str | None):
        file = written(attachment(x12.AttachedDocument(EVERY_BYTE, "05", filter=form)))
        assert EVERY_BYTE in file
        assert contents(file) == [EVERY_BYTE]

    @pytest.mark.parametrize("size", [0, 1, 2, 8_100, 8_192, 65_536, 65_537, 1_000_000])
    def test_documents_of_any_size_arrive(self, size: int):
        content = (EVERY_BYTE * (size // 256 + 1))[:size]
        item = attachment(x12.AttachedDocument(content, "05"))
        assert read(written(item)) == [item]

    def test_a_document_that_is_itself_an_interchange_is_not_read_as_one(self):
        inner = written(attachment(x12.AttachedDocument(b"~IEA*1*000000001~", "05")))
        file = written(attachment(x12.AttachedDocument(b"\r\n~" + inner, "05")))
        assert contents(file) == [b"\r\n~" + inner]
        assert [len(item.groups) for item in x12.read_interchanges(file)] == [1]

    @settings(max_examples=150, deadline=None)
    @given(
        documents=st.lists(st.tuples(st.binary(max_size=300), st.sampled_from([None, "B64", "ASC"])), max_size=4),
        marks=st.sampled_from(["*:~^", "|>!%", "+/=!", "\x1d\x1f\x1c\x1e", "*:\n^", "*:\r^"]),
        line_break=st.sampled_from(["", "\n", "\r\n"]),
        chunk=st.integers(1, 400),
    )
    def test_what_is_written_is_read_again_in_any_delimiters_and_chunks(
        self, documents: list[tuple[bytes, str | None]], marks: str, line_break: str, chunk: int
    ):
        held = tuple(x12.AttachedDocument(content, "05", ("A", "", "B"), form) for content, form in documents)
        items = [attachment(*held), attachment(*held, number="2")]
        delimiters = x12.Delimiters(marks[0], marks[1], marks[2], marks[3])
        header = x12.InterchangeHeader(
            "ZZ", "US", "ZZ", "THEM", HEADER.created, 1, 1, delimiters=delimiters, line_break=line_break
        )
        file = written(*items, header=header)
        parts = (file[at : at + chunk] for at in range(0, len(file), chunk))
        assert [item.value for item in x12.read_attachments(parts)] == items


class TestWhoAndWhatFor:
    def test_an_attachment_says_who_sends_it_for_whom_and_for_which_claim(self):
        item = read(written(attachment(x12.AttachedDocument(b"note", "05"))))[0]
        assert [item.named(role).name for role in (PAYER, SUBMITTER, PATIENT)] == ["ACME HEALTH", "SKIN CLINIC", "DOE"]
        assert item.traces[0].number == "CLAIM7"
        assert item.categories[0].report_type == "AE"

    def test_a_right_file_has_no_finding_of_its_content(self):
        file = written(attachment(x12.AttachedDocument(EVERY_BYTE, "05")))
        assert [item for item in x12.validate(file) if item.severity == "error"] == []

    def test_attachments_of_two_senders_do_not_share_a_set(self):
        other = x12.ClaimAttachment(x12.AttachmentHead("A2", date(2026, 3, 3)), (), "1")
        with pytest.raises(x12.WriteRefused):
            x12.render_attachments_body([attachment(), other])


class TestWhatIsWrong:
    FILE = written(attachment(x12.AttachedDocument(EVERY_BYTE * 3, "05")))

    def test_a_file_cut_inside_a_document_is_an_error_at_every_place(self):
        start = self.FILE.index(b"BIN*768*") + 8
        for end in range(start, start + 769, 7):
            with pytest.raises(x12.EnvelopeBroken):
                read(self.FILE[:end])

    @pytest.mark.parametrize("size", [0, 1, 767, 769, 9_999])
    def test_a_length_that_is_not_that_of_the_document_is_an_error(self, size: int):
        with pytest.raises((x12.BadElement, x12.EnvelopeBroken)) as caught:
            read(self.FILE.replace(b"BIN*768*", b"BIN*%d*" % size))
        assert caught.value.segment == "BIN"

    @pytest.mark.parametrize("size", [b"", b"x", b"-1", b"1e3"])
    def test_a_length_that_is_no_number_is_a_bad_element(self, size: bytes):
        file = written(attachment(x12.AttachedDocument(b"plain words", "05")))
        with pytest.raises(x12.BadElement):
            read(file.replace(b"BIN*11*", b"BIN*%s*" % size))

    def test_a_document_beyond_the_limit_is_refused_before_it_is_read(self):
        def endless():
            yield self.FILE[: self.FILE.index(b"BIN*768*")] + b"BIN*99999999999*"
            for _ in range(3):
                yield b"A" * 8_192
            pytest.fail("the document was read")

        with pytest.raises(x12.LimitExceeded):
            list(x12.read_attachments(endless()))
        with pytest.raises(x12.LimitExceeded):
            read(self.FILE, limits=x12.Limits(binary=767))

    def test_without_an_exception_the_same_is_a_finding(self):
        found = list(x12.validate(self.FILE.replace(b"BIN*768*", b"BIN*767*")))
        assert ("BIN", 1) in [(item.segment, item.element) for item in found]

    def test_digits_that_do_not_agree_with_their_length_are_not_written(self):
        body = x12.render_attachments_body([attachment(x12.AttachedDocument(b"abc", "05"))])
        with pytest.raises(x12.WriteRefused):
            x12.write_interchange(HEADER, [x12.TransactionSet("275", "006020X314", body.replace("BIN*3", "BIN*4"))])


@pytest.mark.skipif(not SAMPLES.exists(), reason="the public samples are not beside the checkout")
class TestPublicSamples:
    def test_a_clinical_document_is_read_whole(self):
        (item,) = read((SAMPLES / "sample275_with_HL7_valid_BIN01.edi").read_bytes())
        content = item.categories[0].documents[0].content
        assert content is not None
        assert len(content) == 2768
        assert content.startswith(b"<levelone")
        assert content.endswith(b">")
        assert item.named(PAYER).id == "00121"

    def test_a_wrong_length_is_named(self):
        with pytest.raises(x12.BadElement) as caught:
            list(x12.read_attachments(BytesIO((SAMPLES / "sample275_with_HL7_invalid_BIN01.edi").read_bytes())))
        assert (caught.value.segment, caught.value.element) == ("BIN", 1)
