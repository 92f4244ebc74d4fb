"""Right files to seed one fault into: for each kind of transaction the segments of an interchange."""

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


def _base(kind: str, group: str, version: str, body: str) -> Base:
    inside = [line.strip() for line in body.strip().splitlines() if line.strip()]
    st = kind.partition("CA")[0][:3]
    segments = [
        _ISA, f"GS*{group}*DERMBILL*CLEARING*20260302*1030*17*X*{version}", f"ST*{st}*0001*{version}", *inside,
        "SE*0*0001", "GE*1*17", "IEA*1*000000905",
    ]  # fmt: skip
    return Base(kind, tuple(recounted(segments)))


CLAIMS = _base(
    "837P",
    "HC",
    "005010X222A1",
    """
    BHT*0019*00*BATCH1*20260302*1030*CH
    NM1*41*2*SUNRISE DERMATOLOGY*****46*TP0001
    PER*IC*BILLING OFFICE*TE*5555550100
    NM1*40*2*CLEARINGHOUSE*****46*CH0001
    HL*1**20*1
    PRV*BI*PXC*207N00000X
    CUR*85*USD
    NM1*85*2*SUNRISE DERMATOLOGY*****XX*1234567893
    N3*1 CLINIC WAY*SUITE 2
    N4*SPRINGFIELD*IL*627010002
    REF*EI*123456789
    NM1*87*2
    N3*PO BOX 7
    N4*SPRINGFIELD*IL*627010003
    HL*2*1*22*0
    SBR*P*18*GRP1******CI
    NM1*IL*1*DOE*JANE****MI*MEMBER0001
    N3*12 ELM STREET
    N4*SPRINGFIELD*IL*627010001
    DMG*D8*19800517*F
    NM1*PR*2*ACME HEALTH*****PI*60054
    CLM*CLAIM0001*345.5***11:B:1*Y*A*Y*Y
    DTP*431*D8*20260201
    PWK*OZ*EL***AC*ATTACH1
    AMT*F5*20
    REF*G1*AUTH1
    REF*X4*14D0000001
    NTE*ADD*BIOPSY OF TWO LESIONS
    HI*ABK:D485*ABF:L570
    NM1*DN*1*REED*PAT****XX*1003000126
    NM1*82*1*SMITH*ALEX****XX*1245319599
    PRV*PE*PXC*207N00000X
    NM1*77*2*SUNRISE SURGERY*****XX*1992999825
    N3*3 CLINIC WAY
    N4*SPRINGFIELD*IL*627010004
    LX*1
    SV1*HC:11102*195.5*UN*1*11**1
    DTP*472*D8*20260302
    REF*6R*LINE1
    LX*2
    SV1*HC:99213:25*100*UN*1***1:2
    DTP*472*RD8*20260301-20260302
    REF*6R*LINE2
    LX*3
    SV1*HC:J3301*50*UN*4***2
    DTP*472*D8*20260302
    LIN**N4*00003029305
    CTP****4*ML
    REF*XZ*RX1
    HL*3*1*22*1
    SBR*S**GRP2******CI
    NM1*IL*1*ROE*SAM****MI*MEMBER0002
    NM1*PR*2*BETA HEALTH*****PI*60055
    HL*4*3*23*0
    PAT*19
    NM1*QC*1*ROE*TIM
    N3*14 ELM STREET
    N4*SPRINGFIELD*IL*627010001
    DMG*D8*20150101*M
    CLM*CLAIM0002*200***22:B:7*Y*A*Y*Y**AA:::IL
    DTP*439*D8*20260220
    REF*F8*PAYER77
    HI*ABK:C44310
    SBR*P*18*GRP3******CI
    CAS*PR*1*10
    AMT*D*140
    OI***Y***Y
    MOA***N519
    NM1*IL*1*ROE*ANN****MI*MEMBER0003
    NM1*PR*2*GAMMA HEALTH*****PI*60056
    LX*1
    SV1*HC:17000*200*UN*1***1
    DTP*472*D8*20260302
    SVD*60056*150*HC:17000**1
    CAS*CO*45*50
    DTP*573*D8*20260310
    """,
)

REMITTANCE = _base(
    "835",
    "HP",
    "005010X221A1",
    """
    BPR*I*180.25*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260302
    TRN*1*EFT900001*1512345678
    REF*EV*TP0001
    DTM*405*20260302
    N1*PR*ACME HEALTH
    N3*5 PAYER PLAZA
    N4*CHICAGO*IL*60601
    PER*BL*PROVIDER LINE*TE*5555550199
    N1*PE*SUNRISE DERMATOLOGY*XX*1234567893
    REF*TJ*123456789
    LX*1
    CLP*CLAIM0001*1*345.5*180*30*12*PAYER77*11*1
    NM1*QC*1*DOE*JANE****MI*MEMBER0001
    NM1*82*1*SMITH*ALEX****XX*1245319599
    MOA***MA01
    DTM*232*20260302
    DTM*050*20260310
    AMT*AU*210
    SVC*HC:11102*195.5*100**1
    DTM*472*20260302
    CAS*CO*45*95.5
    REF*6R*LINE1
    AMT*B6*100
    SVC*HC:99212:25*150*80**1*HC:99213:25
    DTM*472*20260302
    CAS*CO*150*40
    CAS*PR*3*30
    REF*6R*LINE2
    AMT*B6*110
    LQ*HE*N19
    CLP*CLAIM0002*4*90*0*0*12*PAYER78*11*1
    CAS*CO*29*90
    NM1*QC*1*DOE*JANE****MI*MEMBER0001
    CLP*CLAIM0003*22*-50*-40**12*PAYER79*11*1
    NM1*QC*1*ROE*TIM****MI*MEMBER0002
    SVC*HC:17000*-50*-40**1
    DTM*472*20260105
    CAS*CO*45*-10
    CLP*CLAIM0003*1*50*40**12*PAYER80*11*7
    NM1*QC*1*ROE*TIM****MI*MEMBER0002
    SVC*HC:17000*50*40**1
    DTM*150*20260105
    DTM*151*20260106
    CAS*CO*45*10
    PLB*1234567893*20261231*L6:INT1*-0.25
    """,
)

