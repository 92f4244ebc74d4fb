"""HTTP in: the registers, providers' papers, and enrollments for those who work on them."""

from credentialing.api import enrollments, papers, registers

ROUTERS = (registers.router, papers.router, enrollments.router)
