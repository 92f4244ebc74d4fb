from till.service import METADATA

from common.migrations import run

run(METADATA)
