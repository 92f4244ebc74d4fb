"""HTTP in: the registers, and the enrollments for those who work on them."""

from credentialing.api import enrollments, registers

ROUTERS = (registers.router, enrollments.router)
