"""A submitter's whole experience, over HTTP with a real process."""

import signal
from datetime import date
from decimal import Decimal

import httpx

import x12

VISIT_AND_DESTRUCTION = (("99213", "200", {"modifiers": ("25",)}), ("17000", "150"))


class TestSubmitting:
    def test_a_claim_is_acknowledged_accepted_and_paid(self, simulation, clinic):
        simulation.begin(deductible_remaining="50", coinsurance="0.20", copay="30")
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION)))

        (file,) = simulation.files("999")
        (ack,) = x12.read_functional_acks(file)
        assert ack.value.code == "A"

        simulation.pass_days(1)
        clearinghouse, payer = simulation.claim_acks()
        assert [ack.reports[0].category for ack in (clearinghouse, payer)] == ["A1", "A2"]
        assert payer.control_number == "C1"
        assert payer.payer_control_number

        simulation.pass_days(8)
        (advice,) = simulation.advices()
        assert list(x12.remittance_imbalances(advice)) == []
        (claim,) = advice.claims
        assert claim.payer_control_number == payer.payer_control_number
        assert claim.patient_responsibility == Decimal("84.59")  # copay 30, deductible 50, 20 % of 22.94
        assert advice.remittance.total == claim.paid == Decimal("86.20")
        truth = simulation.truth("C1")
        assert (truth["outcome"], truth["paid"], truth["trace"]) == ("allowed", "86.20", advice.remittance.trace)

    def test_it_is_known_whether_an_interchange_came_in(self, simulation, clinic):
        assert not simulation.came_in("000000001")
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION)))
        assert simulation.came_in("000000001")

    def test_a_second_interchange_of_the_same_number_is_refused_by_ta1_and_nothing_is_taken(self, simulation, clinic):
        file = clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION))
        simulation.submit(file)
        simulation.submit(file)
        (answer,) = simulation.files("ta1")
        (ack,) = x12.read_interchange_acks(answer)
        assert (ack.control_number, ack.code, ack.note) == ("000000001", "R", "025")
        assert simulation.ask("GET", "/counts")["claims"] == {"received": 1}

    def test_an_unknown_receiver_is_refused_by_ta1(self, simulation, clinic):
        simulation.ask("PUT", "/receivers", ["SOMEONEELSE"])
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION)))
        (answer,) = simulation.files("ta1")
        assert [ack.note for ack in x12.read_interchange_acks(answer)] == ["008"]

    def test_a_cut_interchange_is_refused_by_ta1(self, simulation, clinic):
        file = clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION))
        simulation.submit(file[: len(file) // 2])
        (answer,) = simulation.files("ta1")
        assert [ack.code for ack in x12.read_interchange_acks(answer)] == ["R"]

    def test_a_set_that_breaks_the_guide_is_refused_by_999_and_its_claims_are_not_taken(self, simulation, clinic):
        file = clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION))
        simulation.submit(file.replace(b"*11:B:1*Y*", b"*11:B:1*Q*"))
        (answer,) = simulation.files("999")
        (ack,) = x12.read_functional_acks(answer)
        assert ack.value.code == "R"
        assert ack.value.sets[0].segments[0].segment == "CLM"
        assert simulation.ask("GET", "/counts")["claims"] == {}

    def test_a_bad_claim_among_good_ones_loses_only_itself_and_is_told_why(self, simulation, clinic):
        claims = [clinic.claim(f"C{number}", "MERIDIAN", ("99213", "200")) for number in range(1, 5)]
        file = clinic.file(1, *claims)
        file = file.replace(b"CLM*C2*200*", b"CLM*C2*2OO*").replace(
            b"~CLM*C3*200***11:B:1*Y*", b"~CLM*C3*200***11:B:1*Q*"
        )
        simulation.submit(file)
        (answer,) = simulation.files("999")
        (ack,) = x12.read_functional_acks(answer)
        assert (ack.value.code, [one.code for one in ack.value.sets]) == ("E", ["E"])
        simulation.pass_days(0.2)
        said = {ack.control_number: ack.reports[0].category for ack in simulation.claim_acks()}
        assert said == {"C1": "A1", "C2": "A7", "C3": "A7", "C4": "A1"}
        assert simulation.truth("C3")["status"] == "rejected_by_clearinghouse"
        simulation.pass_days(8)
        assert [claim.control_number for claim in simulation.payments()] == ["C1", "C4"]
        assert [finding for file in simulation.files("277ca") for finding in x12.validate(file)] == []

    def test_what_is_no_x12_is_refused_at_the_door(self, simulation):
        answer = simulation.wire.post("/core/v1/batches", json=simulation.envelope(b"hello"))
        assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "PayloadIllegal")

    def test_a_999_from_the_submitter_is_kept_and_not_answered(self, simulation, clinic):
        simulation.submit(clinic.file(900001, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION)))
        (theirs,) = simulation.files("999")
        ours = theirs.replace(b"*ZZ*SIMCLEARING    *ZZ*DERMGROUP      *", b"*ZZ*DERMGROUP      *ZZ*SIMCLEARING    *")
        assert ours != theirs
        simulation.submit(ours)
        assert len(simulation.files()) == 1
        assert [one["kinds"] for one in simulation.ask("GET", "/interchanges")["interchanges"]] == ["837", "999"]

    def test_the_raw_file_can_be_read_back(self, simulation, clinic):
        file = clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION))
        simulation.submit(file)
        (kept,) = simulation.ask("GET", "/interchanges")["interchanges"]
        assert simulation.admin.get(f"/interchanges/{kept['id']}/content").content == file

    def test_nobody_administers_without_the_token(self, simulation):
        assert httpx.get(f"{simulation.admin.base_url}truth").status_code == 401
        wrong = httpx.get(f"{simulation.admin.base_url}truth", headers={"Authorization": "Bearer no"})
        assert wrong.status_code == 401


