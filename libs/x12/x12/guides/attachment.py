"""275: where each segment of the information that supports a claim or a request for authorization stands.

One table serves the guides in use (005010X210 and 006020X314 for claims, 005010X211 and 006020X316 for
authorizations), which differ in what they require: only what they share is required here.
"""

from x12.guides.spec import guide, loop, seg

_NAME = loop(
    "1000 R >1",
    seg("NM1 R 1", "R ID/2-3", "R ID/1-1 1|2", "S AN/1-60", "S AN/1-35", "S AN/1-25", "S AN/1-10", "S AN/1-10",
        "S ID/1-2", "S AN/2-80 @npi?8=XX"),
    seg("N3 S >1"), seg("N4 S 1"), seg("PER S >1"), seg("PRV S >1"), seg("REF S >1"), seg("DMG S 1"), seg("DTP S >1"),
)  # fmt: skip
_DOCUMENT = loop("2110 S >1", seg("EFI R 1"), seg("BIN S 1"), seg("BDS S 1"))
_CATEGORY = loop(
    "2100 S >1", seg("DTP R 1", "R ID/3-3", "R ID/2-3", "R AN/1-35"), seg("CAT S 1"), seg("OOI S >1"),
    loops=(_DOCUMENT,),
)  # fmt: skip
_ITEM = loop(
    "2000 R >1", seg("LX R 1", "R N0/1-6"), seg("TRN S >1"), seg("STC S >1"), seg("REF S >1"),
    loops=(_CATEGORY,), streamed=True,
)  # fmt: skip

GUIDE = guide(
    "275", "00", "PI",
    loop("ST R 1", seg("BGN R 1", "R ID/2-2", "R AN/1-50", "R DT/8-8", "S TM/4-8"), loops=(_NAME, _ITEM)),
)  # fmt: skip
