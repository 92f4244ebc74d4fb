"""Files of EDI made to harm who reads them."""

from tests.x12.seeded_bases import CLAIMS, COVERAGE_ANSWER, REMITTANCE

ISA = CLAIMS.file[:106]
_CLAIMS, _PAYMENTS, _COVERAGE = CLAIMS.file, REMITTANCE.file, COVERAGE_ANSWER.file


def _head(marks: bytes) -> bytes:
    """An ISA with element, component, segment and repetition separators of one's choice."""
    made = bytearray(ISA.replace(b"*", marks[:1]))
    made[104], made[105], made[82] = marks[1], marks[2], marks[3]
    return bytes(made)


def _without(file: bytes, *names: bytes) -> bytes:
    kept = [part for part in file.split(b"~") if part.strip().split(b"*")[0] not in names]
    return b"~".join(kept)


def _counting(file: bytes, name: bytes, said: bytes) -> bytes:
    """The file with element 01 of every segment of that name replaced."""
    parts: list[bytes] = []
    for part in file.split(b"~"):
        elements = part.split(b"*")
        if elements[0].strip() == name:
            elements[1] = said
        parts.append(b"*".join(elements))
    return b"~".join(parts)


def _amounts(file: bytes, said: bytes) -> bytes:
    """The file with every amount of claims, lines, payments and adjustments replaced."""
    places = {b"CLM": (2,), b"SV1": (2, 4), b"CLP": (3, 4, 5), b"SVC": (2, 3), b"CAS": (3,), b"BPR": (2,), b"EB": (7,)}
    parts: list[bytes] = []
    for part in file.split(b"~"):
        elements = part.split(b"*")
        for place in places.get(elements[0].strip(), ()):
            if place < len(elements):
                elements[place] = said
        parts.append(b"*".join(elements))
    return b"~".join(parts)


def _after_headers(file: bytes, rest: bytes) -> bytes:
    """What stands up to BHT or BPR, then something else."""
    return b"~".join(file.split(b"~")[:4]) + b"~" + rest


def _levels(*pairs: tuple[int, int | str]) -> bytes:
    return b"".join(f"HL*{own}*{parent}*22*1~NM1*IL*1*X~CLM*{own}*1~".encode() for own, parent in pairs)


FILES: dict[str, bytes] = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf" + _CLAIMS,
    "UTF-16": _CLAIMS.decode().encode("utf-16"),
    "UTF-16 big endian": _CLAIMS.decode().encode("utf-16-be"),
    "Latin-1": _CLAIMS.replace(b"NM1*IL*1*", b"NM1*IL*1*M\xfcller "),
    "NUL everywhere": _CLAIMS.replace(b"*", b"*\x00"),
    "only NUL": b"\x00" * 100_000,
    "only ISA": ISA,
    "ISA again and again": ISA * 2_000,
    "a letter parts elements": _head(b"A:~^") + b"GSAHC~",
    "a digit ends segments": _head(b"*:5^") + b"GS*HC5",
    "one character parts everything": _head(b"****"),
    "components end segments": _head(b"*~~^"),
    "repetition is component": _head(b"*::^"),
    "high bytes part": _head(b"\xe9:~^"),
    "release characters": _CLAIMS.replace(b"*1*", b"*?*?~*"),
    "a group in a group": _CLAIMS.replace(b"~ST*", b"~GS*HC*A*B*20260101*1200*9*X*005010X222A1~" * 40 + b"ST*"),
    "a set in a set": _CLAIMS.replace(b"~CLM*", b"~ST*837*0009*005010X222A1~CLM*"),
    "claims in a remittance": _PAYMENTS.replace(b"~CLP*", b"~CLM*1*100~CLP*"),
    "an interchange in an interchange": _PAYMENTS.replace(b"~CLP*", b"~" + _CLAIMS + b"CLP*"),
    "levels a hundred deep": _after_headers(_CLAIMS, _levels(*((n, n - 1 or "") for n in range(1, 101)))),
    "a level that is its own parent": _after_headers(_CLAIMS, _levels((1, 1), (1, 1))),
    "levels in a ring": _after_headers(_CLAIMS, _levels((1, 3), (2, 1), (3, 2))),
    "levels a hundred deep in a benefit answer": _after_headers(
        _COVERAGE, b"".join(b"HL*%d*%d*%d*1~" % (n, n - 1, 20 + n % 4) for n in range(1, 101))
    ),
    "an element of 1 MB": _CLAIMS.replace(b"NM1*IL*1*", b"NM1*IL*1*" + b"A" * 1_000_000),
    "an element of 32,000 and a hundred of them": _CLAIMS.replace(b"~CLM*", b"~NTE*ADD*" + b"A" * 32_000 + b"~CLM*"),
    "ten thousand elements": _CLAIMS.replace(b"~CLM*", b"~CLM" + b"*1" * 10_000 + b"~CLM*"),
    "ten thousand components": _CLAIMS.replace(b"~CLM*", b"~SV1*" + b"HC:" * 10_000 + b"~CLM*"),
    "ten thousand repetitions": _COVERAGE.replace(b"~EB*", b"~EB*1**" + b"30^" * 10_000 + b"~EB*"),
    "empty segments": _CLAIMS.replace(b"~", b"~~~\r\n~  ~"),
    "segments of a name alone": _CLAIMS.replace(b"*1*", b"~CLM~HL~NM1~SV1~CAS~DTP~"),
    "the 29th of February 2025": _CLAIMS.replace(b"*D8*2026", b"*D8*20250229*"),
    "binary data of no end": _CLAIMS.replace(b"~CLM*", b"~BIN*999999999999*CLM*"),
    "binary data of 8 MB that are not there": _CLAIMS.replace(b"~CLM*", b"~BIN*8388608*CLM*"),
    "binary data without a length": _CLAIMS.replace(b"~CLM*", b"~BIN**~BDS*B64**~BDS~BIN~CLM*"),
    "a group that is the file": ISA + b"GS*HC~" * 5_000,
    "sets without a group": ISA + b"ST*837*0001~SE*2*0001~" * 5_000,
    "trailers alone": ISA + b"SE*1*1~GE*1*1~IEA*1*1~" * 2_000,
}
for _name in (b"IEA", b"GE", b"SE", b"GS", b"ST", b"HL", b"NM1", b"CLM", b"BHT", b"LX"):
    FILES[f"no {_name.decode()}"] = _without(_CLAIMS, _name)
    FILES[f"no {_name.decode()} in an answer"] = _without(_COVERAGE, _name)
for _name in (b"SE", b"GE", b"IEA", b"LX", b"HL", b"CLM"):
    for _said in (b"0", b"-1", b"99999999999999999999", b"", b"\xd9\xa3", b"1e9"):
        FILES[f"{_name.decode()} says {_said!r}"] = _counting(_CLAIMS, _name, _said)
_NO_AMOUNTS = (
    b"NaN", b"sNaN", b"Infinity", b"1e309", b"1E+999999999", b"+5", b"5.005", b"-0", b"1_000", b" 5", b".", b"-",
    b"9" * 5_000, b"\xd9\xa3",
)  # fmt: skip
for _said in _NO_AMOUNTS:
    for _kind, _file in (("claims", _CLAIMS), ("payments", _PAYMENTS), ("benefits", _COVERAGE)):
        FILES[f"amounts of {_kind} are {_said[:20]!r}"] = _amounts(_file, _said)
