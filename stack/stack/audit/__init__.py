"""An outside checker: compares the databases of all services with one another, read only, and believes none of them.

`audit` is what `dermbill audit`, the demo day and the crash test call.
"""

from stack.audit.databases import database_urls
from stack.audit.result import AuditResult, CheckResult, Violation
from stack.audit.run import audit

__all__ = ["AuditResult", "CheckResult", "Violation", "audit", "database_urls"]
