"""What a view shows, as places to write to a file: the cut of its eye, as a still has it, without what lies beside the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.bore import away_from
from geometry.city import City
from geometry.cut import Shown
from geometry.export.piece import Piece
from geometry.export.sight import Sight
from geometry.export.slice import Flat, Hole
from geometry.eye import Eye
from geometry.mesh import Mesh
from geometry.parts import Parts
from geometry.place import Frame, Growth, Place
from geometry.shell import plate, squares
from geometry.solids import triangle_counts
from geometry.spec import with_scars
from geometry.strata import strata
from viewer.camera import Vector, sides
from viewer.compose import BORES, Unfolder, scars_of, shown_of
from viewer.history import CityThen
from viewer.motion import drawn
from viewer.state import Cut, Shells, ViewState

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
Size = tuple[int, int]


def sight_of(state: ViewState, size: Size) -> Sight:
    """The eye of a view, as a file holds it: upright as the view is, ahead where it looks."""
    camera = drawn(state)
    up = np.asarray(camera.up) / np.sqrt(np.square(camera.up).sum())
    axes = np.stack([camera.right, np.cross(up, camera.right), up])
    looks = np.stack([camera.right, camera.upward, -camera.forward])
    angle = float(np.radians(camera.fov))
    height = 2.0 * camera.distance * float(np.tan(angle / 2)) if camera.parallel else angle
    return Sight(np.asarray(camera.position), axes, looks, camera.distance, height, size[0] / size[1], camera.parallel)


def cuts_of(state: ViewState) -> tuple[Cut, ...]:
    """What a picture is cut by: the view's own cuts, and what stands over the last stratum that is not peeled off."""
    if not state.peel:
        return state.cuts
    rows = strata(state.city)
    return (*state.cuts, Shells(0.0, rows[max(len(rows) - 1 - state.peel, 0)].outer * 1.0000001))


def shown_holes(holes: tuple[Hole, ...], state: ViewState) -> tuple[Hole, ...]:
    """Of what shots have left those that the picture shows: as many as a picture can, those that look largest."""
    eye = np.asarray(state.camera.position)

    def width(hole: Hole) -> float:
        away = float(away_from(eye[None], np.asarray(hole.start), np.asarray(hole.end))[0])
        return hole.radius / max(away - hole.radius, 0.1 * hole.radius)

    return tuple(sorted(holes, key=width, reverse=True)[:BORES])


_FAR = 4.0
"""How many times as far as what is looked at a print goes: what is farther would be dust beside it, or leave dust of it."""


def edges_of(state: ViewState, size: Size) -> tuple[Flat, ...]:
    """Where the picture ends: what lies above any of these is not in it."""
    camera = drawn(state)
    eye, aspect = np.asarray(camera.position), size[0] / size[1]
    if not camera.parallel:
        return tuple(Flat(_vector(-inward), _vector(eye)) for inward in sides(camera, aspect))
    tall = camera.distance * float(np.tan(np.radians(camera.fov) / 2))
    ways = ((camera.right, tall * aspect), (-camera.right, tall * aspect), (camera.upward, tall), (-camera.upward, tall))
    return tuple(Flat(_vector(way), _vector(eye + way * reach)) for way, reach in ways)


def limits_of(state: ViewState, size: Size) -> tuple[Flat, ...]:
    """Where a print of what is seen ends: at the picture's edges, and not far behind what is looked at."""
    camera = drawn(state)
    end = np.asarray(camera.position) + camera.forward * (_FAR * camera.distance)
    return (*edges_of(state, size), Flat(_vector(camera.forward), _vector(end)))


def _vector(values: F64) -> Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z


def seen(
    state: ViewState, size: Size, max_triangles: int, least: float, heard: Callable[[], None], plates: Callable[[int], None]
) -> Iterator[Shown]:
    """The places of the picture of a state, `size` pixels large, with no more than so many triangles: the parts that look smallest go.

    Parts smaller than `least` metres are left out. `heard` is called before each place unfolds, and may raise; so may `plates`, which is
    told how many triangles are those of plates, that always stay."""
    shown, eye = shown_of(Unfolder(_city(state)), state, size, max_triangles, _never(heard))
    plates(sum(map(_skin, shown)))
    small = [np.zeros(len(item.parts), bool) if not least else item.parts.scale.max(axis=1) < least for item in shown]
    shown = [replace(item, parts=item.parts[~gone], growth=Growth(skin=_closed(item))) for item, gone in zip(shown, small, strict=True)]
    shown = _afforded(shown, eye, max_triangles)
    shown.reverse()
    while shown:  # what is written need not be kept
        yield _pulled(shown.pop(), state)


