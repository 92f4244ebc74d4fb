from common.migrations import run
from denials.tables import METADATA

run(METADATA)