CLAIM_ACKS = _base(
    "277CA",
    "HN",
    "005010X214",
    """
    BHT*0085*08*ACKS1*20260303*0900*TH
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*60054
    TRN*1*TRACE1
    DTP*050*D8*20260302
    DTP*009*D8*20260303
    HL*2*1*21*1
    NM1*41*2*SUNRISE DERMATOLOGY*****46*TP0001
    TRN*2*BATCH1
    STC*A1:19:PR*20260303*WQ*545.5
    QTY*90*1
    QTY*AA*1
    AMT*YU*345.5
    AMT*YY*200
    HL*3*2*19*1
    NM1*85*2*SUNRISE DERMATOLOGY*****XX*1234567893
    TRN*1*0
    REF*TJ*123456789
    QTY*QA*1
    QTY*QC*1
    AMT*YU*345.5
    AMT*YY*200
    HL*4*3*PT
    NM1*QC*1*DOE*JANE****MI*MEMBER0001
    TRN*2*CLAIM0001
    STC*A2:20:PR*20260303*WQ*345.5
    REF*1K*PAYER77
    DTP*472*D8*20260302
    HL*5*3*PT
    NM1*QC*1*ROE*TIM****MI*MEMBER0002
    TRN*2*CLAIM0002
    STC*A7:562:82*20260303*U*200
    DTP*472*D8*20260302
    SVC*HC:17000*200*****1
    STC*A7:562:82*20260303*U
    REF*FJ*LINE1
    DTP*472*D8*20260302
    """,
)

FUNCTIONAL_ACK = _base(
    "999",
    "FA",
    "005010X231A1",
    """
    AK1*HC*17*005010X222A1
    AK2*837*0001*005010X222A1
    IK5*A
    AK2*837*0002*005010X222A1
    IK3*CLM*22*2300*8
    CTX*CLM01:CLAIM0001
    IK4*6**7
    IK5*R*5
    AK9*P*2*2*1
    """,
)

COVERAGE_QUESTION = _base(
    "270",
    "HS",
    "005010X279A1",
    """
    BHT*0022*13*ASK1*20260302*1030
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*60054
    HL*2*1*21*1
    NM1*1P*2*SUNRISE DERMATOLOGY*****XX*1234567893
    HL*3*2*22*0
    TRN*1*TRACE1*1512345678
    NM1*IL*1*DOE*JANE****MI*MEMBER0001
    DMG*D8*19800517*F
    DTP*291*D8*20260302
    EQ*30
    """,
)

COVERAGE_ANSWER = _base(
    "271",
    "HB",
    "005010X279A1",
    """
    BHT*0022*11*ASK1*20260302*1031
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*60054
    PER*IC*HELP DESK*TE*5555550199
    HL*2*1*21*1
    NM1*1P*2*SUNRISE DERMATOLOGY*****XX*1234567893
    HL*3*2*22*1
    TRN*2*TRACE1*1512345678
    NM1*IL*1*DOE*JANE****MI*MEMBER0001
    N3*12 ELM STREET
    N4*SPRINGFIELD*IL*627010001
    DMG*D8*19800517*F
    DTP*346*D8*20260101
    EB*1**30**GOLD PLAN
    EB*C*IND*30***23*500*****Y
    EB*A*IND*98*****.2****Y
    DTP*292*RD8*20260101-20261231
    MSG*SEE THE PLAN
    HL*4*3*23*0
    TRN*2*TRACE2*1512345678
    NM1*03*1*DOE*TIM
    DMG*D8*20150101*M
    INS*N*19
    EB*B*IND*98***27*30*****Y
    """,
)

STATUS_ANSWER = _base(
    "277",
    "HN",
    "005010X212",
    """
    BHT*0010*08*ASK2*20260305*0810*DG
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*60054
    HL*2*1*21*1
    NM1*41*2*SUNRISE DERMATOLOGY*****46*TP0001
    HL*3*2*19*1
    NM1*1P*2*SUNRISE DERMATOLOGY*****XX*1234567893
    HL*4*3*22*0
    NM1*IL*1*DOE*JANE****MI*MEMBER0001
    TRN*2*CLAIM0001
    STC*F1:65*20260304**345.5*180*20260304**20260304*EFT900001
    REF*1K*PAYER77
    DTP*472*D8*20260302
    SVC*HC:11102*195.5*100****1
    STC*F1:65*20260304
    REF*FJ*LINE1
    DTP*472*D8*20260302
    """,
)
