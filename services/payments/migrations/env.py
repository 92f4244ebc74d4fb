from common.migrations import run
from payments.tables import METADATA

run(METADATA)
