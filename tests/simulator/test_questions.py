"""What the payers answer when they are asked: coverage, claims, authorizations, in real time."""

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

import x12

TODAY = date(2026, 3, 4)
MEMBER = "ABC123456"
WRITTEN = datetime(2026, 3, 4, 12, 0)  # noqa: DTZ001
SERVICE = ("99213", "200")
PAYLOAD_TYPES = {
    "270": "X12_270_Request_005010X279A1",
    "276": "X12_276_Request_005010X212",
    "278": "X12_278_Request_005010X217E1_2",
}


class Asker:
    """Asks the simulation's payers on the line, one question after another."""

    def __init__(self, simulation):
        self.simulation, self.number = simulation, 500

    def ask(self, kind, version, body):
        """The interchange of the answer; nothing in it may break its guide."""
        self.number += 1
        header = x12.InterchangeHeader("ZZ", "DERMGROUP", "ZZ", "SIMCLEARING", WRITTEN, self.number, self.number)
        content = x12.write_interchange(header, [x12.TransactionSet(kind, version, body)])
        envelope = {
            "PayloadType": PAYLOAD_TYPES[kind],
            "ProcessingMode": "RealTime",
            "PayloadID": str(uuid4()),
            "TimeStamp": "2026-03-04T12:00:00Z",
            "SenderID": "DERMGROUP",
            "ReceiverID": "SIMCLEARING",
            "CORERuleVersion": "4.0.0",
            "Payload": content.decode(),
        }
        answer = self.simulation.wire.post("/core/v1/realtime", json=envelope)
        assert answer.status_code == 200, answer.text
        assert answer.json()["ErrorCode"] == "Success"
        told = answer.json()["Payload"].encode()
        assert [finding for finding in x12.validate(told) if finding.severity == "error"] == []
        return told

    def coverage(self, member=MEMBER, payer="MERIDIAN", last="DOE", services=("30",), on=None):
        dates = (x12.DatedEvent("291", on),) if on else ()
        inquiry = x12.EligibilityInquiry(
            x12.TransactionHead("REF1", WRITTEN, "0022", "13"),
            x12.InformationSource(x12.Party(payer, id_qualifier="PI", id=payer)),
            x12.InformationReceiver(x12.Party("DERM GROUP", id_qualifier="XX", id="1234567893")),
            x12.Member(
                x12.Person(x12.Party(last, "1", "JANE", id_qualifier="MI", id=member), date(1980, 1, 1), "F"),
                traces=(x12.Trace("T1", "1", "9DERMGROUP"),),
                dates=dates,
            ),
            services=(x12.ServiceInquiry(tuple(services)),),
        )
        told = self.ask("270", x12.ELIGIBILITY_VERSION, x12.render_eligibility_inquiries_body([inquiry]))
        [answer] = [received.value for received in x12.read_eligibility_answers(told)]
        return answer

    def standing(self, control_number="", member=MEMBER, payer="MERIDIAN", **facts):
        references = (x12.Reference("EJ", control_number),) if control_number else ()
        person = x12.StatusPerson(
            x12.Person(x12.Party("DOE", "1", "JANE", id_qualifier="MI", id=member), date(1980, 1, 1), "F")
        )
        inquiry = x12.ClaimStatusInquiry(
            x12.TransactionHead("REF1", WRITTEN, "0010", "13"),
            x12.StatusLevel((x12.Party(payer, id_qualifier="PI", id=payer),)),
            x12.StatusLevel((x12.Party("DERM GROUP", id_qualifier="46", id="DERMGROUP"),)),
            x12.StatusLevel((x12.Party("DERM GROUP", id_qualifier="XX", id="1234567893"),)),
            person,
            x12.Trace("T1"),
            references=references,
            **{"charge": Decimal(200), "service_from": date(2026, 3, 2), **facts},
        )
        told = self.ask("276", x12.CLAIM_STATUS_VERSION, x12.render_claim_status_inquiries_body([inquiry]))
        [answer] = [received.value for received in x12.read_claim_statuses(told)]
        assert answer.trace.number == "T1"
        return answer

    def status(self, *args, **facts):
        [status] = self.standing(*args, **facts).reports[0].statuses
        return status.category, status.code

    def authorization(self, *services, member=MEMBER, payer="MERIDIAN", trace="A1", on=date(2026, 3, 9)):
        request = x12.AuthorizationRequest(
            x12.TransactionHead("REF1", WRITTEN, "0007", "13"),
            x12.InformationSource(x12.Party(payer, id_qualifier="PI", id=payer), entity="X3"),
            x12.InformationReceiver(x12.Party("DERM GROUP", id_qualifier="XX", id="1234567893")),
            x12.Member(x12.Person(x12.Party("DOE", "1", "JANE", id_qualifier="MI", id=member), date(1980, 1, 1), "F")),
            event=x12.PatientEvent(
                x12.Review("HS", "I"),
                traces=(x12.Trace(trace, "1", "9DERMGROUP"),),
                dates=(x12.DatedEvent("AAH", on),),
                services=tuple(
                    x12.ServiceReview(x12.ReviewLine(x12.Procedure(cpt), Decimal(1), "UN")) for cpt in services
                ),
            ),
        )
        told = self.ask("278", x12.AUTHORIZATION_VERSION, x12.render_authorization_requests_body([request]))
        [decision] = [received.value for received in x12.read_authorization_decisions(told)]
        return decision


