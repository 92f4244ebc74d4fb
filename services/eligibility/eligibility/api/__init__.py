"""HTTP in: checks and their answers, and the registers."""

from eligibility.api import checks, registers

ROUTERS = (checks.router, registers.router)
