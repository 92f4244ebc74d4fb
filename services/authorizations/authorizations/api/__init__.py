"""HTTP in: authorizations and referrals, whether one is needed, and the registers."""

from authorizations.api import records, registers

ROUTERS = (records.router, registers.router)