@pytest.fixture
def asker(simulation):
    return Asker(simulation)


class TestCoverage:
    def test_an_active_member_has_its_benefits_as_they_are_left(self, simulation, asker):
        simulation.begin(
            deductible_remaining="150", coinsurance="0.2", copay="30", out_of_pocket_remaining="1200",
            effective_to="2026-12-31",
        )  # fmt: skip
        answer = asker.coverage()
        told = {(one.information, one.time_period): one.amount or one.percent for one in answer.benefits}
        assert told == {
            ("1", ""): None,
            ("C", "29"): Decimal(150),
            ("A", ""): Decimal("0.2"),
            ("B", "27"): Decimal(30),
            ("G", "29"): Decimal(1200),
        }
        assert [one.number for one in answer.subscriber.traces] == ["T1"]
        assert {(one.qualifier, one.start) for one in answer.subscriber.dates} == {
            ("346", date(2000, 1, 1)),
            ("347", date(2026, 12, 31)),
        }

    def test_what_a_claim_used_up_is_gone(self, simulation, asker, clinic):
        simulation.begin(deductible_remaining="50")
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(1)
        [deductible] = [one for one in asker.coverage().benefits if one.information == "C"]
        assert deductible.amount == Decimal(0)

    def test_a_member_whose_coverage_has_ended_is_inactive_and_was_active_before(self, simulation, asker):
        simulation.begin(effective_to="2026-02-28")
        assert [one.information for one in asker.coverage().benefits] == ["6"]
        assert asker.coverage(on=date(2026, 2, 1)).benefits[0].information == "1"

    def test_every_service_type_is_answered_for_itself(self, asker):
        answer = asker.coverage(services=("30", "98", "3"))
        assert [one.service_types for one in answer.benefits if one.information == "1"] == [("30",), ("98",), ("3",)]

    def test_limits_networks_and_another_payer_are_told(self, simulation, asker):
        benefits = {
            "member_id": MEMBER,
            "plan": "GOLD PPO",
            "more": [
                {"code": "F", "services": ["A4"], "quantity_kind": "VS", "quantity": "12", "period": "23"},
                {"code": "B", "services": ["98"], "amount": "80", "network": "N"},
                {"code": "CB", "services": ["3"], "authorization": "Y", "message": "PRIOR AUTHORIZATION"},
            ],
            "other_payers": [
                {"name": "TIDEWATER FEDERAL", "payer_id": "TIDEWATER", "responsibility": "P", "member_id": "TDW1"}
            ],
        }
        simulation.ask("PUT", "/payers/MERIDIAN/benefits", [benefits])
        assert simulation.ask("GET", "/payers/MERIDIAN/benefits")[0]["plan"] == "GOLD PPO"
        found = asker.coverage().benefits
        assert found[0].plan == "GOLD PPO"
        [limit] = [one for one in found if one.information == "F"]
        assert (limit.quantity_qualifier, limit.quantity, limit.time_period) == ("VS", Decimal(12), "23")
        assert [one.in_network for one in found if one.information == "B"] == ["", "N"]
        [wanted] = [one for one in found if one.information == "CB"]
        assert (wanted.authorization_required, wanted.messages) == ("Y", ("PRIOR AUTHORIZATION",))
        [other] = [one for one in found if one.information == "R"]
        assert [(one.entity, one.party.id) for one in other.related] == [("PRP", "TIDEWATER")]

    @pytest.mark.parametrize(
        ("question", "reason"),
        [
            ({"member": "UNKNOWN99"}, "75"),
            ({"member": "ABC-1"}, "72"),
            ({"last": "ROE"}, "73"),
        ],
    )
    def test_a_member_that_is_not_found_as_asked_is_told_why(self, simulation, asker, question, reason):
        simulation.ask("PUT", "/payers/MERIDIAN/benefits", [{"member_id": MEMBER, "last_name": "DOE"}])
        answer = asker.coverage(**question)
        assert [one.reason for one in answer.subscriber.rejections] == [reason]
        assert answer.benefits == ()

    @pytest.mark.parametrize("reason", ["42", "72", "73", "75"])
    def test_any_reason_can_be_asked_for(self, simulation, asker, reason):
        simulation.ask("POST", "/payers/MERIDIAN/benefits", [{"member_id": MEMBER, "reject": reason}])
        assert [one.reason for one in asker.coverage().subscriber.rejections] == [reason]

    def test_a_payer_that_is_none_and_one_that_is_to_be_none_are_no_participants(self, simulation, asker):
        assert [one.reason for one in asker.coverage(payer="NOBODY").rejections] == ["79"]
        simulation.ask("POST", "/payers/MERIDIAN/benefits", [{"member_id": MEMBER, "reject": "79"}])
        assert [one.reason for one in asker.coverage().rejections] == ["79"]


