"""What every right file that faults are seeded into is made by."""

from dataclasses import dataclass

_ISA = "ISA*00*          *00*          *ZZ*DERMBILL       *ZZ*CLEARING       *260302*1030*^*00501*000000905*0*T*:"


@dataclass(frozen=True, slots=True)
class Base:
    """An interchange of one set: `segments` from ISA to IEA, the set's own counts right."""

    kind: str
    segments: tuple[str, ...]

    @property
    def file(self) -> bytes:
        return written(self.segments)


def written(segments: tuple[str, ...] | list[str]) -> bytes:
    """The segments with their terminators."""
    return "".join(f"{segment}~" for segment in segments).encode()


def recounted(segments: list[str]) -> list[str]:
    """The segments with SE01 counting its set, for faults that are not about counting."""
    found: list[str] = []
    start = 0
    for place, segment in enumerate(segments):
        parts = segment.split("*")
        if parts[0] == "ST":
            start = place
        if parts[0] == "SE" and len(parts) > 1:
            segment = "*".join(("SE", str(place - start + 1), *parts[2:]))
        found.append(segment)
    return found


def base(kind: str, group: str, version: str, body: str) -> Base:
    inside = [line.strip() for line in body.strip().splitlines() if line.strip()]
    st = kind.partition("CA")[0][:3]
    segments = [
        _ISA, f"GS*{group}*DERMBILL*CLEARING*20260302*1030*17*X*{version}", f"ST*{st}*0001*{version}", *inside,
        "SE*0*0001", "GE*1*17", "IEA*1*000000905",
    ]  # fmt: skip
    return Base(kind, tuple(recounted(segments)))
