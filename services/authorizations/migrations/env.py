from authorizations.tables import METADATA
from common.migrations import run

run(METADATA)
