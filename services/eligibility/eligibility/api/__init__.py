"""HTTP in: checks and their answers, batches, appointments, planned visits, and the registers."""

from eligibility.api import appointments, batches, checks, registers, visits

ROUTERS = (checks.router, batches.router, appointments.router, visits.router, registers.router)
