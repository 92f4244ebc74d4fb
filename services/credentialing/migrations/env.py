from common.migrations import run
from credentialing.tables import METADATA

run(METADATA)
