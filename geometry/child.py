"""Starting a module of this program as a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def command(module: str, *words: str) -> list[str]:
    """What is run: this interpreter, which looks for modules anywhere but in the folder the user happens to be in."""
    return [sys.executable, "-P", "-m", module, *words]


def surroundings() -> dict[str, str]:
    """This process's environment, with the program's own folder where Python looks."""
    root = str(Path(__file__).resolve().parents[1])
    former = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{former}" if former else root}
