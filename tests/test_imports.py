"""Imports run one way, seen from outside: what a fresh process has loaded after an import. Static rules are in pyproject.toml."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VTK = {"vtk", "vtkmodules", "pyvista", "pyvistaqt"}
QT = {"PySide6", "shiboken6", "qtpy", "pyvistaqt"}
DRAWS = ("drawing", "qt")
"""Packages of viewer that may draw; all other modules are pure."""


def modules(package: str) -> list[str]:
    """Dotted names of all modules of a package, found as files."""
    paths = (path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / package).rglob("*.py")))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def draws(module: str) -> bool:
    """Whether a module of viewer is one that may touch VTK or Qt."""
    return module.split(".")[1:2] != [] and module.split(".")[1].split("_")[0] in DRAWS


def loaded(*names: str) -> set[str]:
    """Top-level packages in memory after a fresh process has imported these modules."""
    code = (
        "import importlib, json, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code, *names], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", ["geometry", "viewer", "viewer.state", "viewer.scene", "viewer.command.cli"])
def test_the_doors_load_neither_vtk_nor_qt(name: str) -> None:
    assert not loaded(name) & (VTK | QT)


def test_no_module_of_geometry_loads_vtk_or_qt() -> None:
    names = modules("geometry")
    assert "geometry.key" in names
    assert not loaded(*names) & (VTK | QT | {"viewer"})


def test_no_pure_module_of_viewer_loads_vtk_or_qt() -> None:
    names = [name for name in modules("viewer") if not draws(name)]
    assert "viewer.scene" in names
    assert not loaded(*names) & (VTK | QT)


def test_the_renderer_loads_no_qt() -> None:
    names = [name for name in modules("viewer") if draws(name) and not name.startswith("viewer.qt")]
    found = loaded(*names)
    assert "vtkmodules" in found, "this test sees what is loaded"
    assert not found & QT


def test_help_loads_neither_vtk_nor_qt() -> None:
    code = "import sys\nsys.argv = ['megastructure', '--help']\nfrom viewer.__main__ import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "render" in done.stdout
    assert not set(done.stderr.split()) & (VTK | QT)
