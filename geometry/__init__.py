"""The City as numbers: places, parts and meshes. No screen, no window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geometry.city import City

__all__ = ["City"]


def __getattr__(name: str) -> Any:
    """`City`, loaded when it is asked for, so that the command's help does not wait for it."""
    if name == "City":
        from geometry.city import City

        return City
    raise AttributeError(f"module 'geometry' has no attribute '{name}'")
