"""The words of `dermbill`: each is a module, and saying one imports no other."""

import subprocess
import sys
from pkgutil import iter_modules

from stack import commands
from stack.cli import WORDS


def test_every_module_of_commands_is_a_word() -> None:
    assert {module.name for module in iter_modules(commands.__path__)} == set(WORDS)


def test_a_light_word_does_not_wait_for_a_heavy_one(tmp_path) -> None:
    words = f"['--home', {str(tmp_path)!r}, 'status']"
    said = f"import sys\nfrom stack.cli import app\napp({words}, standalone_mode=False)\nprint(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert "The stack is not running." in answer.stdout
    assert not {"stack.audit", "common.service", "claims.main", "x12"} & set(answer.stdout.split())
