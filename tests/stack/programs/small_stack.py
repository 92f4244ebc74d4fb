"""A supervisor over the programs named on the command line: `small_stack.py HOME PROGRAM...`."""

import sys
from pathlib import Path

from common.embedded import StackError
from stack.services import Kind, Plan, Program
from stack.supervisor import Supervisor
from stack.workspace import Workspace

HERE = Path(__file__).parent
PROGRAMS = tuple(Program(name, Kind.SIMULATOR, (str(HERE / f"{name}.py"),)) for name in sys.argv[2:])

try:
    sys.exit(Supervisor(Workspace(Path(sys.argv[1])), Plan(PROGRAMS, {}, postgres=False, kafka=False)).run())
except StackError as problem:
    sys.exit(problem.sentence)
