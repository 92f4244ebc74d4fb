from common.migrations import run
from edi.tables import METADATA

run(METADATA)
