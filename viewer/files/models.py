"""Models for the screen and drawings: GLB, split by place where one file cannot hold it, PLY, USD, sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.export import Report as Made
from geometry.export import write_glb
from geometry.export.glb import most_bytes, scene_scale
from geometry.export.piece import Survey
from geometry.spec import differences
from geometry.version import GENERATOR_VERSION
from viewer.errors import UsageError
from viewer.files.dividing import written

if TYPE_CHECKING:
    from geometry.export import Piece
    from geometry.export.glb import Look
    from geometry.export.sight import Sight
    from viewer.files.jobs import Export

Told = Callable[[float, str], None]
F64 = NDArray[np.float64]
_NUDGE = 2e-4
Words = tuple[str, str, str]
"""Title, permalink and exaggeration."""


def make_model(job: Export, pieces: Iterable[Piece], axes: F64 | None, words: Words, told: Told, said: list[str]) -> list[Made]:
    """Write the model. Raises OutputError, LimitError, Cancelled."""
    if job.suffix in (".usdc", ".usda"):
        return [_usd(job, pieces, axes, words, told)]
    if job.suffix == ".ply":
        from geometry.export.ply import ply_bytes

        return list(written(job, pieces, axes, ply_bytes, partial(_ply, job, axes, words), told, said))
    look = look_of(job)
    return list(written(job, pieces, axes, lambda sheet: most_bytes(sheet, look), partial(_glb, job, axes, words), told, said))


def _ply(job: Export, axes: F64 | None, words: Words, pieces: Iterable[Piece], path: str, whole: Survey | None, told: Told) -> Made:
    from geometry.export.ply import write_ply

    title, permalink, exaggerated = words
    notes, sight = {"link": permalink, "address": title, "exaggeration": exaggerated}, seen_by(job)
    if job.seen is not None:
        notes["picture"] = "{} x {}".format(*job.seen)
    centre = sight.eye if sight is not None else _middle(whole)
    return write_ply(
        pieces, path, title=title, notes=notes, axes=axes, centre=centre, occlusion=job.occlusion, force=job.force, progress=told
    )


def _glb(job: Export, axes: F64 | None, words: Words, pieces: Iterable[Piece], path: str, whole: Survey | None, told: Told) -> Made:
    whole = whole if job.seen is None else None  # about the eye in any case
    return write_glb(
        pieces,
        path,
        title=words[0],
        extras=extras_of(job, words),
        mode=job.mode,
        axes=axes,
        light=job.light,
        occlusion=job.occlusion,
        sight=seen_by(job),
        force=job.force,
        progress=told,
        centre=_middle(whole),
        scale=None if whole is None else scene_scale(whole.longest),
    )


def _middle(whole: Survey | None) -> F64 | None:
    """(3,) world metres about which files stand that are several; each about its own middle where there is one."""
    return None if whole is None else whole.base.to_world((whole.low + whole.high) / 2)


def seen_by(job: Export) -> Sight | None:
    """The eye of an export of what is seen."""
    if job.seen is None:
        return None
    from viewer.files.seen import sight_of

    return sight_of(job.state, job.seen)


def look_of(job: Export) -> Look:
    """How a GLB is written."""
    from geometry.export.glb import Look

    sight, occlusion = seen_by(job), job.occlusion and job.mode == "merged"
    look = Look(job.mode, job.light, occlusion, None, None)
    return look if sight is None else replace(look, centre=sight.eye, scale=sight.scale, sight=sight)


def extras_of(job: Export, words: Words) -> dict[str, Any]:
    """What a GLB says about itself beside its scale."""
    title, permalink, exaggerated = words
    return {
        "link": permalink,
        "address": title,
        "exaggeration": exaggerated,
        "parameters": differences(job.state.city),
        "generator_version": GENERATOR_VERSION,
        "lamps": job.light or "all",
        **({} if job.seen is None else {"origin": "the eye: what is seen, through its camera", "picture": list(job.seen)}),
    }


def _usd(job: Export, pieces: Iterable[Piece], axes: F64 | None, words: Words, told: Told) -> Made:
    if find_spec("pxr") is None:
        raise UsageError(f"a {job.suffix} needs usd-core: pip install usd-core (here: .venv/bin/uv pip install usd-core), or write a .glb")
    from geometry.export.usd import write_usd

    title, permalink, exaggerated = words
    notes = {"link": permalink, "address": title, "exaggeration": exaggerated}
    sight = seen_by(job)
    centre, scale = (None, None) if sight is None else (sight.eye, sight.scale)
    return write_usd(pieces, job.output, title=title, notes=notes, axes=axes, centre=centre, scale=scale, force=job.force, progress=told)


def make_drawing(job: Export, pieces: Iterable[Piece], axes: F64 | None, words: Words, told: Told) -> Made:
    """Write a section as a sheet. The last plane of the cuts is the plane; without one the middle of the place, seen from its front."""
    from geometry.export.drawing import write_drawing
    from geometry.export.section import BEYOND, ROUND, cutting, laid_on, section_of
    from geometry.export.slice import Flat
    from viewer.files.jobs import taken_from
    from viewer.files.regions import regions_of
    from viewer.measure import length
    from viewer.state import Plane

    title, permalink, exaggerated = words
    planes = [cut for cut in job.cuts if isinstance(cut, Plane)]
    others = [cut for cut in job.cuts if not planes or cut is not planes[-1]]
    if planes:
        (region,) = regions_of(planes[-1:])
        plane = region[0]
        assert isinstance(plane, Flat)
    else:
        plane = _through(job, axes)
    up = np.array([0.0, 0.0, 1.0]) if axes is None else axes[2]
    cut = cutting(_nudged(plane, job), up, None if axes is None else axes[1])
    flat = abs(float(np.asarray(plane.normal) @ up)) > 0.9
    gone = [*regions_of(others), *taken_from(replace(job, cuts=()), City(job.state.city))]
    section = section_of(pieces, cut, gone, lambda: told(0.0, ""), ROUND if axes is None else BEYOND)
    kind = "Plan" if flat else "Section"
    lines = [f"{kind} {_where(plane, axes)}", _capital(f"{exaggerated}; tall and wide are at one scale")]
    up_text = "y" if flat and axes is None else "along" if flat else "axis" if axes is None else "out"
    sheet = laid_on(section, job.paper, _capital(title), lines, length, up_text, permalink)
    sheet = replace(sheet, lines=(*sheet.lines, *_compared(sheet.scale)))
    told(0.9, "")
    return write_drawing(sheet, job.output, force=job.force)


def _nudged(plane: Any, job: Export) -> Any:
    """The plane a hair into what is left: plates end on the City's own planes, and there a cut would meet nothing."""
    alone = job.address is not None and bool(job.address.tile or job.address.steps)
    reach = max(City(job.state.city).at(job.address).size) if alone and job.address is not None else 1e3 * job.state.city.radius_km
    x, y, z = (np.asarray(plane.point) - np.asarray(plane.normal) * (_NUDGE * reach)).tolist()
    return replace(plane, point=(x, y, z))