class TestClaims:
    def test_a_claim_is_followed_from_nothing_to_its_money(self, simulation, asker, clinic):
        assert asker.status("C1") == ("A4", "35")
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        assert asker.status("C1") == ("A4", "35")
        simulation.pass_days(1)
        assert asker.status("C1") == ("P1", "45")
        simulation.pass_days(8)
        answer = asker.standing("C1")
        [report] = answer.reports
        truth = simulation.truth("C1")
        assert (report.category, report.paid) == ("F1", Decimal(truth["paid"]))
        assert report.payment_number == truth["trace"]
        assert answer.payer_control_number == truth["payer_claim_number"]

    def test_decided_and_waiting_for_the_cheque_it_is_finalised_without_money(self, simulation, asker, clinic):
        simulation.ask("PATCH", "/payers/MERIDIAN", {"delays": {"remittance": 2, "cheque_interval": 10}})
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(4)
        assert asker.status("C1") == ("F0", "3")

    def test_a_denied_claim_is_denied(self, simulation, asker, clinic):
        simulation.ask("POST", "/scenarios", [{"action": "deny", "control_number": "C1", "carc": "50"}])
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(9)
        assert asker.status("C1")[0] == "F2"

    def test_what_was_replaced_and_what_replaced_it_are_revised(self, simulation, asker, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(9)
        number = simulation.truth("C1")["payer_claim_number"]
        again = clinic.claim("C2", "MERIDIAN", ("99213", "180"), frequency="7", original_reference=number)
        simulation.submit(clinic.file(2, again))
        simulation.pass_days(9)
        assert asker.status("C1") == ("F3", "101")
        assert asker.status("C2", charge=Decimal(180)) == ("F3", "101")

    def test_a_claim_that_the_payer_rejected_is_told_as_it_was(self, simulation, asker, clinic):
        scenario = {"action": "reject", "control_number": "C1", "category": "A7", "status": "164", "entity": "IL"}
        simulation.ask("POST", "/scenarios", [scenario])
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(1)
        assert asker.status("C1") == ("A7", "164")

    @pytest.mark.parametrize(("category", "status"), [("P2", "46"), ("P3", "123"), ("P4", "123")])
    def test_a_claim_that_is_held_says_for_whom_and_its_money_waits(self, simulation, asker, clinic, category, status):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(1)
        simulation.ask("POST", "/claims/C1/hold", {"category": category, "status": status, "days": 10})
        simulation.pass_days(8)
        assert asker.status("C1") == (category, status)
        assert simulation.payments() == []
        simulation.pass_days(10)
        assert asker.status("C1")[0] == "F1"
        assert len(simulation.payments()) == 1

    def test_a_claim_is_found_by_any_of_its_numbers_or_by_charge_and_day(self, simulation, asker, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(9)
        number = simulation.truth("C1")["payer_claim_number"]
        assert asker.status(payer_control_number=number)[0] == "F1"
        assert asker.status()[0] == "F1"
        assert asker.status(charge=Decimal(201)) == ("A4", "35")
        assert asker.status("C1", member="OTHER0001") == ("A4", "35")

    def test_nothing_is_held_that_is_not_there_or_already_paid(self, simulation, clinic):
        wanted = {"category": "P2"}
        assert simulation.admin.post("/claims/C1/hold", json=wanted).status_code == 404
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(9)
        assert simulation.admin.post("/claims/C1/hold", json=wanted).status_code == 409


class TestAuthorization:
    def rules(self, simulation, *rules):
        simulation.ask("PUT", "/payers/MERIDIAN/authorization-rules", list(rules))

    @pytest.mark.parametrize("decision", ["A1", "A3", "A6", "NA"])
    def test_a_request_is_decided_as_the_rule_says(self, simulation, asker, decision):
        simulation.begin()
        self.rules(simulation, {"decision": decision, "cpt": "17311", "units": "1", "reason": "0U"})
        told = asker.authorization("17311")
        assert told.event.services[0].decision.action == decision
        assert bool(told.certification_number) == (decision in ("A1", "A6"))
        assert told.trace == "A1"

    def test_a_member_whom_the_payer_does_not_know_is_refused_at_the_subscriber(self, simulation, asker):
        simulation.begin()
        told = asker.authorization("17311", member="NOBODY999")
        assert [one.reason for one in told.rejections] == ["75"]
        assert told.decision is None

    def test_the_same_request_again_is_given_the_same_answer(self, simulation, asker):
        simulation.begin()
        self.rules(simulation, {"decision": "A1"})
        first, again = asker.authorization("17311", trace="T9"), asker.authorization("17311", trace="T9")
        assert first.certification_number == again.certification_number != ""

    def test_what_is_pended_is_answered_in_the_mailbox_when_it_is_decided(self, simulation, asker):
        simulation.begin()
        self.rules(simulation, {"decision": "A1", "days": 3})
        assert asker.authorization("17311", trace="T7").decision.action == "A4"
        simulation.pass_days(4)
        told = simulation.files("278")
        assert len(told) == 1
        assert [finding for finding in x12.validate(told[0]) if finding.severity == "error"] == []
        [final] = [received.value for received in x12.read_authorization_decisions(told[0])]
        assert (final.decision.action, final.trace) == ("A1", "T7")
        assert final.certification_number
