"""HTTP in."""

from payments.api import claims, ledger, patient_payments, queue, remittances

ROUTERS = (remittances.router, queue.router, claims.router, ledger.router, patient_payments.router)
