from common.migrations import run
from patients.tables import METADATA

run(METADATA)
