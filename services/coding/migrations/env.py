from coding.tables import METADATA
from common.migrations import run

run(METADATA)