class TestRejections:
    def test_a_member_id_of_no_known_form_is_refused_by_the_clearinghouse(self, simulation, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION, member="A-1")))
        simulation.pass_days(30)
        (ack,) = simulation.claim_acks()
        status = ack.reports[0].statuses[0]
        assert (status.category, status.code, status.entity, ack.accepted) == ("A7", "164", "IL", False)
        assert simulation.files("835") == []

    def test_a_bad_npi_and_an_unknown_payer_are_refused_by_the_clearinghouse(self, simulation, clinic):
        claim = clinic.claim("C2", "NOBODY", *VISIT_AND_DESTRUCTION)
        bad = x12.Party("SMITH", "1", "ALEX", id_qualifier="XX", id="1245319598")
        other = clinic.claim("C1", "MERIDIAN", *VISIT_AND_DESTRUCTION, rendering=bad)
        simulation.submit(clinic.file(1, other, claim))
        simulation.pass_days(1)
        said = {ack.control_number: ack.reports[0].statuses[0] for ack in simulation.claim_acks()}
        assert (said["C1"].category, said["C1"].code, said["C1"].entity) == ("A7", "562", "82")
        assert (said["C2"].category, said["C2"].code, said["C2"].entity) == ("A3", "153", "PR")

    def test_an_unknown_member_is_refused_by_the_payer(self, simulation, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "TIDEWATER", *VISIT_AND_DESTRUCTION, member="ZZZ999999")))
        simulation.pass_days(30)
        received, refused = simulation.claim_acks()
        assert received.accepted
        assert (refused.reports[0].category, refused.reports[0].statuses[0].code) == ("A7", "33")
        assert simulation.truth("C1")["status"] == "rejected_by_payer"
        assert simulation.files("835") == []


