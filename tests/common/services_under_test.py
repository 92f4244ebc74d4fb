"""The services that the rules for all services are tried on."""

from __future__ import annotations

from till.service import TILL

from authorizations.main import SERVICE as AUTHORIZATIONS
from claims.main import SERVICE as CLAIMS
from coding.main import SERVICE as CODING
from credentialing.main import SERVICE as CREDENTIALING
from denials.main import SERVICE as DENIALS
from edi.main import SERVICE as EDI
from eligibility.main import SERVICE as ELIGIBILITY
from patients.main import SERVICE as PATIENTS
from payments.main import SERVICE as PAYMENTS

SERVICES = (TILL, PATIENTS, CODING, CLAIMS, EDI, PAYMENTS, DENIALS, CREDENTIALING, ELIGIBILITY, AUTHORIZATIONS)
