"""Faults of what is asked of payers and of their answers: coverage and the status of claims."""

from tests.x12.seeded_bases import COVERAGE_ANSWER, COVERAGE_QUESTION, STATUS_ANSWER
from tests.x12.seeded_edits import ANY, become, before, change, cut, drop, faults, move

COVERAGE_QUESTIONS = faults(
    COVERAGE_QUESTION,
    [
        ("BHT names another purpose", change("BHT", "*13*", "*77*"), "ST", "BHT", 2),
        ("the payer is missing", drop("NM1*PR"), "2100A", "NM1", 0),
        ("the asker's NPI has a wrong check digit", change("NM1*1P", "1234567893", "1234567891"), "2100B", "NM1", 9),
        ("HL denies the subscriber below it", change("HL*2", "21*1", "21*0"), "2000B", "HL", 4),
        ("the trace has no originator", become("TRN", "TRN*1*TRACE1"), "2000C", "TRN", 3),
        ("the birth date is not one of the calendar", change("DMG", "19800517", "19800532"), "2100C", "DMG", 2),
        ("a birth date comes without its form", change("DMG", "*D8*", "**"), "2100C", "DMG", 1),
        ("the service type does not exist", change("EQ", "30", "Z9"), "2110C", "EQ", 1),
        ("the date's qualifier is unknown", change("DTP", "291", "999"), "2100C", "DTP", 1),
        ("an unknown segment stands in the question", before("EQ", "ZZZ*1"), "2100C", "ZZZ", 0),
    ],
)

COVERAGE_ANSWERS = faults(
    COVERAGE_ANSWER,
    [
        ("BHT names another purpose", change("BHT", "*11*", "*00*"), "ST", "BHT", 2),
        ("BHT is missing", drop("BHT"), "ST", "BHT", 0),
        ("the payer is missing", drop("NM1*PR", "PER*IC"), "2100A", "NM1", 0),
        ("the payer's qualifier is unknown", change("NM1*PR", "*PI*", "*QQ*"), "2100A", "NM1", 8),
        ("the asker is missing", drop("NM1*1P"), "2100B", "NM1", 0),
        ("the subscriber is missing", cut("NM1*IL", 4), "2100C", "NM1", 0),
        ("the member id has no qualifier", change("NM1*IL", "*MI*", "**"), "2100C", "NM1", 8),
        ("the state does not exist", change("N4", "*IL*", "*QZ*"), "2100C", "N4", 2),
        ("the city is sent twice", before("DMG*D8*1980", "N4*AGAIN*IL*62701"), "2100C", "N4", 0),
        ("the birth date comes before the address", move("DMG*D8*1980", 1, "N3*12 ELM"), "2100C", "N3", 0),
        ("29 February 2025", change("DMG*D8*1980", "19800517", "20250229"), "2100C", "DMG", 2),
        ("the sex is unknown", change("DMG*D8*1980", "*F", "*Q"), "2100C", "DMG", 3),
        ("the trace's kind is unknown", change("TRN*2*TRACE1", "TRN*2", "TRN*9"), "2000C", "TRN", 1),
        ("the originator has nine characters", change("TRN*2*TRACE1", "1512345678", "512345678"), "2000C", "TRN", 3),
        ("the benefit does not exist", change("EB*C", "EB*C", "EB*ZZ"), "2110C", "EB", 1),
        ("the benefit is missing", change("EB*C", "EB*C", "EB*"), "2110C", "EB", 1),
        ("the coverage level does not exist", change("EB*C", "*IND*", "*QQQ*"), "2110C", "EB", 2),
        ("the service type does not exist", change("EB*A", "*98*", "*Q9*"), "2110C", "EB", 3),
        ("the period does not exist", change("EB*C", "*23*", "*99*"), "2110C", "EB", 6),
        ("the amount is not a number", change("EB*C", "*500*", "*5OO*"), "2110C", "EB", 7),
        ("the share is not a number", change("EB*A", "*.2*", "*20%*"), "2110C", "EB", 8),
        ("the network indicator is unknown", change("EB*C", "*****Y", "*****Q"), "2110C", "EB", 12),
        ("a quantity has no kind", change("EB*C", "*500*****Y", "*500***3**Y"), "2110C", "EB", 9),
        ("a benefit ends before it begins", change("DTP*292", "0101-20261231", "1231-20260101"), "2110C", "DTP", 3),
        ("a date's qualifier is unknown", change("DTP*346", "346", "999"), "2100C", "DTP", 1),
        ("a message is longer than allowed", change("MSG", "SEE", "S" * 265), "2110C", "MSG", 1),
        ("eleven messages are sent", before("HL*4", *["MSG*MORE"] * 10), "2110C", "MSG", 0),
        ("a refusal names no known reason", before("DTP*346", "AAA*N**99*C"), "2100C", "AAA", 3),
        ("a refusal says no known next step", before("DMG*D8*1980", "AAA*N**72*Q"), "2100C", "AAA", 4),
        ("the dependent's relationship is unknown", change("INS", "*19", "*98"), "2100D", "INS", 2),
        ("the dependent is said to be the subscriber", change("INS", "*N*", "*Y*"), "2100D", "INS", 1),
        ("the dependent is missing", cut("NM1*03", 3), "2100D", "NM1", 0),
        ("HL denies the dependent below it", change("HL*3", "22*1", "22*0"), "2000C", "HL", 4),
        ("HL names another parent", change("HL*4", "*3*23", "*2*23"), "2000D", "HL", 2),
        ("HL skips a number", change("HL*4", "HL*4", "HL*9"), "2000D", "HL", 1),
        ("an unknown segment stands in a benefit", before("MSG", "ZZZ*1"), "2110C", "ZZZ", 0),
        ("a claim stands in a benefit", before("MSG", "CLM*1*2"), "2110C", "CLM", 0),
    ],
)  # fmt: skip

STATUS_ANSWERS = faults(
    STATUS_ANSWER,
    [
        ("BHT names another structure", change("BHT", "0010", "0085"), "ST", "BHT", 1),
        ("the provider is missing", drop("NM1*1P"), "2100C", "NM1", 0),
        ("the subscriber is missing", drop("NM1*IL"), "2100D", "NM1", 0),
        ("the category does not exist", change("STC*F1", "F1:", "Q1:"), "2200D", "STC", 1),
        ("the status is missing", change("STC*F1", "F1:65", "F1"), "2200D", "STC", 1),
        ("the status date is missing", change("STC*F1", "*20260304**345.5", "***345.5"), "2200D", "STC", 2),
        ("the charge is not a number", change("STC*F1", "345.5", "34S.5"), "2200D", "STC", 4),
        ("an action is sent, which the guide does not use", change("STC*F1", "**345.5", "*U*345.5"), "2200D", "STC", 3),
        ("the claim has no status", drop("STC*F1"), "2200D", "STC", 0),
        ("a reference's qualifier is unknown", change("REF*1K", "1K", "QQ"), "2200D", "REF", 1),
        ("a line has no date", cut("DTP*472", 1, nth=2), "2220D", "DTP", 0),
        ("a procedure does not have the form of CPT", change("SVC", "11102", "111"), "2220D", "SVC", 1),
        ("HL claims a level below it", change("HL*4", "22*0", "22*1"), "2000D", "HL", 4),
        ("a level is unknown", change("HL*4", "*22*", "*77*"), "2100C", "HL", ANY),
    ],
)
