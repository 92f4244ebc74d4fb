"""Lets the parts of the crash test find one another."""

import sys
from pathlib import Path

# pytest's importlib mode does not look beside a test file by itself.
sys.path.append(str(Path(__file__).parent))
