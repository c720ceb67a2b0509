"""The City on a screen: state, scene, renderer, command and window. For scripts: `from viewer import render, polydata`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.drawing.poly import polydata as polydata
    from viewer.script import Picture as Picture
    from viewer.script import best_view as best_view
    from viewer.script import render as render

__all__ = ["Picture", "best_view", "polydata", "render"]
_HOMES = {"Picture": "viewer.script", "best_view": "viewer.script", "polydata": "viewer.drawing.poly", "render": "viewer.script"}


def __getattr__(name: str) -> Any:
    """What scripts use, loaded when it is asked for, so that the command's help does not wait for it."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'viewer' has no attribute '{name}'")
