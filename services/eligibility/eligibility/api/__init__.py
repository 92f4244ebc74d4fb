"""HTTP in: checks and their answers, batches, appointments, planned visits, good-faith estimates, and the registers."""

from eligibility.api import appointments, batches, checks, good_faith, registers, visits

ROUTERS = (
    checks.router,
    batches.router,
    appointments.router,
    visits.router,
    good_faith.router,
    registers.router,
)
