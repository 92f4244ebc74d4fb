"""The services that the rules for all services are tried on."""

from __future__ import annotations

from till.service import TILL

from denials.main import SERVICE as DENIALS
from patients.main import SERVICE as PATIENTS

SERVICES = (TILL, PATIENTS, DENIALS)
