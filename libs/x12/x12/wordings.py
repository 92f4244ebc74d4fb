"""Codes of X12 in plain words, for reading files to people. The words are ours."""

from collections.abc import Mapping

TRANSACTIONS: Mapping[str, str] = {
    "269": "a benefit coordination check", "270": "a question about coverage", "271": "an answer about coverage",
    "275": "attachments to a claim or request", "276": "a question about the status of claims",
    "277": "an answer about the status of claims", "277CA": "an acknowledgement of claims",
    "278": "a request for or decision on services", "820": "a premium payment", "824": "an application's advice",
    "834": "an enrollment of members", "835": "a remittance advice", "837": "claims", "837P": "professional claims",
    "837I": "institutional claims", "837D": "dental claims", "997": "an acknowledgement of files",
    "999": "an acknowledgement of files", "TA1": "an acknowledgement of an interchange",
}  # fmt: skip
"""Kinds of transactions by ST01, more closely by guide where one number serves several."""

GUIDES: Mapping[str, str] = {
    "005010X214": "277CA", "005010X222": "837P", "005010X223": "837I", "005010X224": "837D", "005010X291": "837P",
    "005010X292": "837I", "005010X298": "837P", "004010X098": "837P", "004010X096": "837I", "004010X097": "837D",
}  # fmt: skip

USAGES: Mapping[str, str] = {"P": "production", "T": "test", "I": "information"}

PAYMENTS: Mapping[str, str] = {
    "ACH": "by electronic transfer (ACH)", "BOP": "at the payer's choice of method", "CHK": "by cheque",
    "FWT": "by wire", "NON": "without payment",
}  # fmt: skip

CLAIM_OUTCOMES: Mapping[str, str] = {
    "1": "paid as primary", "2": "paid as secondary", "3": "paid as tertiary", "4": "denied",
    "19": "paid as primary and forwarded", "20": "paid as secondary and forwarded",
    "21": "paid as tertiary and forwarded", "22": "reversed", "23": "not ours and forwarded",
    "25": "predetermined, not paid",
}  # fmt: skip
"""CLP02."""

ADJUSTMENT_GROUPS: Mapping[str, str] = {
    "CO": "written off by contract", "CR": "corrected", "OA": "adjusted for other reasons",
    "PI": "reduced by the payer", "PR": "owed by the patient",
}  # fmt: skip

STATUS_CATEGORIES: Mapping[str, str] = {
    "A0": "forwarded", "A1": "received", "A2": "accepted for adjudication", "A3": "returned as unprocessable",
    "A4": "not found", "A5": "split", "A6": "rejected for missing information",
    "A7": "rejected for invalid information",
    "A8": "rejected because its data contradict one another", "D0": "not found",
    "E0": "not answered because of an error",
    "E1": "not answered: system busy", "E2": "not answered: no response", "E3": "not answered: correction needed",
    "E4": "not answered: try again", "F0": "finalized", "F1": "finalized and paid", "F2": "finalized and denied",
    "F3": "finalized and revised", "F4": "finalized without payment", "P0": "pending", "P1": "in process",
    "P2": "under review", "P3": "waiting for the provider", "P4": "waiting for the patient", "P5": "waiting",
    "R0": "information asked for",
}  # fmt: skip

BENEFITS: Mapping[str, str] = {
    "1": "active coverage", "2": "active, full risk capitation", "3": "active, services capitated",
    "4": "active, services capitated to primary care", "5": "active, pending investigation", "6": "inactive",
    "7": "inactive, pending eligibility update", "8": "inactive, pending investigation", "A": "co-insurance",
    "B": "co-payment", "C": "deductible", "CB": "coverage basis", "D": "benefit description", "E": "exclusions",
    "F": "limitations", "G": "out of pocket (stop loss)", "H": "unlimited", "I": "non-covered", "J": "cost containment",
    "K": "reserve", "L": "primary care provider", "M": "pre-existing condition", "MC": "managed care coordinator",
    "N": "services restricted to a provider", "O": "not deemed a medical necessity", "P": "benefit disclaimer",
    "Q": "second opinion required", "R": "another or additional payer", "S": "prior year's history",
    "T": "cards reported lost or stolen", "U": "contact this entity", "V": "cannot process",
    "W": "other source of data",
    "X": "health care facility", "Y": "spend down",
}  # fmt: skip
"""EB01."""

DECISIONS: Mapping[str, str] = {
    "A1": "certified in total", "A2": "certified in part", "A3": "not certified", "A4": "pended", "A6": "modified",
    "C": "cancelled", "CT": "contact the payer", "NA": "no authorization needed",
}  # fmt: skip
"""HCR01."""