class TestCorrecting:
    def test_a_denied_claim_is_corrected_and_paid_without_a_reversal(self, simulation, clinic):
        services = (("96920", "400"),)
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", *services)))
        simulation.pass_days(9)
        (denied,) = simulation.payments()
        assert (denied.status, denied.services[0].adjustments[0].reason) == ("4", "197")

        corrected = clinic.claim(
            "C2", "MERIDIAN", *services,
            frequency="7", original_reference=denied.payer_control_number, prior_authorization="AUTH77",
        )  # fmt: skip
        simulation.submit(clinic.file(2, corrected))
        simulation.pass_days(9)
        paid = simulation.payments()[-1]
        assert [claim.control_number for claim in simulation.payments()] == ["C1", "C2"]
        assert (paid.status, paid.frequency) == ("1", "7")
        assert paid.paid > 0
        assert simulation.truth("C1")["replaced_by"] == simulation.truth("C2")["id"]

    def test_a_paid_claim_is_reversed_before_its_replacement_and_the_deductible_is_given_back(self, simulation, clinic):
        simulation.begin(deductible_remaining="50")
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("17110", "200"), diagnoses=("B078",))))
        simulation.pass_days(9)
        (first,) = simulation.payments()
        replacement = clinic.claim(
            "C2", "MERIDIAN", ("17110", "200"), ("99213", "150", {"modifiers": ("25",)}),
            diagnoses=("B078",), frequency="7", original_reference=first.payer_control_number,
        )  # fmt: skip
        simulation.submit(clinic.file(2, replacement))
        simulation.pass_days(9)
        _, reversal, result = simulation.payments()
        assert (reversal.control_number, reversal.status, reversal.paid) == ("C1", "22", -first.paid)
        assert reversal.payer_control_number == first.payer_control_number
        # The deductible is met once: what the reversal gave back, the replacement took again.
        taken = [one.amount for line in result.services for one in line.adjustments if one.reason == "1"]
        assert taken == [Decimal(50)]
        (member,) = simulation.ask("GET", "/payers/MERIDIAN/members")
        assert member["deductible_remaining"] == "0.00"

    def test_a_void_larger_than_the_cheque_is_carried_forward(self, simulation, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200"))))
        simulation.pass_days(9)
        (first,) = simulation.payments()
        void = clinic.claim(
            "C2", "MERIDIAN", ("99213", "200"), frequency="8", original_reference=first.payer_control_number
        )
        simulation.submit(clinic.file(2, void))
        simulation.pass_days(9)
        taken_back = simulation.advices()[-1]
        assert (taken_back.remittance.total, taken_back.remittance.method) == (0, "NON")
        assert [(one.reason, one.amount) for one in taken_back.provider_adjustments] == [("FB", -first.paid)]

        simulation.submit(clinic.file(3, clinic.claim("C3", "MERIDIAN", ("17311", "2000"))))
        simulation.pass_days(9)
        later = simulation.advices()[-1]
        assert [(one.reason, one.amount) for one in later.provider_adjustments] == [("FB", first.paid)]
        assert later.remittance.total == later.claims[0].paid - first.paid
        assert simulation.truth("C2")["outcome"] == "voided"

    def test_a_denial_that_the_patient_bears_is_reversed_too(self, simulation, clinic):
        denial = {"action": "deny", "carc": "96", "group": "PR", "control_number": "C1"}
        simulation.ask("POST", "/scenarios", [denial])
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200"))))
        simulation.pass_days(9)
        (denied,) = simulation.payments()
        assert (denied.status, denied.patient_responsibility) == ("4", Decimal(200))
        corrected = clinic.claim(
            "C2", "MERIDIAN", ("99213", "200"), frequency="7", original_reference=denied.payer_control_number
        )
        simulation.submit(clinic.file(2, corrected))
        simulation.pass_days(9)
        assert [claim.status for claim in simulation.payments()] == ["4", "22", "1"]

    def test_a_replacement_of_a_claim_the_payer_never_had_is_refused(self, simulation, clinic):
        stray = clinic.claim("C1", "MERIDIAN", ("99213", "200"), frequency="7", original_reference="MM000")
        simulation.submit(clinic.file(1, stray))
        simulation.pass_days(9)
        status = simulation.claim_acks()[-1].reports[0].statuses[0]
        assert (status.category, status.code) == ("A7", "464")
        assert simulation.files("835") == []


class TestThreeHabits:
    def test_every_payer_pays_on_its_own_day_and_in_its_own_hand(self, simulation, clinic):
        claims = [
            clinic.claim(f"C{payer[0]}", payer, ("99213", "200")) for payer in ("MERIDIAN", "CASCADIA", "TIDEWATER")
        ]
        simulation.submit(clinic.file(1, *claims))
        paid_by: list[str] = []
        for _ in range(20):
            simulation.pass_days(1)
            seen = [advice.remittance.payer.name.split()[0] for advice in simulation.advices()]
            paid_by += seen[len(paid_by) :]
        assert paid_by == ["MERIDIAN", "TIDEWATER", "CASCADIA"]
        separators = [x12.sniff(file).interchange.delimiters for file in simulation.files("835")]
        assert [(one.element, one.segment) for one in separators] == [("*", "~"), ("*", "\n"), ("|", "~")]
        assert [advice.remittance.method for advice in simulation.advices()] == ["ACH", "ACH", "CHK"]

    def test_claims_of_one_payer_share_a_cheque(self, simulation, clinic):
        simulation.submit(
            clinic.file(
                1,
                clinic.claim("C1", "MERIDIAN", ("99213", "200")),
                clinic.claim("C2", "MERIDIAN", ("11102", "200")),
            )
        )
        simulation.pass_days(9)
        (advice,) = simulation.advices()
        assert [claim.control_number for claim in advice.claims] == ["C1", "C2"]

    def test_denied_claims_get_a_remittance_without_money_where_that_is_the_habit(self, simulation, clinic):
        simulation.submit(
            clinic.file(
                1,
                clinic.claim("C1", "TIDEWATER", ("99213", "200")),
                clinic.claim("C2", "TIDEWATER", ("17003", "200")),
            )
        )
        simulation.pass_days(12)
        by_method = {advice.remittance.method: advice for advice in simulation.advices()}
        assert [claim.control_number for claim in by_method["ACH"].claims] == ["C1"]
        assert [claim.control_number for claim in by_method["NON"].claims] == ["C2"]
        assert by_method["NON"].remittance.handling == "H"

    def test_a_duplicate_is_denied_at_claim_level_with_no_lines_where_that_is_the_habit(self, simulation, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "CASCADIA", ("99213", "200"))))
        simulation.submit(clinic.file(2, clinic.claim("C2", "CASCADIA", ("99213", "200"))))
        simulation.pass_days(20)
        duplicate = next(claim for claim in simulation.payments() if claim.control_number == "C2")
        assert duplicate.services == ()
        assert [(one.group, one.reason, one.amount) for one in duplicate.adjustments] == [("OA", "18", Decimal(200))]


