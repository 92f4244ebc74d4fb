"""HTTP in: the registers, papers of clinicians and places, and enrollments for those who work on them."""

from credentialing.api import changes, enrollments, expiring, papers, registers, requirements, sanctions, work_history

ROUTERS = (
    registers.router,
    papers.router,
    work_history.router,
    expiring.router,
    changes.router,
    requirements.router,
    sanctions.router,
    enrollments.router,
)
