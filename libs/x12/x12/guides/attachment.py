"""275: where each segment of the information that supports a claim or a request for authorization stands.

The guides for claims (005010X210, 006020X314) name payer, submitter, provider and patient in loops of their own, as
Stedi's overview of X210 has them; those for authorizations (005010X211, 006020X316) begin with whoever sends it, so
that only the roles are held to here, as in the public sample of X211 (staedi). BGN01 is as those overviews say; the
other lists hold what that sample and Stedi's examples use, and are wide where they say nothing.
"""

from x12.guides.eligibility_parts import ENTITY_IDS, birth, provider
from x12.guides.parts import NPI, city, contact, dated, reference, street
from x12.guides.spec import Guide, LoopSpec, SegmentSpec, guide, loop, seg

_NUMBERS = "0B|1C|1D|1G|1J|1K|1L|1W|6P|6R|9F|BB|BLT|D9|EA|EI|EJ|F8|FY|G1|G2|IG|IK|LU|NT|SY|TJ|X1|XZ|Y4|F5"
_PROVIDERS = "1P|85"
_ROLES = f"2B|36|40|41|74|77|80|82|AY|FA|IL|PR|QC|SJ|X3|{_PROVIDERS}"
_SECURITY = "00|01|02|03|04|05|06|07|08|09|11|12|13|90|91|92|93|94|95|96|97|98|99|ZZ"
_FORMATS = "AE|HL|IA|MB|TX|UL|UN"


def _party(name: str, roles: str) -> LoopSpec:
    return loop(
        name,
        seg("NM1 R 1", f"R ID/2-3 {roles}", "R ID/1-1 1|2", "R AN/1-60", "S AN/1-35", "S AN/1-25", "S AN/1-10",
            "S AN/1-10", f"S ID/1-2 {ENTITY_IDS}|HN", f"S AN/2-80 {NPI}"),
        street("S"), city("S"), contact(numbered="S"), provider(), reference(_NUMBERS, repeat="9"), birth(),
        dated("050|097|434|435|472", repeat="9", forms="D8|RD8"),
    )  # fmt: skip


def _document() -> LoopSpec:
    return loop(
        "2110 S >1", seg("EFI R 1", f"R ID/2-2 {_SECURITY}", "S AN/1-264", *(["S AN/1-80"] * 14)),
        seg("BIN S 1", "R N0/1-15", "S B/0-0"), seg("BDS S 1", "R ID/3-3 ASB|ASC|B64|UUE|ZZZ", "R N0/1-15", "S B/0-0"),
    )  # fmt: skip


def _category() -> LoopSpec:
    return loop(
        "2100 R >1", dated("097|368|510", "R"),
        seg("CAT R 1", "R ID/2-2 AE|UL", f"S ID/1-2 {_FORMATS}", *(["S AN/1-80"] * 3)), seg("OOI S >1"),
        loops=(_document(),),
    )  # fmt: skip


def _item(traced: str) -> LoopSpec:
    status = "<R AN/1-30 @status-category;R AN/1-30 @loinc?4=LOI;S ID/2-3;S ID/1-3 LOI>"
    return loop(
        "2000 R >1", seg("LX R 1", "R N0/1-6"),
        seg(f"TRN {traced} 1", "R ID/1-2 1|2", "R AN/1-50", "S AN/10-10", "S AN/1-50"),
        seg("STC S >1", f"R {status}", "S DT/8-8", *(["N"] * 7), f"S {status}", f"S {status}"),
        reference(_NUMBERS, repeat="9"), loops=(_category(),), streamed=True,
    )  # fmt: skip


def _begin(purposes: str) -> SegmentSpec:
    return seg("BGN R 1", f"R ID/2-2 {purposes}", "R AN/1-50", "R DT/8-8", "S TM/4-8")


def _for_claims(version: str) -> Guide:
    parties = (
        _party("1000A R 1", "PR"), _party("1000B R 1", "41"), _party("1000C R 1", _PROVIDERS),
        _party("1000D R 1", "QC"), _party("1000E S 1", "IL"),
    )  # fmt: skip
    return guide("275", version, "PI", loop("ST R 1", _begin("02|11"), loops=(*parties, _item("R"))))


def _for_authorizations(version: str) -> Guide:
    return guide(
        "275", version, "PI", loop("ST R 1", _begin("02|11|22"), loops=(_party("1000 R >1", _ROLES), _item("S")))
    )


CLAIMS = (_for_claims("005010X210"), _for_claims("006020X314"))
AUTHORIZATIONS = (_for_authorizations("005010X211"), _for_authorizations("006020X316"))

_NAME = loop(
    "1000 R >1", seg("NM1 R 1"),
    seg("N3 S >1"), seg("N4 S 1"), seg("PER S >1"), seg("PRV S >1"), seg("REF S >1"), seg("DMG S 1"), seg("DTP S >1"),
)  # fmt: skip
_ANY_DOCUMENT = loop("2110 S >1", seg("EFI R 1"), seg("BIN S 1"), seg("BDS S 1"))
_ANY_CATEGORY = loop("2100 S >1", seg("DTP R 1"), seg("CAT S 1"), seg("OOI S >1"), loops=(_ANY_DOCUMENT,))
_ANY_ITEM = loop(
    "2000 R >1", seg("LX R 1"), seg("TRN S >1"), seg("STC S >1"), seg("REF S >1"), loops=(_ANY_CATEGORY,), streamed=True
)

READING = guide("275", "00", "PI", loop("ST R 1", seg("BGN R 1"), loops=(_NAME, _ANY_ITEM)))
"""Any 275, for reading: the guides do not differ in where a segment stands."""
