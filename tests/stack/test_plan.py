"""The plan as data, and what each program is told."""

from pathlib import Path

import pytest

from stack.environment import (
    OPERATOR_SECRET,
    SIMULATOR_SFTP,
    Surroundings,
    environment,
    migration_environment,
    owner_variable,
)
from stack.members import members
from stack.migrating import folder_of
from stack.services import PLAN, SERVICES, Kind, only
from stack.workspace import Workspace

NAMES = tuple(service.name for service in SERVICES)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    workspace = Workspace(tmp_path)
    secrets = [f"client.{name}" for name in NAMES]
    secrets += [f"phi.{name}.{key}" for name in NAMES for key in ("sealing", "index")]
    secrets += [f"database.{name}.{role}" for name in NAMES for role in ("owner", "app", "platform")]
    return Surroundings(
        workspace=workspace,
        ports=workspace.ports([*(program.name for program in PLAN.programs), SIMULATOR_SFTP]),
        secrets=workspace.secrets([*secrets, OPERATOR_SECRET, "simulator.admin"]),
        admin_url="postgresql://postgres:admin-password@127.0.0.1:5432/postgres",
        bootstrap_servers="127.0.0.1:9092",
    )


def told(around: Surroundings, name: str) -> dict[str, str]:
    [program] = [program for program in PLAN.programs if program.name == name]
    return environment(program, around, NAMES)


class TestWhatAServiceIsTold:
    def test_its_own_database_the_others_addresses_and_its_own_client(self, around: Surroundings) -> None:
        claims = told(around, "claims")
        assert claims["DATABASE_URL"].startswith("postgresql+asyncpg://claims_app:")
        assert claims["PLATFORM_DATABASE_URL"].endswith("@127.0.0.1:5432/claims")
        assert claims["OIDC_ISSUER"] == around.url("issuer")
        assert (claims["SERVICE_CLIENT_ID"], claims["OIDC_AUDIENCE"]) == ("claims", "dermbill")
        assert {f"{name.upper()}_URL" for name in NAMES if name != "claims"} <= set(claims)
        assert "CLAIMS_URL" not in claims

    def test_never_the_administrators_door_nor_the_owners_nor_the_simulator(
        self, around: Surroundings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OWNER_DATABASE_URL", "postgresql://somebody:else@example.test/db")
        monkeypatch.setenv("SIMULATOR_URL", "http://example.test")
        for name in NAMES:
            values = told(around, name)
            assert not any("admin-password" in value for value in values.values())
            assert not {"OWNER_DATABASE_URL", "SIMULATOR_URL", "ISSUER_OPERATOR_SECRET"} & set(values)

    def test_edi_reaches_both_wires_of_the_simulator_and_nothing_else(self, around: Surroundings) -> None:
        edi, simulator = told(around, "edi"), told(around, "simulator")
        doors = (simulator["PORT"], simulator["SIMULATOR_SFTP_PORT"])
        assert edi["EDI_ALLOWED_HOSTS"] == ",".join(f"127.0.0.1:{port}" for port in doors)
        assert edi["EDI_SECRETS_FOLDER"].startswith(str(around.workspace.home))

    def test_of_a_listener_for_hl7_v2_only_its_own(self, around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HL7_LISTEN", "127.0.0.1:1")
        monkeypatch.setenv("PATIENTS_HL7_LISTEN", "127.0.0.1:2575")
        monkeypatch.setenv("PATIENTS_HL7_SENDERS_FILE", "senders.json")
        patients = told(around, "patients")
        assert (patients["HL7_LISTEN"], patients["HL7_SENDERS_FILE"]) == ("127.0.0.1:2575", "senders.json")
        assert "HL7_LISTEN" not in told(around, "coding")

    def test_only_the_migration_is_told_the_owners_doors(self, around: Surroundings) -> None:
        services = [program for program in PLAN.programs if program.kind is Kind.SERVICE]
        doors = migration_environment(services, around)
        for service in services:
            assert doors[owner_variable(service.name)].startswith(f"postgresql+asyncpg://{service.name}_owner:")
            assert not [value for value in told(around, service.name).values() if "_owner:" in value]

    def test_the_migration_finds_the_folders_that_the_services_name(self) -> None:
        assert {name: folder_of(name) for name in NAMES} == {service.name: service.migrations for service in members()}


class TestAPartOfThePlan:
    def test_a_service_brings_its_servers_and_the_issuer(self) -> None:
        part = only(PLAN, ("claims",))
        assert (part.postgres, part.kafka) == (True, True)
        assert {program.name for program in part.programs} == {"issuer", "claims"}

    def test_a_server_alone_brings_nothing(self) -> None:
        part = only(PLAN, ("postgres",))
        assert (part.postgres, part.kafka, part.programs) == (True, False, ())

    def test_every_service_migrates_and_nothing_else_does(self) -> None:
        assert {program.name for program in PLAN.programs if program.migrate} == set(NAMES)
        assert all(bool(program.migrate) is (program.kind is Kind.SERVICE) for program in PLAN.programs)


class TestTheWorkspace:
    def test_ports_and_secrets_stay_and_secrets_are_their_owners_alone(self, tmp_path: Path) -> None:
        workspace = Workspace(tmp_path)
        ports, secrets = workspace.ports(["a", "b"]), workspace.secrets(["x"])
        assert len(set(ports.values())) == 2
        assert Workspace(tmp_path).ports(["b", "c"]).items() > ports.items()
        assert Workspace(tmp_path).secrets(["x", "y"])["x"] == secrets["x"]
        assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