class TestWhatTestsAskFor:
    def test_a_rule_set_for_a_payer_denies_what_it_matches(self, simulation, clinic):
        rule = {"cpt": "11102", "dx_prefix": "D22", "carc": "50", "remarks": ["N115"]}
        simulation.ask("PATCH", "/payers/MERIDIAN", {"overrides": [rule]})
        claim = clinic.claim(
            "C1", "MERIDIAN", ("11102", "200"), ("99213", "100", {"modifiers": ("25",)}), diagnoses=("D225",)
        )
        simulation.submit(clinic.file(1, claim))
        simulation.pass_days(9)
        biopsy, visit = simulation.payments()[0].services
        assert ([one.reason for one in biopsy.adjustments], biopsy.remarks) == (["50"], ("N115",))
        assert visit.paid > 0

    def test_a_scenario_for_a_member_is_used_once(self, simulation, clinic):
        simulation.ask("POST", "/scenarios", [{"action": "deny", "member_id": "ABC123456", "carc": "197"}])
        simulation.submit(
            clinic.file(
                1,
                clinic.claim("C1", "MERIDIAN", ("99213", "200")),
                clinic.claim("C2", "MERIDIAN", ("11102", "200")),
            )
        )
        simulation.pass_days(9)
        assert [claim.status for claim in simulation.payments()] == ["4", "1"]
        assert simulation.ask("GET", "/scenarios") == []

    def test_silence_and_rejection_by_scenario(self, simulation, clinic):
        simulation.ask(
            "POST",
            "/scenarios",
            [
                {"action": "silence", "control_number": "C1"},
                {"action": "silence", "control_number": "C2", "level": "remittance"},
                {
                    "action": "reject",
                    "control_number": "C3",
                    "category": "A8",
                    "status": "453",
                    "level": "clearinghouse",
                },
            ],
        )
        claims = [clinic.claim(f"C{number}", "MERIDIAN", ("99213", f"20{number}")) for number in (1, 2, 3)]
        simulation.submit(clinic.file(1, *claims))
        simulation.pass_days(30)
        said = {
            name: [ack.reports[0].category for ack in simulation.claim_acks() if ack.control_number == name]
            for name in ("C1", "C2", "C3")
        }
        assert said == {"C1": ["A1"], "C2": ["A1", "A2"], "C3": ["A8"]}
        assert simulation.files("835") == []

    def test_a_truncated_copy_is_followed_by_the_good_file(self, simulation, clinic):
        simulation.ask("POST", "/faults", [{"fault": "truncated", "kind": "999", "days": 2}])
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200"))))
        (cut,) = simulation.files("999")
        assert not x12.sniff(cut).complete
        simulation.pass_days(3)
        assert simulation.files("999")[-1].startswith(cut)
        assert x12.sniff(simulation.files("999")[-1]).complete

    def test_a_file_comes_twice_or_late(self, simulation, clinic):
        simulation.ask(
            "POST", "/faults", [{"fault": "duplicate", "kind": "999"}, {"fault": "late", "kind": "277CA", "days": 5}]
        )
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200"))))
        first, second = simulation.files("999")
        assert first == second
        simulation.pass_days(1)
        assert [ack.reports[0].category for ack in simulation.claim_acks()] == ["A2"]
        simulation.pass_days(5)
        assert [ack.reports[0].category for ack in simulation.claim_acks()] == ["A2", "A1"]

    def test_a_lost_answer_and_an_unavailable_clearinghouse_differ_in_what_was_taken(self, simulation, clinic):
        simulation.ask("POST", "/faults", [{"fault": "unavailable"}, {"fault": "answer_lost"}])
        file = clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200")))
        assert simulation.wire.post("/core/v1/batches", json=simulation.envelope(file)).status_code == 503
        assert not simulation.came_in("000000001")
        assert simulation.wire.post("/core/v1/batches", json=simulation.envelope(file)).status_code == 503
        assert simulation.came_in("000000001")

    def test_a_mistyped_setting_is_refused(self, simulation):
        assert simulation.admin.post("/scenarios", json=[{"action": "deny", "crac": "50"}]).status_code == 422
        assert simulation.admin.post("/scenarios", json=[{"action": "deny"}]).status_code == 422
        assert simulation.admin.patch("/payers/MERIDIAN", json={"distinct_modifiers": "both"}).status_code == 422
        assert simulation.admin.patch("/payers/MERIDIAN", json={"wire": {"delimiters": "**:~"}}).status_code == 422
        assert simulation.admin.patch("/payers/MERIDIAN", json={"name": "A*B"}).status_code == 422
        assert simulation.admin.patch("/payers/NOBODY", json={"name": "NOBODY"}).status_code == 422

    def test_a_fault_or_a_day_without_measure_is_refused(self, simulation):
        assert simulation.admin.post("/faults", json=[{"fault": "late", "times": 10**12}]).status_code == 422
        assert simulation.admin.post("/faults", json=[{"fault": "late", "days": -1}]).status_code == 422
        assert simulation.admin.patch("/time", json={"today": "0189-03-13"}).status_code == 422
        assert simulation.admin.patch("/time", json={"day_seconds": 1e-300}).status_code == 422

    def test_a_new_payer_with_no_roster_of_its_own_takes_walk_ins(self, simulation, clinic):
        fourth = {
            "name": "HARBOR HEALTH",
            "contract": {"conversion_factor": "32.3465"},
            "walk_in": {"member_id": "", "coinsurance": "0.50"},
        }
        simulation.ask("PATCH", "/payers/HARBOR", fourth)
        simulation.submit(clinic.file(1, clinic.claim("C1", "HARBOR", ("99213", "200"), member="NEW000001")))
        simulation.pass_days(9)
        (claim,) = simulation.payments()
        assert (claim.paid, claim.patient_responsibility) == (Decimal("44.47"), Decimal("44.48"))


