from common.migrations import run
from eligibility.tables import METADATA

run(METADATA)
