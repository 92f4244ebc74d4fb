"""What a transaction holds, told from its segments as they pass, whatever is wrong with them."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from x12 import values
from x12.model.segments import COMPONENT, element
from x12.tokens import Elements
from x12.wordings import (
    ADJUSTMENT_GROUPS,
    BENEFITS,
    CLAIM_OUTCOMES,
    DECISIONS,
    PAYMENTS,
    REFUSALS,
    SET_VERDICTS,
    STATUS_CATEGORIES,
)  # fmt: skip

Facts = dict[str, object]
MOST_ITEMS = 20
"""Claims, payments or benefits that are told one by one; the totals count all."""


class Summary:
    """Counts the segments of a set; a subclass for each kind tells more."""

    def __init__(self) -> None:
        self.segments: Counter[str] = Counter()
        self.items: list[str] = []
        self.told = 0

    def take(self, segment: Elements) -> None:
        """One segment of the set, in order."""
        self.segments[segment[0]] += 1

    def tell(self, text: str) -> None:
        """One thing the set holds, with values: left out when values are not to be shown."""
        self.told += 1
        if len(self.items) < MOST_ITEMS:
            self.items.append(text)

    def says(self) -> Iterator[str]:
        """Sentences without values of persons: counts and totals."""
        yield f"It holds {counted(sum(self.segments.values()), 'segment')}."

    def facts(self) -> Facts:
        """The same as numbers."""
        return {}


class Claims(Summary):
    """837."""

    def __init__(self) -> None:
        super().__init__()
        self.charge = Decimal(0)
        self._name = ""
        self._names: dict[str, str] = {}

    def take(self, segment: Elements) -> None:
        """CLM, and who it is for."""
        super().take(segment)
        if segment[0] == "NM1" and element(segment, 1) in ("IL", "QC", "85", "PR"):
            self._names[element(segment, 1)] = name_of(segment)
        elif segment[0] == "HL" and element(segment, 3) == "22":
            self._names.pop("QC", None)
        elif segment[0] == "CLM":
            self.charge += money(segment, 2)
            who = self._names.get("QC") or self._names.get("IL", "")
            payer = self._names.get("PR", "a payer")
            self.tell(f"Claim {element(segment, 1)} for {who}, to {payer}: {dollars(money(segment, 2))}.")

    def says(self) -> Iterator[str]:
        """Claims, lines, charges."""
        lines = self.segments["SV1"] + self.segments["SV2"] + self.segments["SV3"]
        yield (
            f"It holds {counted(self.segments['CLM'], 'claim')} with {counted(lines, 'service line')}"
            f" and charges of {dollars(self.charge)}."
        )

    def facts(self) -> Facts:
        """claims, lines, charge."""
        lines = self.segments["SV1"] + self.segments["SV2"] + self.segments["SV3"]
        return {"claims": self.segments["CLM"], "lines": lines, "charge": str(self.charge)}


class Remittance(Summary):
    """835."""

    def __init__(self) -> None:
        super().__init__()
        self.total = self.charge = self.paid = self.withheld = Decimal(0)
        self.method = self.date = self.trace = ""
        self.outcomes: Counter[str] = Counter()
        self.adjusted: Counter[str] = Counter()
        self._names: dict[str, str] = {}

    def take(self, segment: Elements) -> None:
        """BPR, TRN, CLP, CAS and PLB."""
        super().take(segment)
        match segment[0]:
            case "BPR":
                self.total, self.method = money(segment, 2), element(segment, 4)
                self.date = day(element(segment, 16))
            case "TRN":
                self.trace = self.trace or element(segment, 2)
            case "N1":
                self._names[element(segment, 1)] = element(segment, 2)
            case "CLP":
                self._claim(segment)
            case "CAS":
                self._adjustment(segment)
            case "PLB":
                self.withheld += sum((money(segment, place) for place in range(4, 15, 2)), Decimal(0))
            case _:
                pass

    def _claim(self, segment: Elements) -> None:
        outcome = CLAIM_OUTCOMES.get(element(segment, 2), "of unknown status")
        self.outcomes[outcome] += 1
        self.charge += money(segment, 3)
        self.paid += money(segment, 4)
        self.tell(
            f"Claim {element(segment, 1)}, {outcome}: charged {dollars(money(segment, 3))},"
            f" paid {dollars(money(segment, 4))}."
        )

    def _adjustment(self, segment: Elements) -> None:
        group = element(segment, 1)
        for place in range(3, 20, 3):
            cents = int(money(segment, place) * 100)
            if cents:
                self.adjusted[group] += cents

    def says(self) -> Iterator[str]:
        """Payment, claims by outcome, adjustments by group, what was withheld."""
        how = PAYMENTS.get(self.method, "by an unknown method")
        on = f" on {self.date}" if self.date else ""
        yield f"It pays {dollars(self.total)} {how}{on} for {counted(self.segments['CLP'], 'claim')}."
        if self.outcomes:
            parts = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.most_common())
            yield f"Of charges of {dollars(self.charge)}, {dollars(self.paid)} was paid: {parts}."
        for group, cents in sorted(self.adjusted.items()):
            yield f"{dollars(Decimal(cents) / 100)} was {ADJUSTMENT_GROUPS.get(group, 'adjusted')} ({group})."
        if self.withheld:
            word = "withheld from" if self.withheld > 0 else "added to"
            yield f"{dollars(abs(self.withheld))} was {word} the payment by provider adjustments (PLB)."

    def facts(self) -> Facts:
        """total, method, date, trace, claims by outcome, charge, paid, adjustments by group, withheld."""
        return {
            "claims": self.segments["CLP"], "total": str(self.total), "method": self.method,
            "date": self.date, "charge": str(self.charge), "paid": str(self.paid), "outcomes": dict(self.outcomes),
            "adjustments": {group: str(Decimal(cents) / 100) for group, cents in sorted(self.adjusted.items())},
            "withheld": str(self.withheld),
        }  # fmt: skip


class FilesAcknowledged(Summary):
    """999 and 997."""

    def __init__(self) -> None:
        super().__init__()
        self.verdicts: Counter[str] = Counter()
        self.group = self.verdict = ""
        self._set = ""

    def take(self, segment: Elements) -> None:
        """AK1, AK2, IK5 or AK5, AK9, and the errors between."""
        super().take(segment)
        match segment[0]:
            case "AK1":
                self.group = element(segment, 2)
            case "AK2":
                self._set = f"{element(segment, 1)} {element(segment, 2)}"
            case "IK5" | "AK5":
                said = SET_VERDICTS.get(element(segment, 1), "answered without a known verdict")
                self.verdicts[said] += 1
                self.tell(f"Transaction {self._set} was {said}.")
            case "IK3" | "AK3":
                self.tell(
                    f"Transaction {self._set}, segment {element(segment, 2)} ({element(segment, 1)}) was found wrong."
                )
            case "AK9":
                self.verdict = SET_VERDICTS.get(element(segment, 1), "answered without a known verdict")
            case _:
                pass

    def says(self) -> Iterator[str]:
        """The verdict on the group and its sets."""
        yield f"It answers a group, which was {self.verdict or 'not judged'}."
        for said, count in self.verdicts.most_common():
            yield f"{counted(count, 'transaction')} {'was' if count == 1 else 'were'} {said}."
        errors = self.segments["IK3"] + self.segments["AK3"]
        if errors:
            yield f"It names {counted(errors, 'segment')} in error."

    def facts(self) -> Facts:
        """verdict, sets by verdict, errors."""
        errors = self.segments["IK3"] + self.segments["AK3"]
        return {"verdict": self.verdict, "sets": dict(self.verdicts), "errors": errors}


class Statuses(Summary):
    """277 and 277CA."""

    def __init__(self) -> None:
        super().__init__()
        self.categories: Counter[str] = Counter()
        self._patient = False
        self._trace = ""

    def take(self, segment: Elements) -> None:
        """TRN and STC below a patient or claim."""
        super().take(segment)
        match segment[0]:
            case "HL":
                self._patient = element(segment, 3) in ("PT", "22", "23")
            case "TRN":
                self._trace = element(segment, 2)
            case "STC" if self._trace and self._patient:
                category = element(segment, 1).partition(COMPONENT)[0]
                said = STATUS_CATEGORIES.get(category, "of unknown status")
                self.categories[said] += 1
                self.tell(f"Claim {self._trace}: {said} ({category}).")
                self._trace = ""
            case _:
                pass

    def says(self) -> Iterator[str]:
        """Claims by category."""
        yield f"It tells the status of {counted(sum(self.categories.values()), 'claim')}."
        for said, count in self.categories.most_common():
            yield f"{count} {'is' if count == 1 else 'are'} {said}."

    def facts(self) -> Facts:
        """claims, statuses."""
        return {"claims": sum(self.categories.values()), "statuses": dict(self.categories)}


class Questions(Summary):
    """270, 276 and requests: how many persons or claims are asked about."""

    def says(self) -> Iterator[str]:
        """Persons asked about."""
        asked = self.segments["EQ"] or self.segments["TRN"] or self.segments["UM"]
        yield f"It asks {counted(asked, 'question')}."

    def facts(self) -> Facts:
        """questions."""
        asked = self.segments["EQ"] or self.segments["TRN"] or self.segments["UM"]
        return {"questions": asked}


class Answers(Summary):
    """271 and 278: benefits, decisions and refusals."""

    def __init__(self) -> None:
        super().__init__()
        self.benefits: Counter[str] = Counter()
        self.decisions: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def take(self, segment: Elements) -> None:
        """EB, HCR and AAA."""
        super().take(segment)
        match segment[0]:
            case "EB":
                said = BENEFITS.get(element(segment, 1), "a benefit of unknown kind")
                self.benefits[said] += 1
                amount = f" {dollars(money(segment, 7))}" if element(segment, 7) else ""
                share = f" {money(segment, 8) * 100:f}".rstrip("0").rstrip(".") + " %" if element(segment, 8) else ""
                self.tell(f"{said[:1].upper()}{said[1:]}{amount}{share}.")
            case "HCR":
                said = DECISIONS.get(element(segment, 1), "of unknown decision")
                self.decisions[said] += 1
                number = element(segment, 2)
                self.tell(f"Services {said}{f' under number {number}' if number else ''}.")
            case "AAA":
                said = REFUSALS.get(element(segment, 3), "for a reason that is not known")
                self.refusals[said] += 1
            case _:
                pass

    def says(self) -> Iterator[str]:
        """Benefits, decisions, refusals."""
        if self.benefits:
            yield f"It tells {counted(sum(self.benefits.values()), 'benefit')}."
        for said, count in self.decisions.most_common():
            yield f"{counted(count, 'request')} {'was' if count == 1 else 'were'} {said}."
        for said, count in self.refusals.most_common():
            yield f"{counted(count, 'part')} of the request could not be answered: {said}."
        if not (self.benefits or self.decisions or self.refusals):
            asked = self.segments["UM"]
            yield f"It asks for {counted(asked, 'review')} of services." if asked else "It holds no answer."

    def facts(self) -> Facts:
        """benefits, decisions, refusals."""
        return {
            "benefits": dict(self.benefits), "decisions": dict(self.decisions),
            "refusals": dict(self.refusals), "reviews": self.segments["UM"],
        }  # fmt: skip


class Attachments(Summary):
    """275."""

    def says(self) -> Iterator[str]:
        """Documents."""
        yield f"It carries {counted(self.segments['BIN'] + self.segments['BDS'], 'document')}."

    def facts(self) -> Facts:
        """documents."""
        return {"documents": self.segments["BIN"] + self.segments["BDS"]}


_KINDS: dict[str, type[Summary]] = {
    "270": Questions, "271": Answers, "275": Attachments, "276": Questions, "277": Statuses, "278": Answers,
    "835": Remittance, "837": Claims, "997": FilesAcknowledged, "999": FilesAcknowledged,
}  # fmt: skip


def summary_of(kind: str) -> Summary:
    """A fresh summary for a kind of transaction (ST01)."""
    return _KINDS.get(kind, Summary)()


def counted(number: int, thing: str) -> str:
    """`1 claim`, `2 claims`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def dollars(amount: Decimal) -> str:
    """An amount with its cents and sign."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def money(segment: Elements, place: int) -> Decimal:
    """An amount, zero when it cannot be read."""
    try:
        return values.decimal(element(segment, place))
    except ValueError:
        return Decimal(0)


def day(text: str) -> str:
    """A D8 date as ISO 8601, empty when it cannot be read."""
    try:
        return values.day(text).isoformat()
    except ValueError:
        return ""


def name_of(segment: Elements) -> str:
    """First and last name, or the organization's name, of an NM1."""
    return " ".join(part for part in (element(segment, 4), element(segment, 3)) if part)
