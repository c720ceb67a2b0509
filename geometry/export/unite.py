"""The process that makes unions: `python -m geometry.export.unite TOLERANCE WALL STANDING LEAST`, solids come in, a body goes out.

Says how far it is on its error output, lines like %0.25. Needs manifold3d (the extra `print`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

import numpy as np
from manifold3d import Error, Manifold, Mesh64, OpType
from numpy.lib.format import write_array
from numpy.typing import NDArray

from geometry.export.check import faults_of
from geometry.export.hollow import hollowed
from geometry.export.islands import RESTING_MM
from geometry.export.manifold import volumes
from geometry.export.thickness import SLACK, SMALL, welded, widths
from geometry.export.union import Alike, received
from geometry.mesh import F32, F64, I32

_TILE = 400
"""Solids that are joined at once: time grows faster than their number."""
_JOINING = 0.9
"""The part of the work that joining is."""
_SPECK_MM = 0.4
"""Bodies of less than a cube of it are left out: no printer makes them."""
_ROUNDS = 12
"""Of rounding and tidying: after two or three nothing changes any more."""
I64 = NDArray[np.int64]
Say = Callable[[float], None]


def solids_in(some: Alike) -> Iterator[Manifold]:
    """Each solid, none of which overlaps itself. Raises ValueError for one that is not closed."""
    if len(some.points) > 1:
        for points in some.points:
            yield closed(points, some.triangles)
        return
    faces = welded(some.points[0][some.triangles])
    corners = np.empty((int(faces.max(initial=-1)) + 1, 3), np.float64)
    corners[faces.ravel()] = some.points[0][some.triangles].reshape(-1, 3)
    label, each = volumes(corners, faces)
    bodies = {body: closed(*compact(corners, faces[label == body])) for body in np.flatnonzero(each > 0.0).tolist()}
    if (each < 0.0).any():
        hollows = closed(*compact(corners, faces[(each < 0.0)[label]][:, ::-1]))
        yield Manifold.batch_boolean(list(bodies.values()), OpType.Add) - hollows
        return
    yield from bodies.values()


def compact(points: NDArray[np.floating], faces: NDArray[np.integer]) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """Corners that triangles (m, 3) use, and the triangles numbered by them."""
    used, ids = np.unique(faces, return_inverse=True)
    return points[used], ids.reshape(-1, 3)


def closed(points: NDArray[np.floating], faces: NDArray[np.integer]) -> Manifold:
    """A solid of corners (n, 3) and triangles (m, 3). Raises ValueError where it is not closed."""
    made = Manifold(Mesh64(np.ascontiguousarray(points, np.float64), np.ascontiguousarray(faces, np.uint64)))
    if made.status() != Error.NoError:
        raise ValueError("a solid is not closed")
    return made


def joined(solids: Sequence[Manifold], say: Say) -> Manifold:
    """All as one: those near each other first, a tile at a time, then tile with neighbouring tile."""
    boxes = np.array([solid.bounding_box() for solid in solids], dtype=np.float64).reshape(-1, 6)
    middles: F64 = (boxes[:, :3] + boxes[:, 3:]) / 2
    done = [0]

    def tile(rows: NDArray[np.int64]) -> Manifold:
        if len(rows) <= _TILE:
            one = Manifold.batch_boolean([solids[row] for row in rows.tolist()], OpType.Add)
            done[0] += len(rows)
        else:
            axis = int(np.ptp(middles[rows], axis=0).argmax())
            order = rows[np.argsort(middles[rows, axis], kind="stable")]
            half = len(rows) // 2
            one = tile(order[:half]) + tile(order[half:])
        one.num_tri()  # what is asked for is made; until then it is only noted down
        say(_JOINING * done[0] / len(solids))
        return one

    return tile(np.arange(len(solids)))


def settled(whole: Manifold, tolerance: float) -> tuple[F32, I32]:
    """Corners and triangles that stay closed and untangled when corners are rounded to 32 bits: what is smaller than a `tolerance` goes.

    Raises ValueError where that cannot be."""
    for _ in range(_ROUNDS):
        mesh: Any = whole.simplify(tolerance).to_mesh64()
        points = np.ascontiguousarray(mesh.vert_properties[:, :3].astype(np.float32)) + np.float32(0.0)
        triangles = mesh.tri_verts.astype(np.int32)
        ids = welded(points[triangles])
        open_edges, _, tangled, empty = faults_of(ids)
        if len(triangles) and open_edges == tangled == empty == 0:
            return points, triangles
        whole = closed(_apart(points, triangles, ids, tolerance), triangles)
    raise ValueError("the union does not keep its shape in the file")


def _apart(points: F32, triangles: I32, ids: I64, tolerance: float) -> F64:
    """Corners (n, 3), those drawn in a little along whose edges more than two faces meet: each toward the faces that it belongs to."""
    ends = np.stack([ids, np.roll(ids, -1, axis=1)], axis=-1).reshape(-1, 2)
    key = ends.min(axis=1) << 32 | ends.max(axis=1)
    _, which, count = np.unique(key, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(count[which] > 2)
    loose = np.unique(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1).reshape(-1, 2)[rows])
    result = points.astype(np.float64)
    about = np.isin(triangles, loose)
    inward = np.zeros_like(result)
    for corner in range(3):
        faces = np.flatnonzero(about[:, corner])
        owner = triangles[faces, corner]
        np.add.at(inward, owner, result[triangles[faces]].mean(axis=1) - result[owner])
    length = np.sqrt((inward[loose] ** 2).sum(axis=1, keepdims=True))
    result[loose] += inward[loose] * (tolerance / np.maximum(length, 1e-30))
    return result


def tidied(whole: Manifold, standing: bool) -> tuple[Manifold, int]:
    """(what is large enough to be printed, how many bodies are left out as afloat where it is `standing`)."""
    mesh: Any = whole.to_mesh64()
    points, faces = mesh.vert_properties[:, :3], mesh.tri_verts.astype(np.int64)
    label, each = volumes(points, faces)
    kept = np.abs(each) > _SPECK_MM**3
    afloat = _afloat(points, faces, label, each) if standing else np.zeros(len(each), bool)
    left_out = int((afloat & kept & (each > 0.0)).sum())
    kept &= ~afloat
    if not kept.all():
        whole = closed(*compact(points, faces[kept[label]]))
    return whole, left_out


def _afloat(points: F64, faces: I64, label: I64, each: F64) -> NDArray[np.bool_]:
    """(k,) bodies that do not reach down to the bed, and the hollows in them: a hollow is of the least body whose box holds its own."""
    low, high = np.full((len(each), 3), np.inf), np.full((len(each), 3), -np.inf)
    for corner in range(3):
        np.minimum.at(low, label, points[faces[:, corner]])
        np.maximum.at(high, label, points[faces[:, corner]])
    found: NDArray[np.bool_] = low[:, 2] > points[:, 2].min() + RESTING_MM
    solid = np.flatnonzero(each > 0.0)
    for hollow in np.flatnonzero(each <= 0.0).tolist():
        about = solid[((low[solid] <= low[hollow]) & (high[solid] >= high[hollow])).all(axis=1)]
        found[hollow] = len(about) > 0 and found[about[each[about].argmin()]]
    return found


def stout(points: F32, triangles: I32, least: float) -> tuple[F32, I32, int, int]:
    """(corners, triangles, bodies, how many are left out) without specks and without small bodies thinner than `least`: rounding pinches
    chips off."""
    ids = welded(points[triangles])
    corners = np.empty((int(ids.max()) + 1, 3), np.float64)
    corners[ids.ravel()] = points[triangles].reshape(-1, 3)
    label, each = volumes(corners, ids)
    counts = np.bincount(label)
    small, order = (each > 0.0) & (counts <= SMALL), np.argsort(label, kind="stable")
    rows = points[triangles[order]].astype(np.float64)
    frail = np.zeros(len(each), bool)
    frail[small] = widths(rows, (np.cumsum(counts) - counts)[small], counts[small]) < least * SLACK
    frail |= (each > 0.0) & (each <= _SPECK_MM**3)
    kept = ~frail & (np.abs(each) > _SPECK_MM**3)
    bodies = int((each[kept] > 0.0).sum())
    if kept.all() or not bodies:
        return points, triangles, int((each > 0.0).sum()), 0
    used, faces = compact(points, triangles[kept[label]])
    return used.astype(np.float32), faces.astype(np.int32), bodies, int(frail.sum())


def made(some: Iterable[Alike], tolerance: float, wall: float, standing: bool, say: Say, least: float = 0.0) -> tuple[F32, I32, I64]:
    """(corners, triangles, [bodies, drains, left out as afloat, left out as thinner than `least`]) of the union of solids, hollowed where
    there is a `wall`."""
    whole, drains = joined([solid for alike in some for solid in solids_in(alike)], say).simplify(tolerance), 0
    whole, left_out = tidied(whole, standing)
    if wall:
        whole, drains = hollowed(whole, wall)
    say(0.97)
    points, triangles, bodies, frail = stout(*settled(whole, tolerance), least)
    return points, triangles, np.array([bodies, drains, left_out, frail])


def main(words: Sequence[str], question: IO[bytes], answer: IO[bytes]) -> int:
    """The command."""
    tolerance, wall, standing, least = map(float, words)
    try:
        found = made(received(question, os.fstat(question.fileno()).st_size), tolerance, wall, bool(standing), _say, least)
    except (ValueError, MemoryError) as error:
        print(str(error) or "the union took more memory than there is", file=sys.stderr)
        return 1
    for array in found:
        write_array(answer, array, allow_pickle=False)
    answer.flush()
    return 0


def _say(part: float) -> None:
    print(f"%{part:.3f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
