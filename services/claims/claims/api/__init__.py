"""HTTP in: the registers, and the claims for those who work on them."""

from claims.api import claims, readiness, registers, work

ROUTERS = (claims.router, readiness.router, work.router, registers.router)