class TestRunning:
    def test_told_to_stop_it_ends_well(self, own_simulation):
        simulation = own_simulation()
        simulation.stop()
        assert simulation.process.returncode == 0

    def test_a_restart_forgets_nothing(self, own_simulation, clinic):
        simulation = own_simulation()
        simulation.begin()
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200"))))
        simulation.pass_days(1)
        before = simulation.files()

        simulation.stop(signal.SIGKILL)
        simulation.start()
        assert simulation.files() == before
        assert simulation.came_in("000000001")
        simulation.pass_days(8)
        assert [claim.control_number for claim in simulation.payments()] == ["C1"]

    def test_the_same_seed_and_submissions_give_the_same_files(self, own_simulation, clinic):
        def history() -> list[bytes]:
            simulation = own_simulation()
            simulation.begin(deductible_remaining="50", coinsurance="0.20")
            simulation.ask("PATCH", "/payers/MERIDIAN", {"delays": {"jitter": 5}})
            for number in (1, 2, 3):
                claim = clinic.claim(f"C{number}", "MERIDIAN", ("99213", f"20{number}"))
                simulation.submit(clinic.file(number, claim))
            simulation.pass_days(20)
            return simulation.files()

        first = history()
        assert len(first) > 9
        assert history() == first

    def test_days_go_by_by_themselves_when_time_is_compressed(self, own_simulation, clinic):
        simulation = own_simulation(SIMULATOR_DAY_SECONDS="0.1")
        simulation.ask("PUT", "/payers/MERIDIAN/members", [{"member_id": "ABC123456"}])
        today = date.today()  # noqa: DTZ011
        claim = clinic.claim("C1", "MERIDIAN", ("99213", "200", {"on": today}))
        simulation.submit(clinic.file(1, claim))
        simulation.wait_for(lambda: len(simulation.files("835")) == 1, "no remittance came")
        assert simulation.ask("GET", "/counts")["due"] == {}

    def test_a_submitter_with_a_token_sees_only_its_own_files(self, own_simulation, clinic):
        simulation = own_simulation(SIMULATOR_SUBMITTERS="DERMGROUP:synthetic,OTHER:different")
        file = clinic.file(1, clinic.claim("C1", "MERIDIAN", ("99213", "200")))
        url = f"http://127.0.0.1:{simulation.port}"
        sent = simulation.envelope(file)
        assert httpx.post(f"{url}/core/v1/batches", json=sent).status_code == 401
        other = httpx.post(f"{url}/core/v1/batches", json=sent, auth=("OTHER", "different"))
        assert (other.status_code, other.json()["ErrorCode"]) == (403, "UnAuthorized")
        assert httpx.post(f"{url}/core/v1/batches", json=sent, auth=("DERMGROUP", "synthetic")).status_code == 202
        query = simulation.asking()
        assert httpx.get(f"{url}/core/v1/results", params=query, auth=("OTHER", "different")).status_code == 403
        assert httpx.get(f"{url}/core/v1/results", params=query, auth=("DERMGROUP", "synthetic")).status_code == 200
