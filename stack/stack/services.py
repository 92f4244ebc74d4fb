"""What the stack runs, as data: the services, what each may call, the topics, the programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

AUDIENCE = "dermbill"
PARTITIONS = 12


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its topic and the scopes of the token that it calls other services with."""

    name: str
    topic: str
    scopes: tuple[str, ...] = ()


SERVICES = (
    Service("patients", "dermbill.patients"),
    Service("coding", "dermbill.encounters", ("patients:read",)),
    Service("claims", "dermbill.claims", ("patients:read", "edi:read", "edi:write")),
    Service("edi", "dermbill.edi"),
    Service("payments", "dermbill.payments", ("edi:read",)),
    Service("denials", "dermbill.denials", ("claims:read", "payments:read")),
    Service("credentialing", "dermbill.credentialing"),
    Service("eligibility", "dermbill.eligibility", ("patients:read", "edi:read", "edi:write")),
    Service("authorizations", "dermbill.authorizations", ("patients:read", "edi:read", "edi:write")),
)
TOPICS: Mapping[str, int] = {service.topic: PARTITIONS for service in SERVICES}

# What staff of one practice may be given; the demo registers its client for its practice with these.
AREAS = (
    "patients",
    "encounters",
    "claims",
    "edi",
    "payments",
    "denials",
    "credentialing",
    "eligibility",
    "authorizations",
    "operations",
)
STAFF_SCOPES = tuple(f"{area}:{right}" for area in AREAS for right in ("read", "write"))


class Kind(StrEnum):
    ISSUER = "issuer"
    SIMULATOR = "simulator"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Program:
    """One Python process: `python <command>`, ready when GET `ready_path` answers 200.

    `migrate` brings its database to head, before the first start; empty where there is none. A stack does the same
    for all of them in one process (stack.migrating).
    """

    name: str
    kind: Kind
    command: tuple[str, ...]
    migrate: tuple[str, ...] = ()
    ready_path: str = "/readyz"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one stack consists of."""

    programs: tuple[Program, ...]
    topics: Mapping[str, int]
    postgres: bool = True
    kafka: bool = True

    @property
    def services(self) -> tuple[Program, ...]:
        return tuple(program for program in self.programs if program.kind is Kind.SERVICE)


POSTGRES = "postgres"
KAFKA = "kafka"

PLAN = Plan(
    programs=(
        Program("issuer", Kind.ISSUER, ("-m", "stack.issuer")),
        Program("simulator", Kind.SIMULATOR, ("-m", "simulator")),
        *(
            Program(
                service.name,
                Kind.SERVICE,
                command=("-m", service.name, "all"),
                migrate=("-m", service.name, "migrate"),
            )
            for service in SERVICES
        ),
    ),
    topics=TOPICS,
)


def only(plan: Plan, names: tuple[str, ...]) -> Plan:
    """The part of `plan` that is named, with the servers and the issuer that a named service needs.

    Raises ValueError for a name that is not in the plan.
    """
    if not names:
        return plan
    known = {POSTGRES, KAFKA, *(program.name for program in plan.programs)}
    if strangers := sorted(set(names) - known):
        raise ValueError(f"{', '.join(strangers)} is not part of the stack, which has {', '.join(sorted(known))}.")
    has_service = any(program.name in names for program in plan.services)
    programs = tuple(
        program for program in plan.programs if program.name in names or (has_service and program.kind is Kind.ISSUER)
    )
    return Plan(
        programs,
        plan.topics,
        postgres=plan.postgres and (has_service or POSTGRES in names),
        kafka=plan.kafka and (has_service or KAFKA in names),
    )
