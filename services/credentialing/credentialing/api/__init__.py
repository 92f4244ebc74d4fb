"""HTTP in: the registers, providers' papers, and enrollments for those who work on them."""

from credentialing.api import enrollments, papers, registers, requirements, sanctions

ROUTERS = (registers.router, papers.router, requirements.router, sanctions.router, enrollments.router)
