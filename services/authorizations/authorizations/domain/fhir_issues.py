"""What a payer's FHIR server means when it refuses a request: codes of issues (FHIR R4, issue-type), and of HTTP."""

from __future__ import annotations

from collections.abc import Mapping

_MEND = "Correct what the request lacks or has wrong, then submit again."
_ACCESS = "Have the practice's access to the payer's server mended, then submit again."
_LATER = "Submit again later; call the payer when it stays so."

CAUSES: Mapping[str, tuple[str, str]] = {
    "fhir-invalid": ("the payer's server finds the request invalid", _MEND),
    "fhir-structure": ("the payer's server cannot read the request", _MEND),
    "fhir-required": ("the payer's server misses something in the request", _MEND),
    "fhir-value": ("a value of the request is not one that the payer's server takes", _MEND),
    "fhir-invariant": ("the request breaks a rule of the payer's guide", _MEND),
    "fhir-code-invalid": ("a code of the request is not one that the payer's server takes", _MEND),
    "fhir-extension": ("the payer's server does not take an extension of the request", _MEND),
    "fhir-business-rule": ("a rule of the payer forbids the request", "Call the payer and ask which rule."),
    "fhir-not-found": ("the payer's server does not find what the request names", _MEND),
    "fhir-duplicate": ("the payer has this request already", "Look for an earlier request before submitting again."),
    "fhir-multiple-matches": ("the payer's server finds more than one patient or request", _MEND),
    "fhir-conflict": ("the request does not fit what the payer has now", "Look at the record, then submit again."),
    "fhir-not-supported": ("the payer's server does not take such requests", "Ask the payer by another way."),
    "fhir-security": ("the payer's server does not let the practice in", _ACCESS),
    "fhir-login": ("the payer's server does not let the practice in", _ACCESS),
    "fhir-forbidden": ("the payer's server does not let the practice ask this", _ACCESS),
    "fhir-throttled": ("the payer's server was asked too much at once", _LATER),
    "fhir-exception": ("the payer's server failed", _LATER),
    "fhir-transient": ("the payer's server failed", _LATER),
    "http-400": ("the payer's server cannot read the request, and does not say why", _MEND),
    "http-403": ("the payer's server does not let the practice ask this", _ACCESS),
    "http-404": ("there is no such service at the payer's address", _ACCESS),
    "http-422": ("the payer's server cannot process the request, and does not say why", _MEND),
}
_OTHER = ("the payer's server refused the request", "Look at the raw answer; call the payer.")


def cause_of(code: str) -> tuple[str, str] | None:
    """The cause and the next step of `fhir-..` and `http-..`; None for a code of another kind."""
    return CAUSES.get(code, _OTHER) if code.startswith(("fhir-", "http-")) else None