_NORMALS = {"along": (0.0, -1.0, 0.0), "across": (1.0, 0.0, 0.0), "plan": (0.0, 0.0, 1.0)}
"""Of the plane of each section, in a place's own directions or the City's."""
_PLAN = 0.04
"""How high a plan is cut, in parts of the height of a place: above the feet of what stands there."""


def _through(job: Export, axes: F64 | None) -> Any:
    """The plane of the section that is asked for: through the middle, a plan through what stands on the ground."""
    from geometry.export.slice import Flat

    normal = np.array(_NORMALS[job.section])
    if axes is None or job.address is None:
        return Flat(_NORMALS[job.section], (0.0, 0.0, 0.0))
    place = City(job.state.city).at(job.address)
    middle = place.centre if job.section != "plan" else place.frame.origin + axes[2] * (_PLAN * place.size[2])
    (nx, ny, nz), (px, py, pz) = (normal @ axes).tolist(), middle.tolist()
    return Flat((nx, ny, nz), (px, py, pz))


def _where(plane: Any, axes: F64 | None) -> str:
    """Which way the plane lies, in words."""
    normal = np.asarray(plane.normal) if axes is None else axes @ np.asarray(plane.normal)
    axis = int(np.argmax(np.abs(normal)))
    if abs(normal[axis]) < 0.999:
        return "in an oblique plane"
    if axes is not None:
        return ("across the middle", "along the middle", "over the ground")[axis]
    point = np.asarray(plane.point)
    centred = abs(float(point @ normal)) <= 1e-6 * float(np.abs(point).max())
    return f"{'through the centre' if centred else 'beside the centre'}, square to {'xyz'[axis]}"


_SMALL_MM = 1.5
"""What is smaller on a sheet is not drawn on it for scale, but told."""


def _compared(scale: float) -> list[str]:
    """How small the largest thing that people know and that would be no more than a dot is at a scale, millimetres a metre."""
    from viewer.measure import RULERS

    dots = [(name, metres * scale) for metres, name in RULERS if metres * scale < _SMALL_MM]
    return [f"Drawn so, {dots[-1][0]} would be {dots[-1][1]:.1g} mm {'tall' if len(dots) == 1 else 'across'}"] if dots else []


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
