"""HTTP in: the registers, and the claims for those who work on them."""

from claims.api import claims, registers, work

ROUTERS = (claims.router, work.router, registers.router)
