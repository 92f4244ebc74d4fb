"""The rules of the wire, without the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from edi.domain import numbering
from edi.domain.acknowledgement import GroupAck, InterchangeVerdict, code_like, outcome_of
from edi.domain.address import address, permitted, place_of
from edi.domain.bodies import check
from edi.domain.inbound import Found, Known, Reading, Reason, misdirected, sort_out
from edi.domain.kinds import WRITTEN, kind_of
from edi.domain.mailbox import LONGEST_PAUSE, Place, looks_whole, pause
from edi.domain.numbering import LARGEST, latest, wrapped
from edi.domain.refusals import AddressNotSafe, BadBody, HostNotAllowed, IllegalMove
from edi.domain.transmission import TRANSITIONS, Fact, Status, Transmission

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
DAY = timedelta(hours=24)


class TestControlNumbers:
    @given(st.integers(1, 5 * LARGEST))
    def test_a_number_follows_the_one_before_it_and_one_follows_the_largest(self, ordinal: int) -> None:
        number, following = wrapped(ordinal), wrapped(ordinal + 1)
        assert 1 <= number <= LARGEST
        assert following == (1 if number == LARGEST else number + 1)

    @given(st.integers(1, 5 * LARGEST), st.integers(1, LARGEST - 1))
    def test_a_number_does_not_come_again_before_all_others_have_been_used(self, ordinal: int, distance: int) -> None:
        assert wrapped(ordinal) != wrapped(ordinal + distance)
        assert wrapped(ordinal) == wrapped(ordinal + LARGEST)

    @given(st.integers(1, 5 * LARGEST))
    def test_isa13_has_nine_digits_and_gs06_no_leading_zero(self, taken: int) -> None:
        numbers = latest(taken, taken)
        assert numbers.ordinal == taken
        assert len(numbers.interchange_text) == 9
        assert numbers.interchange_text.isdigit()
        assert numbers.group_text == str(numbers.group)
        assert numbering.LARGEST == 10**9 - 1


def transmission(kind: str = "837P", **changes: object) -> Transmission:
    ids = {name: new_id() for name in ("id", "partner_id", "interchange_id", "reference")}
    facts = {"kind": kind, "payer_id": "PAYERA", "sets": 2, "ordinal": 7}
    numbers = {"interchange_control": "000000007", "group_control": "7"}
    return Transmission(**(ids | facts | numbers | {"queued_at": NOW} | changes))  # type: ignore[arg-type]


class TestTransmissions:
    def test_one_that_is_sent_waits_for_its_999(self) -> None:
        change = transmission().sent(NOW, DAY)
        assert change.aggregate.status is Status.SENT
        assert change.aggregate.acknowledge_by == NOW + DAY
        assert [type(event).__name__ for event in change.events] == ["TransmissionSent"]

    def test_our_own_999_waits_for_nothing(self) -> None:
        assert transmission("999").sent(NOW, DAY).aggregate.acknowledge_by is None

    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("fact", Fact)
    def test_only_what_the_table_allows_can_happen(self, status: Status, fact: Fact) -> None:
        subject = transmission(status=status)
        happen = {
            Fact.SENT: lambda: subject.sent(NOW, DAY),
            Fact.ACKNOWLEDGED: lambda: subject.acknowledged(GroupAck("7", "A"), NOW),
            Fact.REJECTED: lambda: subject.rejected(InterchangeVerdict("000000007", "R", "020")),
            Fact.REFUSED: lambda: subject.refused(422),
        }[fact]
        if (status, fact) in TRANSITIONS:
            assert happen().aggregate.status is TRANSITIONS[status, fact]
        else:
            with pytest.raises(IllegalMove):
                happen()

    def test_it_is_overdue_from_its_deadline_on_and_once(self) -> None:
        sent = transmission().sent(NOW, DAY).aggregate
        assert sent.overdue(NOW + DAY - timedelta(seconds=1)) is None
        flagged = sent.overdue(NOW + DAY)
        assert flagged is not None
        assert flagged.overdue(NOW + 2 * DAY) is None
        acknowledged = sent.acknowledged(GroupAck("7", "A"), NOW).aggregate
        assert acknowledged.overdue(NOW + 2 * DAY) is None


class TestAcknowledging:
    @pytest.mark.parametrize(
        ("code", "outcome"),
        [("A", "A"), ("E", "E"), ("P", "P"), ("R", "R"), ("M", "R"), ("W", "R"), ("X", "R"), ("", "R")],
    )
    def test_what_is_not_an_acceptance_is_a_rejection(self, code: str, outcome: str) -> None:
        assert outcome_of(code) == outcome

    @given(st.text(max_size=30))
    def test_only_codes_go_on_to_the_others(self, quoted: str) -> None:
        told = code_like(quoted)
        assert told == "?" or (told == quoted and len(told) <= 10 and told.upper() == told)


class TestKinds:
    @pytest.mark.parametrize(
        ("set_id", "version", "kind"),
        [
            ("277", "005010X214", "277CA"),
            ("277", "005010X212", "277"),
            ("837", "005010X222A1", "837P"),
            ("835", "005010X221A1", "835"),
            ("271", "005010X279A1", "271"),
            ("DOE JANE", "005010X279A1", "unknown"),
        ],
    )
    def test_guides_that_share_a_set_id_are_told_apart(self, set_id: str, version: str, kind: str) -> None:
        assert kind_of(set_id, version) == kind


def refusal_of(body: str) -> BadBody | None:
    try:
        check([body], WRITTEN["837P"])
    except BadBody as refusal:
        return refusal
    return None


class TestBodies:
    @given(st.text(alphabet="BHT*0~ \n\x00STabc", max_size=40))
    def test_any_text_is_either_a_body_or_refused_without_being_quoted(self, text: str) -> None:
        body = "BHT*0019~" + text
        refusal = refusal_of(body)
        if refusal is None:
            assert body.endswith("~")
            assert not any(segment.startswith("ST*") for segment in body.split("~"))
            assert all(segment.partition("*")[1] for segment in body.removesuffix("~").split("~"))
        else:
            assert "abc" not in refusal.detail


def found(control: str, sha256: str = "a", *, receiver: str = "DERMGROUP", groups: tuple[str, ...] = ("1",)) -> Found:
    return Found("PAYER", receiver, control, groups, "P", 0, 100, sha256, {"835": 1})


class TestSortingOut:
    def test_new_numbers_are_new(self) -> None:
        assert sort_out([found("1"), found("2")], []) == [(None, None), (None, None)]

    def test_known_numbers_are_duplicates_when_the_bytes_are_the_same_and_doubtful_when_not(self) -> None:
        known = Known(new_id(), "a", ("PAYER", "1", ("1",)))
        assert sort_out([found("1", "a")], [known]) == [(Reason.SAME_INTERCHANGE, known.id)]
        assert sort_out([found("1", "b")], [known]) == [(Reason.NUMBERS_REPEATED, known.id)]

    def test_the_same_interchange_twice_in_one_file_counts_once(self) -> None:
        assert sort_out([found("1"), found("1")], []) == [(None, None), (Reason.SAME_INTERCHANGE, None)]

    def test_groups_are_compared_as_a_set(self) -> None:
        known = Known(new_id(), "a", ("PAYER", "1", ("1", "2")))
        assert sort_out([found("1", "a", groups=("2", "1"))], [known]) == [(Reason.SAME_INTERCHANGE, known.id)]
        assert sort_out([found("1", "a", groups=("3",))], [known]) == [(None, None)]

    def test_a_file_with_one_stranger_is_not_for_us(self) -> None:
        reading = Reading((found("1"), found("2", receiver="OTHER")))
        assert misdirected(reading, "DERMGROUP").reason is Reason.NOT_OURS
        assert misdirected(Reading((found("1"),)), "DERMGROUP").reason is None


class TestLookingIntoMailboxes:
    @given(st.lists(st.integers(0, 9), max_size=12), st.lists(st.booleans(), max_size=40), st.booleans())
    def test_every_file_is_taken_once_and_in_order_whatever_the_crashes(
        self, arrivals: list[int], crashes: list[bool], names_cursor: bool
    ) -> None:
        mailbox: list[int] = []
        taken: list[int] = []
        place, crash = Place(), iter(crashes)
        for count in [*arrivals, 0, *([0] * len(crashes))]:
            mailbox += range(len(mailbox), len(mailbox) + count)
            start = int(place.cursor or 0)
            listing = mailbox[start : start + place.taken + 3]
            following = str(start + len(listing)) if names_cursor else None
            for file in listing[place.taken :]:
                if next(crash, False):
                    break
                taken.append(file)
                place = place.after_one(listed=len(listing), next_cursor=following)
        while len(taken) < len(mailbox):
            start = int(place.cursor or 0)
            listing = mailbox[start : start + place.taken + 3]
            following = str(start + len(listing)) if names_cursor else None
            for file in listing[place.taken :]:
                taken.append(file)
                place = place.after_one(listed=len(listing), next_cursor=following)
        assert taken == mailbox

    @given(st.integers(1, 86_400), st.integers(0, 100))
    def test_a_pause_never_shrinks_below_the_interval_nor_grows_without_end(self, seconds: int, failures: int) -> None:
        interval = timedelta(seconds=seconds)
        waited = pause(interval, failures)
        assert interval <= waited <= max(interval, LONGEST_PAUSE)
        assert pause(interval, 0) == interval
        assert pause(interval, failures + 1) >= waited


class TestAddresses:
    def test_an_allowed_host_is_taken_with_any_port_unless_it_names_one(self) -> None:
        assert address("https://EDI.example.com/x12/", "http", ["edi.example.com"]) == "https://edi.example.com/x12"
        assert (
            address("https://edi.example.com:8443", "http", ["edi.example.com:8443"]) == "https://edi.example.com:8443"
        )
        with pytest.raises(HostNotAllowed):
            address("https://edi.example.com:9", "http", ["edi.example.com:8443"])
        with pytest.raises(HostNotAllowed):
            address("https://edi.example.com.evil.example", "http", ["edi.example.com"])

    def test_plain_http_is_for_loopback_alone(self) -> None:
        assert address("http://127.0.0.1:80/", "http", ["127.0.0.1"]) == "http://127.0.0.1:80"
        assert address("http://[::1]:80", "http", ["[::1]"]) == "http://[::1]:80"
        with pytest.raises(AddressNotSafe):
            address("http://edi.example.com", "http", ["edi.example.com"])

    @given(st.text(max_size=60))
    def test_no_text_gets_past_the_list(self, text: str) -> None:
        with pytest.raises((AddressNotSafe, HostNotAllowed)):
            address(f"https://{text}", "http", ["edi.invalid"])

    @pytest.mark.parametrize(
        "host",
        ["2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1", "0x7f.1", "localhost.", "edi.example.com."],
    )
    def test_a_host_that_only_a_resolver_takes_for_an_address_is_no_host(self, host: str) -> None:
        with pytest.raises(AddressNotSafe):
            address(f"https://{host}/", "http", [host])

    @pytest.mark.parametrize(
        "url",
        [
            "https://edi.example.com@evil.example/", "https://@edi.example.com/", "https://edi.example.com/a/../b",
            "https://edi.example.com/%2e%2e/b", "https://edi.example.com\\@evil.example/", "file:///etc/passwd",
            "gopher://edi.example.com/", "sftp://edi.example.com/", "https://edi.example.com/ x", "//edi.example.com",
        ],
    )  # fmt: skip
    def test_an_address_that_could_be_read_in_two_ways_is_no_address(self, url: str) -> None:
        with pytest.raises(AddressNotSafe):
            address(url, "http", ["edi.example.com"])

    def test_an_sftp_wire_has_an_sftp_address(self) -> None:
        assert (
            address("sftp://EDI.example.com:2222/us/", "sftp", ["edi.example.com"]) == "sftp://edi.example.com:2222/us"
        )
        with pytest.raises(AddressNotSafe):
            address("https://edi.example.com/", "sftp", ["edi.example.com"])


PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "::1", "fd00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::",
    "255.255.255.255", "240.0.0.1",
]  # fmt: skip
NEVER = [
    "169.254.169.254", "0.0.0.0", "::", "fe80::1", "224.0.0.1", "ff02::1", "::ffff:169.254.169.254",  # noqa: S104
    "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
]  # fmt: skip


class TestMachines:
    @pytest.mark.parametrize("found", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
    def test_a_public_machine_is_spoken_to(self, found: str) -> None:
        assert permitted(found, place_of("https://edi.example.com"), ())
        assert permitted(found, place_of("sftp://edi.example.com"), ())

    @pytest.mark.parametrize("found", [*PRIVATE, *NEVER])
    def test_a_name_that_leads_to_a_private_machine_leads_nowhere(self, found: str) -> None:
        for url in ("https://edi.example.com", "sftp://edi.example.com", "https://localhost.example.com"):
            assert not permitted(found, place_of(url), ())

    @pytest.mark.parametrize("found", NEVER)
    def test_some_are_spoken_to_never(self, found: str) -> None:
        for url in ("https://169.254.169.254", "https://edi.example.com", "https://[fe80::1]"):
            assert not permitted(found, place_of(url), ("0.0.0.0/0", "::/0"))

    def test_a_private_network_is_spoken_to_when_it_is_listed(self) -> None:
        place = place_of("https://edi.internal")
        assert permitted("10.20.0.9", place, ("10.20.0.0/16",))
        assert not permitted("10.21.0.9", place, ("10.20.0.0/16", "fd00::/8"))
        assert permitted("fd00::9", place, ("10.20.0.0/16", "fd00::/8"))

    def test_an_address_that_the_installation_named_itself_is_spoken_to(self) -> None:
        assert permitted("127.0.0.1", place_of("https://127.0.0.1:9"), ())
        assert permitted("127.0.0.1", place_of("http://localhost:9"), ())
        assert not permitted("127.0.0.2", place_of("https://127.0.0.1:9"), ())
        assert not permitted("10.0.0.1", place_of("http://localhost:9"), ("10.0.0.0/8",))


class TestFilesThatAreStillWritten:
    @given(st.integers(0, 150))
    def test_what_does_not_end_as_x12_does_may_go_on(self, cut: int) -> None:
        whole = b"ISA*00*" + b"x" * 150 + b"~SE*2*0001~GE*1*7~IEA*1*000000905~\r\n"
        part = whole[: len(whole) - 2 - cut]
        assert looks_whole(whole)
        assert looks_whole(part) is (cut == 0)
