"""Any file a partner may send: odd delimiters and line ends, several interchanges, and files that are broken."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12


@pytest.fixture(scope="module")
def file(header, submission, claim) -> bytes:
    body = x12.render_claims_body([claim, replace(claim, control_number="CLAIM0002")], submission)
    return x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])


@pytest.fixture(scope="module")
def remittance_file(header, advice) -> bytes:
    body = x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
    return x12.write_interchange(header, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])


def numbers(source) -> list[str]:
    return [item.claim.control_number for item in x12.read_claims(source)]


class TestSources:
    def test_bytes_files_and_chunks_read_alike(self, file):
        single = (file[at : at + 1] for at in range(len(file)))
        assert numbers(file) == numbers(io.BytesIO(file)) == numbers(single) == ["CLAIM0001", "CLAIM0002"]

    def test_text_is_refused(self, file):
        with pytest.raises(x12.NotX12):
            numbers(io.StringIO(file.decode()))

    @pytest.mark.parametrize("line_break", [b"\n", b"\r\n", b"\r", b"  \n"])
    def test_line_ends_after_segments_do_not_matter(self, file, line_break):
        assert numbers(file.replace(b"~", b"~" + line_break)) == ["CLAIM0001", "CLAIM0002"]

    @pytest.mark.parametrize("terminator", [b"\n", b"\r", b"\r\n"])
    def test_a_line_end_may_be_the_terminator(self, file, terminator):
        assert numbers(file.replace(b"~", terminator)) == ["CLAIM0001", "CLAIM0002"]

    def test_a_file_wrapped_at_eighty_columns_is_read(self, file):
        wrapped = b"\r\n".join(file[at : at + 80] for at in range(0, len(file), 80))
        assert numbers(wrapped) == ["CLAIM0001", "CLAIM0002"]

    def test_a_byte_order_mark_and_blanks_around_are_passed_over(self, file):
        assert numbers(b"\xef\xbb\xbf\r\n" + file + b"\r\n\x1a\x00") == ["CLAIM0001", "CLAIM0002"]

    def test_text_that_is_not_utf8_is_read_as_latin1(self, file):
        received = list(x12.read_claims(file.replace(b"JANE", b"JAN\xc9")))
        assert received[0].claim.subscriber.party.first == "JANÉ"

    def test_a_hundred_thousand_claims_are_read_one_at_a_time(self, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        head, _, tail = body.partition("CLM*")
        sent = []

        def chunks():
            yield x12.write_interchange(header, []).split(b"IEA")[0]
            yield b"GS*HC*A*B*20260302*1030*17*X*005010X222A1~ST*837*0001*005010X222A1~" + head.encode()
            for at in range(100_000):
                sent.append(at)
                yield b"CLM*" + tail.encode()

        for _ in zip(range(3), x12.read_claims(chunks()), strict=False):
            pass
        assert len(sent) < 1_000


class TestEnvelope:
    def test_several_interchanges_with_their_own_delimiters_are_read(self, file, header, submission, claim):
        body = x12.render_claims_body([claim], submission)
        other = replace(header, delimiters=x12.Delimiters("|", ">", "\n", "!"), control_number=906)
        second = x12.write_interchange(other, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        received = list(x12.read_claims(file + second + file))
        assert [item.envelope.interchange.control_number for item in received] == [
            "000000905", "000000905", "000000906", "000000905", "000000905",
        ]  # fmt: skip
        assert received[-1].position.interchange == 3

    def test_each_claim_knows_its_envelope_and_place(self, file):
        first, second = x12.read_claims(file)
        assert first.envelope.group.control_number == "17"
        assert first.envelope.set.control_number == "0001"
        assert first.position.segment < second.position.segment
        assert file.decode().split("~")[1 + first.position.segment].startswith("CLM*CLAIM0001")

    def test_a_name_that_ends_like_a_header_is_data(self, header, submission, claim):
        named = replace(claim, payer=replace(claim.payer, name="ISA AND LISA"))
        body = x12.render_claims_body([named], submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        assert [item.claim for item in x12.read_claims(file)] == [named]

    def test_sets_of_other_kinds_are_passed_over(self, file, remittance_file):
        assert numbers(remittance_file + file) == ["CLAIM0001", "CLAIM0002"]

    @pytest.mark.parametrize(
        ("old", "new", "scope", "code"),
        [
            (b"SE*", b"SE*9", "set", "4"),
            (b"*0001~GE", b"*0002~GE", "set", "3"),
            (b"GE*1*", b"GE*2*", "group", "5"),
            (b"GE*1*17", b"GE*1*18", "group", "4"),
            (b"IEA*1*", b"IEA*3*", "interchange", "021"),
            (b"IEA*1*000000905", b"IEA*1*000000906", "interchange", "001"),
        ],
    )
    def test_a_wrong_count_or_control_number_is_found_and_named(self, file, old, new, scope, code):
        spoiled = file.replace(old, new)
        (summary,) = x12.read_interchanges(spoiled)
        assert [(item.scope, item.code) for item in summary.findings] == [(scope, code)]
        with pytest.raises(x12.EnvelopeBroken):
            numbers(spoiled)

    @pytest.mark.parametrize(("cut", "codes"), [(b"IEA", ["023"]), (b"GE*", ["3", "023"]), (b"SE*", ["2", "3", "023"])])
    def test_missing_trailers_are_found(self, file, cut, codes):
        (summary,) = x12.read_interchanges(file[: file.rindex(cut)])
        assert [item.code for item in summary.findings] == codes
        assert summary.groups[0].sets[0].set.control_number == "0001"

    def test_a_remittance_cut_short_is_not_taken_for_whole(self, remittance_file):
        cut = remittance_file[: remittance_file.index(b"CLP*CLAIM0002")]
        with pytest.raises(x12.EnvelopeBroken):
            list(x12.read_remittance_advices(cut))

    def test_an_interchange_without_trailer_does_not_swallow_the_next(self, file):
        first = file[: file.rindex(b"IEA")]
        findings: list[x12.Finding] = []
        received = list(x12.read_claims(first + file, report=findings.append))
        assert len(received) == 4
        assert [item.code for item in findings] == ["023"]

    @pytest.mark.parametrize(
        ("old", "new", "note"),
        [
            (b"*ZZ*DERMBILL", b"*XX*DERMBILL", "005"),
            (b"CLEARING       ", b"               ", "008"),
            (b"*T*:", b"*X*:", "020"),
            (b"*260302*", b"*261302*", "014"),
        ],
    )
    def test_a_faulty_isa_is_answered_with_its_note(self, file, old, new, note):
        (report,) = x12.examine(file.replace(old, new, 1))
        ack = x12.acknowledge_interchange(report)
        assert (ack.control_number, ack.code, ack.note) == ("000000905", "R", note)
        assert x12.acknowledge(report) == ()


class TestSniffing:
    def test_a_file_says_who_sent_it_and_what_it_holds(self, file):
        sniffed = x12.sniff(file)
        assert (sniffed.interchange.sender, sniffed.interchange.receiver) == ("DERMBILL", "CLEARING")
        assert sniffed.interchange.control_number == "000000905"
        assert sniffed.kinds == (("837", x12.CLAIM_VERSION),)
        assert sniffed.complete

    def test_the_first_bytes_are_enough(self, file):
        sniffed = x12.sniff(file[:300])
        assert sniffed.kinds == (("837", x12.CLAIM_VERSION),)
        assert not sniffed.complete


class TestBrokenFiles:
    @pytest.mark.parametrize(
        ("source", "error"),
        [
            (b"", x12.NotX12),
            (b"   \r\n", x12.NotX12),
            (b"MSH|^~\\&|", x12.NotX12),
            (b"\x1f\x8b\x08\x00", x12.NotX12),
            (b"ISA", x12.NotX12),
            (b"ISA*00*", x12.NotX12),
            (b"ISA" + b"*" * 16, x12.NotX12),
            (b"ISA" + b"*1" * 16 + b"**", x12.BadDelimiters),
            (b"ISA" + b"A1" * 16 + b":~", x12.X12Error),
        ],
    )
    def test_what_is_not_x12_is_refused_with_its_type(self, source, error):
        with pytest.raises(error):
            list(x12.read_claims(source))
        with pytest.raises(error):
            list(x12.examine(source))
        (finding,) = x12.validate(source)
        assert finding.severity == "error"

    def test_garbage_after_an_interchange_is_refused_after_the_claims(self, file):
        findings: list[x12.Finding] = []
        received = list(x12.read_claims(file + b"GARBAGE~", report=findings.append))
        assert len(received) == 2
        assert len(findings) == 1

    def test_a_segment_without_end_is_refused_before_memory_fills(self, file):
        def endless():
            yield file[: file.index(b"CLM*")]
            while True:
                yield b"X" * 50_000

        with pytest.raises(x12.LimitExceeded):
            list(x12.read_claims(endless()))

    def test_an_element_too_long_is_refused(self, file):
        with pytest.raises(x12.LimitExceeded) as refused:
            list(x12.read_claims(file.replace(b"CLAIM0001", b"X" * 40_000)))
        assert refused.value.segment == "CLM"
        assert "XXXX" not in str(refused.value)

    def test_a_loop_too_long_is_refused(self, file):
        flooded = file.replace(b"HI*ABK", b"K3*A~" * 300 + b"HI*ABK", 1)
        with pytest.raises(x12.LimitExceeded):
            list(x12.read_claims(flooded, limits=x12.Limits(loop=100)))

    @pytest.mark.parametrize(
        ("old", "new", "segment", "element"),
        [
            (b"CLAIM0001*345.5*", b"CLAIM0001*NaN*", "CLM", 2),
            (b"CLAIM0001*345.5*", b"CLAIM0001*1E5*", "CLM", 2),
            (b"CLAIM0001*345.5*", b"CLAIM0001**", "CLM", 2),
            (b"D8*19800517", b"D8*19801317", "DMG", 2),
            (b"472*D8*20260302", b"472*D8*2026030", "DTP", 3),
            (b"HC:11102*195.5", b"HC:*195.5", "SV1", 1),
            (b"LX*1~", b"LX*ONE~", "LX", 1),
        ],
    )
    def test_a_value_that_cannot_be_read_is_named_and_loses_only_its_claim(self, file, old, new, segment, element):
        spoiled = file.replace(old, new, 1)
        with pytest.raises(x12.BadElement) as refused:
            numbers(spoiled)
        assert (refused.value.segment, refused.value.element) == (segment, element)
        assert refused.value.position.segment > 2
        assert refused.value.mend in str(refused.value)
        findings: list[x12.Finding] = []
        kept = [item.claim.control_number for item in x12.read_claims(spoiled, report=findings.append)]
        assert findings
        if segment != "DMG":
            assert kept == ["CLAIM0002"]

    @settings(max_examples=300, deadline=None)
    @given(data=st.data())
    def test_no_damage_raises_anything_but_a_typed_error(self, data, file, remittance_file):
        source = bytearray(data.draw(st.sampled_from((file, remittance_file))))
        for _ in range(data.draw(st.integers(1, 6))):
            at = data.draw(st.integers(0, len(source) - 1))
            length = data.draw(st.integers(0, 12))
            source[at : at + length] = data.draw(st.binary(max_size=6) | st.sampled_from((b"~", b"*", b"ISA*", b"ST*")))
            if not source:
                source = bytearray(b"~")
        damaged = bytes(source)
        for read in (x12.read_claims, x12.read_remittances, x12.read_interchanges, x12.examine):
            try:
                for _ in read(damaged):
                    pass
            except x12.X12Error as error:
                assert error.what  # noqa: PT017
        assert all(item.message for item in x12.validate(damaged))

    @settings(max_examples=200, deadline=None)
    @given(noise=st.binary(max_size=400))
    def test_no_bytes_at_all_raise_anything_but_a_typed_error(self, noise, file):
        for source in (noise, file[:106] + noise):
            assert all(item.message for item in x12.validate(source))
            try:
                list(x12.read_claim_acks(source))
                list(x12.read_functional_acks(source))
            except x12.X12Error as error:
                assert error.mend  # noqa: PT017
