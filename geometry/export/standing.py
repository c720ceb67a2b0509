"""What stands on the bed: solids that hang together with it are found before they are written; those that hang in the air are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geometry.bake import grouped
from geometry.export.body import Body
from geometry.export.islands import RESTING_MM, bodies_of, pieces_of
from geometry.export.thickness import welded
from geometry.export.union import skin_of_body, solids_of_parts
from geometry.mesh import F32, I32

Mask = NDArray[np.bool_]
MOST = 4_000_000
"""Triangles up to which it is looked for what hangs in the air: they are held at once, 36 bytes each."""

_ROUNDS = 6


@dataclass(slots=True)
class _Crowd:
    """Triangles of solids, each with its solid's number."""

    corners: list[F32] = field(default_factory=list)
    label: list[NDArray[np.int32]] = field(default_factory=list)
    shells: list[tuple[NDArray[np.int32], int]] = field(default_factory=list)
    """Of each body with skins the shell of each triangle, and how many shells."""
    solids: int = 0

    def add(self, body: Body, scale: float) -> None:
        """One more body."""
        for _, some in solids_of_parts(grouped(body.parts)[0], body.frame, scale):
            count, each = len(some.points), len(some.triangles)
            self._add(some.points[:, some.triangles].reshape(-1, 3, 3), np.repeat(np.arange(count, dtype=np.int32), each), count)
        if body.skins:
            skin = skin_of_body(body)
            corners = skin.points[0][skin.triangles]
            shells, label = np.unique(bodies_of(welded(corners)), return_inverse=True)
            self.shells.append((label.astype(np.int32), len(shells)))
            self._add(corners, *self.shells[-1])

    def _add(self, corners: F32, label: NDArray[np.int32], count: int) -> None:
        self.corners.append(corners)
        self.label.append(label + np.int32(self.solids))
        self.solids += count


def standing(some: Callable[[], Iterable[Body]], scale: float, heard: Callable[[], None]) -> Iterator[Body]:
    """Bodies, asked for twice, without the solids that neither reach down to the bed nor hang together with any that does.

    `scale`: the file's units a metre. `heard` is called now and then, and may raise."""
    crowd = _Crowd()
    for body in some():
        heard()
        crowd.add(body, scale)
    if not crowd.solids:
        return
    borne, shells, at = _borne(crowd, heard), iter(crowd.shells), 0
    for body in some():
        kept, at = kept_of(body, scale, borne, at, shells)
        yield kept


def _borne(crowd: _Crowd, heard: Callable[[], None]) -> Mask:
    """(solids,) which stand. With what is gone the lines along which solids are looked through lie otherwise: so it is asked again."""
    corners, label = np.concatenate(crowd.corners), np.concatenate(crowd.label)
    crowd.corners.clear()
    crowd.label.clear()
    borne = np.ones(crowd.solids, bool)
    for _ in range(_ROUNDS):
        piece, feet = pieces_of(corners, label, crowd.solids, heard)
        falls = borne & (feet[piece] > RESTING_MM)
        if not falls.any():
            break
        borne &= ~falls
        kept = borne[label]
        corners, label = corners[kept], label[kept]
    return borne


def kept_of(body: Body, scale: float, borne: Mask, at: int, shells: Iterator[tuple[NDArray[np.int32], int]]) -> tuple[Body, int]:
    """(a body without its solids that nothing bears; the number of the next body's first solid). `at` is that of its own first."""
    (parts, _), first, rests = grouped(body.parts), at, list[tuple[F32, I32]]()
    whole, some = np.ones(len(parts), bool), np.zeros(len(parts), bool)
    solids = list[tuple[slice, Mask]]()
    for rows, alike in solids_of_parts(parts, body.frame, scale):
        solids.append((rows, borne[at : at + len(alike.points)]))
        at += len(alike.points)
    for rows, held in solids:
        whole[rows] &= held
        some[rows] |= held
    skins, parted = body.skins, some & ~whole
    if skins:
        label, count = next(shells)
        held, at = borne[at : at + count][label], at + count
        shares = np.split(held, np.cumsum([len(triangles) for _, triangles in skins])[:-1])
        skins = tuple((points, triangles[share]) for (points, triangles), share in zip(skins, shares, strict=True) if share.any())
    if borne[first:at].all():
        return body, at
    if parted.any():  # of a part of several solids those that are borne stay, as meshes of their own
        for (rows, alike), (_, held) in zip(solids_of_parts(parts, body.frame, scale), solids, strict=True):
            rests += [(points, alike.triangles) for points in alike.points[held & parted[rows]]]
    return body._replace(parts=parts[whole], skins=(*skins, *rests), afloat=int((~borne[first:at]).sum())), at
