"""Site: a place that knows its City, so that scripts read as prose.

City(seed=40).at("band 7 / tile 3-02").export("tile.glb", detail=0.5)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F32, I32
from geometry.place import Frame, Growth, Place

if TYPE_CHECKING:
    from geometry.city import City
    from geometry.cut import Shown
    from geometry.export import Report
    from geometry.export.glb import Mode
    from geometry.export.walls import Thin

EXPORT_TRIANGLES = 2_000_000


class Triangles(NamedTuple):
    """The triangles of a place and of what is in it, in the place's own frame: metres from the middle of its floor, z up."""

    points: F32
    """(n, 3)."""
    normals: F32
    """(n, 3) unit."""
    triangles: I32
    """(m, 3) rows of `points`, counter-clockwise seen from outside."""
    material: NDArray[np.uint8]
    """(m,) geometry.material.Material of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Place):
    """A place in its City."""

    city: City

    @classmethod
    def of(cls, place: Place, city: City) -> Site:
        """A place of this City."""
        return cls(**{row.name: getattr(place, row.name) for row in fields(Place)}, city=city)

    def unfold(self) -> Growth:
        """The parts that stand here and the children, the same bytes every time."""
        return self.city.unfold(self)

    @property
    def children(self) -> tuple[Site, ...]:
        """The smaller places in it."""
        return tuple(Site.of(child, self.city) for child in self.unfold().children)

    def at(self, steps: str) -> Site:
        """The place below this one: tile.at("district 4 / tower 2"). Raises AddressError."""
        return self.city.at(f"{self.address} / {steps}")

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        detail: float = 1.0,
        max_triangles: int | None = None,
        min_feature: float = 0.0,
        longest_mm: float = 200.0,
        thin: Thin = "keep",
        union: bool = False,
        hollow_mm: float = 0.0,
        mode: Mode = "merged",
        force: bool = False,
    ) -> Report:
        """Write the place and what is in it to a .glb, .stl, .3mf or .ply; what was written.

        At most `max_triangles`, by default two million times `detail`; nothing smaller than `min_feature` metres. `longest_mm`, `thin`
        (keep, thicken, drop), `union` (one watertight body) and `hollow_mm` (its walls; these two need manifold3d, or raise ImportError)
        are for prints, `mode` (merged, instanced, nodes) is for GLB. Raises OutputError, LimitError: then there is no file.
        """
        from geometry.budget import as_piece
        from geometry.export import LimitError, OutputError, Print, write_3mf, write_glb, write_ply, write_stl
        from geometry.spec import differences

        most = max_triangles if max_triangles is not None else round(EXPORT_TRIANGLES * detail)

        def floor(least: int) -> None:
            if least > most:
                raise LimitError(f"{self.address} takes at least {least} triangles and {most} are allowed; allow more")

        shown = self._shown(most, min_feature, floor)
        pieces = (piece for one in shown for piece in as_piece(one))
        title, suffix = str(self.address), Path(path).suffix.lower()
        extras = {"address": title, "parameters": differences(self.city.spec)}
        how = Print(longest_mm, thin=thin, union=union, hollow_mm=hollow_mm)
        if suffix == ".stl":
            return write_stl(pieces, path, how, title=title, axes=self.frame.axes, force=force)
        if suffix == ".3mf":
            return write_3mf(pieces, path, how, title=title, notes={"address": title}, axes=self.frame.axes, force=force)
        if suffix == ".ply":
            return write_ply(pieces, path, title=title, notes={"address": title}, axes=self.frame.axes, force=force)
        if suffix == ".glb":
            return write_glb(pieces, path, title=title, extras=extras, mode=mode, force=force)
        raise OutputError(f"'{path}' must end in .glb, .stl, .3mf or .ply; the ending says what is written")

    def mesh(self, *, max_triangles: int = 500_000, min_feature: float = 0.0) -> Triangles:
        """The place and what is in it as arrays, within a budget of triangles."""
        from geometry.bake import bake

        found: list[Triangles] = []
        for one in self._shown(max_triangles, min_feature, lambda least: None):
            frame = self._relative(one.place.frame)
            for material in np.unique(one.parts.material).tolist():
                made = bake(one.parts[one.parts.material == material], frame=frame)
                found.append(_of(made.points, made.normals, made.triangles, material))
            for skin in one.growth.skin if one.skin else ():
                turned = Frame(np.zeros(3), frame.axes).to_world(skin.normals).astype(np.float32)
                found.append(_of(frame.to_world(skin.points).astype(np.float32), turned, skin.triangles, skin.material))
        return _joined(found)

    def _shown(self, most: int, min_feature: float, floor: Callable[[int], None]) -> Iterator[Shown]:
        from geometry.budget import for_budget

        return for_budget(self.city, self, max_triangles=most, min_feature=min_feature, least=floor)

    def _relative(self, frame: Frame) -> Frame:
        """Another place's frame as it stands in this one's."""
        upright = Frame(np.zeros(3), self.frame.axes)
        return Frame(self.frame.to_local(frame.origin), upright.to_local(frame.axes))


def _of(points: F32, normals: F32, triangles: I32, material: int) -> Triangles:
    return Triangles(points.copy(), normals.copy(), triangles.copy(), np.full(len(triangles), material, np.uint8))


def _joined(found: list[Triangles]) -> Triangles:
    if not found:
        none = np.zeros((0, 3), np.float32)
        return Triangles(none, none, np.zeros((0, 3), np.int32), np.zeros(0, np.uint8))
    starts = np.cumsum([0, *(len(one.points) for one in found[:-1])])
    return Triangles(
        np.concatenate([one.points for one in found]),
        np.concatenate([one.normals for one in found]),
        np.concatenate([one.triangles + np.int32(start) for one, start in zip(found, starts, strict=True)]),
        np.concatenate([one.material for one in found]),
    )
