"""HTTP in: checks and their answers, batches, appointments, and the registers."""

from eligibility.api import appointments, batches, checks, registers

ROUTERS = (checks.router, batches.router, appointments.router, registers.router)
