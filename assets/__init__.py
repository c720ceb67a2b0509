"""The project's data: presets, shaders, palettes, icons. In a checkout and in an installed wheel it lies beside this file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def path(name: str) -> Path:
    """The file or folder `name`, relative to assets/, such as "presets/model.toml".

    Raises FileNotFoundError where there is none, or where `name` leads out of assets/.
    """
    home = Path(str(files(__name__))).resolve()
    found = (home / name).resolve()
    if not found.is_relative_to(home) or not found.exists():
        raise FileNotFoundError(f"no asset {name!r} in {home}")
    return found