REFUSALS: Mapping[str, str] = {
    "04": "more was asked for than allowed", "15": "data is missing that the request needs", "33": "input errors",
    "35": "the service is out of network", "41": "the requester may not ask", "42": "the payer cannot answer now",
    "43": "the provider's identifier is not valid or missing", "44": "the provider's name is not valid",
    "45": "the provider's specialty is not valid", "46": "the provider's phone number is not valid",
    "47": "the provider's state is not valid", "48": "the referring provider's number is not valid",
    "49": "the provider is not the primary care physician", "50": "the provider may not ask",
    "51": "the provider is not on file", "52": "the dates of service are outside the provider's plan",
    "56": "the date is not appropriate", "57": "the date of service is not valid",
    "58": "the birth date is not valid or missing", "60": "the birth date is after the date of service",
    "61": "the date of death is before the date of service",
    "62": "the date of service is not within the allowed period",
    "63": "the date of service is in the future", "64": "the patient's identifier is not valid or missing",
    "65": "the patient's name is not valid or missing", "66": "the patient's sex is not valid or missing",
    "67": "the patient was not found", "68": "the patient's identifier is a duplicate",
    "71": "the birth date does not match that on file", "72": "the member id is not valid or missing",
    "73": "the subscriber's name is not valid or missing", "74": "the subscriber's sex is not valid or missing",
    "75": "the subscriber was not found", "76": "the subscriber's identifier is a duplicate",
    "77": "the subscriber was found, the patient was not", "78": "the subscriber is not in the group named",
    "79": "the participant's identification is not valid", "80": "the payer did not answer in time",
    "97": "the patient's address is not valid", "98": "an experimental service",
    "AA": "the authorization was not found",
    "T4": "the payer's name or identifier is missing", "T5": "the certification information is missing",
}  # fmt: skip
"""AAA03."""

SET_VERDICTS: Mapping[str, str] = {
    "A": "accepted", "E": "accepted with errors noted", "M": "rejected: authentication failed", "P": "accepted in part",
    "R": "rejected", "W": "rejected: assurance failed", "X": "rejected: cannot be decrypted",
}  # fmt: skip

INTERCHANGE_NOTES: Mapping[str, str] = {
    "000": "no error", "001": "the control numbers of header and trailer differ",
    "002": "the standard is not supported",
    "003": "the version is not supported", "004": "the segment terminator is not valid",
    "005": "the sender's qualifier is not valid", "006": "the sender's id is not valid",
    "007": "the receiver's qualifier is not valid", "008": "the receiver's id is not valid",
    "009": "the receiver is not known", "010": "the authorization qualifier is not valid",
    "011": "the authorization is not valid", "012": "the security qualifier is not valid",
    "013": "the security information is not valid", "014": "the date is not valid", "015": "the time is not valid",
    "016": "the standard's identifier is not valid", "017": "the version's identifier is not valid",
    "018": "the control number is not valid", "019": "the acknowledgement indicator is not valid",
    "020": "the usage indicator is not valid", "021": "the number of groups is not right",
    "022": "the control structure is not valid", "023": "the file ends too early",
    "024": "the content is not valid (for example a wrong GS)", "025": "the control number was used before",
    "026": "the data separator is not valid", "027": "the component separator is not valid",
}  # fmt: skip

MENDS: Mapping[tuple[str, str], str] = {
    ("segment", "1"): "Remove the segment, or correct its identifier.",
    ("segment", "2"): "Remove the segment, or move it to the loop it belongs to.",
    ("segment", "3"): "Add the segment.",
    ("segment", "4"): "Leave out the loops beyond the number allowed, or split the transaction.",
    ("segment", "5"): "Leave out the segments beyond the number allowed.",
    ("segment", "7"): "Put the segment where the guide has it.",
    ("segment", "I6"): "Add the segment, or correct what makes it necessary.",
    ("segment", "I7"): "Add the loop, or correct what makes it necessary.",
    ("segment", "I9"): "Remove the segment, or correct what excludes it.",
    ("element", "1"): "Fill in the element.",
    ("element", "2"): "Send the element together with its pair, or neither.",
    ("element", "3"): "Leave out the elements after the last one of the guide.",
    ("element", "4"): "Send the element in its full length.",
    ("element", "5"): "Shorten the element.",
    ("element", "6"): "Write the element in the characters of its type.",
    ("element", "7"): "Correct the value.",
    ("element", "8"): "Write the date in its format, as a day of the calendar.",
    ("element", "9"): "Write the time as HHMM.",
    ("element", "10"): "Send one of the two elements, not both.",
    ("element", "12"): "Send the element once.",
    ("element", "13"): "Leave out the components beyond those of the guide.",
    ("element", "I6"): "Correct the value, or what makes it necessary.",
    ("element", "I9"): "Fill in the element, or correct what makes it necessary.",
    ("element", "I10"): "Leave the element empty.",
    ("element", "I13"): "Leave the element empty, or correct what excludes it.",
    ("set", "1"): "Send the transaction under a guide that is supported.",
    ("set", "2"): "Send the whole file again: the transaction has no end.",
    ("set", "3"): "Let ST02 and SE02 be the same.",
    ("set", "4"): "Let SE01 count the segments from ST to SE.",
    ("set", "6"): "Send the transaction in a group of its own kind (GS01).",
    ("set", "7"): "Give the set a control number of four to nine characters.",
    ("set", "23"): "Give each set of the group its own control number.",
    ("set", "I6"): "Let GS08 and ST03 name the same guide.",
    ("group", "3"): "Send the whole file again: the group has no end.",
    ("group", "4"): "Let GS06 and GE02 be the same.",
    ("group", "5"): "Let GE01 count the sets of the group.",
}
"""How to mend what has a code, by the finding's scope."""
_BALANCE_MEND = "Correct the amounts so that they add up."


def mend_of(scope: str, code: str, level: str) -> str:
    """How to mend a finding, in one sentence."""
    if level == "balance":
        return _BALANCE_MEND
    return MENDS.get((scope, code), "Correct what is named and send the file again.")