def _never(heard: Callable[[], None]) -> Callable[[], bool]:
    """Ask, and go on."""

    def stopped() -> bool:
        heard()
        return False

    return stopped


def _city(state: ViewState) -> City:
    spec = with_scars(state.city, scars_of(state))
    return City(spec) if state.year == 0.0 else CityThen(spec, state.year)


def _skin(item: Shown) -> int:
    return sum(map(len, item.growth.skin)) if item.skin else 0


def _closed(item: Shown) -> tuple[Mesh, ...]:
    """The skin of a place; a plate that was coarsened for the eye as a plate of fewer squares, which cuts can go through."""
    skin, cell = item.growth.skin, item.place.cell
    solid = squares(skin) if item.skin and cell is not None else None
    return skin if solid is None or cell is None else plate(cell, item.place.frame, ~solid)


def _afforded(shown: list[Shown], eye: Eye, budget: int) -> list[Shown]:
    """Without the parts that look smallest, where all are more than the budget: the picture's own may be a little over."""
    left = budget - sum(map(_skin, shown))
    if sum(item.parts.triangles for item in shown) <= left:
        return shown
    widths = [eye.widths(item.place, item.parts) for item in shown]
    wide = np.concatenate(widths)
    costs = np.concatenate([triangle_counts()[item.parts.prototype] for item in shown])
    order = np.argsort(-wide, kind="stable")
    kept = np.zeros(len(order), bool)
    kept[order[np.cumsum(costs[order]) <= left]] = True
    shares = np.split(kept, np.cumsum([len(each) for each in widths])[:-1])
    return [replace(item, parts=item.parts[share]) for item, share in zip(shown, shares, strict=True)]


def _pulled(item: Shown, state: ViewState) -> Shown:
    """A place where the picture has it: strata may be pulled apart along the City's axis."""
    if not state.explode:
        return item
    rows, frame = strata(state.city), item.place.frame
    step = state.explode * rows[-1].outer * sum(row.outer < _height(item.place) for row in rows)
    return replace(item, place=replace(item.place, frame=Frame(frame.origin + [0.0, 0.0, step], frame.axes)))


def _height(place: Place) -> float:
    """Metres from the City's centre to about the middle of a place."""
    cell = place.cell
    return (cell.plate + cell.outer) / 2 if cell is not None else float(np.sqrt((place.frame.origin**2).sum()))


def in_picture(pieces: Iterable[Piece], edges: tuple[Flat, ...]) -> Iterator[Piece]:
    """The pieces without the parts and the triangles that lie wholly beside the picture."""
    for piece in pieces:
        left = _one_in_picture(piece, edges)
        if len(left.parts) or left.skin:
            yield left


def _one_in_picture(piece: Piece, edges: tuple[Flat, ...]) -> Piece:
    parts = piece.parts[~_beside(piece.parts, piece.frame, edges)] if len(piece.parts) else piece.parts
    levels = [edge.heights(piece.frame) for edge in edges]
    skin = []
    for mesh in piece.skin:
        corners = mesh.points.astype(np.float64)
        outside = np.stack([level(corners) > 0.0 for level in levels])
        kept = np.asarray(~outside[:, mesh.triangles].all(axis=2).any(axis=0))
        skin += [mesh if kept.all() else _reduced(mesh, kept)] if kept.any() else []
    whole = len(skin) == len(piece.skin) and all(a is b for a, b in zip(skin, piece.skin, strict=True))
    return replace(piece, parts=parts, skin=tuple(skin), cell=piece.cell if whole else None)


def _beside(parts: Parts, frame: Frame, edges: tuple[Flat, ...]) -> Mask:
    """(n,) whether the box of each part lies above an edge, all of it."""
    centre, gone = parts.position.astype(np.float64), np.zeros(len(parts), bool)
    half = matrix(parts.rotation) * (0.5 * parts.scale.astype(np.float64))[:, None, :]
    for edge in edges:
        normal = frame.axes @ np.asarray(edge.normal)
        reach = np.abs((normal[None, :, None] * half).sum(axis=1)).sum(axis=1)
        gone |= edge.heights(frame)(centre) > reach
    return gone


def _reduced(mesh: Mesh, kept: Mask) -> Mesh:
    """Some triangles of a mesh, and the corners they use."""
    used, numbers = np.unique(mesh.triangles[kept], return_inverse=True)
    triangles = numbers.reshape(-1, 3).astype(np.int32)
    return replace(mesh, points=mesh.points[used], normals=mesh.normals[used], triangles=triangles)
