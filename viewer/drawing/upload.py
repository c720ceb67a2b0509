"""A content's arrays on the graphics card: one glyph mapper for all instances and one mesh for the curved plates."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkCommand, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkGlyph3DMapper, vtkPolyDataMapper, vtkRenderWindow

from geometry.material import FINISHES, Material
from geometry.mesh import Mesh
from geometry.shining import counted, lit_area
from geometry.solids import PROTOTYPES, prototypes
from viewer.drawing.shaders import shader
from viewer.drawing.split import Side
from viewer.scene import Content, Instances, Surface

ROUND_Z = frozenset({"drum", "banded_drum", "tube", "ring", "cone", "dome", "fan"})
ROUND_X = frozenset({"pipe", "cable"})
_CORNERS = {"drum": 20, "banded_drum": 24, "tube": 20, "ring": 28, "cone": 20, "dome": 20, "pipe": 10, "prism": 6}
_SIDES = np.array([_CORNERS.get(name, 0) for name in PROTOTYPES], np.float32)
"""How many sides each prototype has that is round, or a prism (geometry/solids.py); 0 of others."""
ROWS_A_LINE = 1024
"""Rows of the table of parts on one line of its texture, as in rows.glsl."""
MOST_ROWS = 1 << 22
"""Rows that fit into a float beside the form of a surface."""


def _attached(polydata: vtkPolyData, name: str, values: NDArray[Any]) -> None:
    array = numpy_to_vtk(np.ascontiguousarray(values), deep=1)
    array.SetName(name)
    polydata.GetPointData().AddArray(array)


def _points(values: NDArray[np.float32]) -> vtkPoints:
    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(values, dtype=np.float32), deep=1))
    return points


def _triangles(rows: NDArray[np.int32]) -> vtkCellArray:
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtkIdTypeArray(np.ascontiguousarray(rows, dtype=np.int64).ravel(), deep=1))
    return cells


def mesh_data(points: NDArray[np.float32], normals: NDArray[np.float32], triangles: NDArray[np.int32]) -> vtkPolyData:
    """Triangles with normals, as VTK holds them."""
    data = vtkPolyData()
    data.SetPoints(_points(points))
    data.SetPolys(_triangles(triangles))
    array = numpy_to_vtk(np.ascontiguousarray(normals, dtype=np.float32), deep=1)
    array.SetName("Normals")
    data.GetPointData().SetNormals(array)
    return data


def coded_normals(name: str, mesh: Mesh) -> NDArray[np.float32]:
    """Normals 1, 2 or 3 long where the wall is flat, round about z, or round about x: the shader unrolls it accordingly. Those of a cable,
    which hangs within its box, are 4 long."""
    axis = 2 if name in ROUND_Z else 0
    rounded = (np.abs(mesh.normals[:, axis]) < 0.95) & (name in ROUND_Z or name in ROUND_X)
    length = np.full(len(rounded), 4.0) if name == "cable" else np.where(rounded, 2.0 if axis == 2 else 3.0, 1.0)
    return (mesh.normals * length[:, None]).astype(np.float32)


@lru_cache(maxsize=1)
def _prototype_data() -> tuple[vtkPolyData, ...]:
    pairs = zip(PROTOTYPES, prototypes(), strict=True)
    return tuple(mesh_data(mesh.points, coded_normals(name, mesh), mesh.triangles) for name, mesh in pairs)


def _actor(mapper: vtkGlyph3DMapper | vtkPolyDataMapper) -> vtkActor:
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.ForceOpaqueOn()
    return actor


def replace_glyph_vertex(actor: vtkActor, name: str, switches: tuple[str, ...]) -> None:
    """Give instances a vertex shader.

    The glyph mapper ignores a whole vertex shader, so ours goes into its template: declarations, then the body of main.
    """
    head, body = shader(name, (), switches).replace("//VTK::System::Dec", "").split("void main()")
    prop = actor.GetShaderProperty()
    for tag in ("Normal::Dec", "Color::Dec", "Glyph::Dec", "Camera::Dec", "Normal::Impl", "Color::Impl", "Glyph::Impl"):
        prop.AddVertexShaderReplacement(f"//VTK::{tag}", True, "", False)
    prop.AddVertexShaderReplacement("//VTK::PositionVC::Dec", True, head, False)
    prop.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, body.strip()[1:-1], False)


def compile_for(actor: vtkActor, switches: tuple[str, ...], side: Side, faceted: bool = False, always: tuple[str, ...] = ()) -> None:
    """Give an actor of instances or plates the shaders with these switches, for one side or both: what a picture does not need is not
    compiled, and where there are cuts, the front would pay for the section's face that only the back can find. `always` are switches that
    have nothing to do with cuts."""
    switches = (*always, *((*switches, side.value) if side.knows_cuts else ()), *(("FACETED",) if faceted else ()))
    if isinstance(actor.GetMapper(), vtkGlyph3DMapper):
        switches = (*switches, "THIN")
        replace_glyph_vertex(actor, "part.vert.glsl", switches)
    else:
        actor.GetShaderProperty().SetVertexShaderCode(shader("plate.vert.glsl", (), switches))
        switches = (*switches, *(("EARLY",) if "DATED" in switches else ()))
    actor.GetShaderProperty().SetFragmentShaderCode(shader("gbuffer.frag.glsl", (), switches))
    actor.GetProperty().SetBackfaceCulling(side in (Side.WHOLE, Side.FRONT))
    actor.GetProperty().SetFrontfaceCulling(side is Side.BACK)


def glyph_actor() -> vtkActor:
    """An empty actor for instances of every prototype."""
    mapper = vtkGlyph3DMapper()
    for index, data in enumerate(_prototype_data()):
        mapper.SetSourceData(index, data)
    mapper.SetSourceIndexing(True)
    mapper.SetSourceIndexArray("prototype")
    mapper.SetOrientationArray("rotation")
    mapper.SetOrientationModeToQuaternion()
    mapper.SetScaleArray("scale")
    mapper.SetScaleModeToScaleByVectorComponents()
    mapper.SetScalarModeToUsePointFieldData()
    mapper.SelectColorArray("row")
    mapper.SetColorModeToDirectScalars()
    mapper.SetInputData(vtkPolyData())
    return _actor(mapper)


def fence(window: vtkRenderWindow) -> vtkActor:
    """Draws nothing, and waits until all before it has been drawn: a software driver heaps up what it has not drawn yet."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(vtkPolyData())
    mapper.AddObserver(vtkCommand.EndEvent, lambda *_: window.WaitForCompletion())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.ForceOpaqueOn()
    return actor


def plate_actor() -> vtkActor:
    """An empty actor for the curved plates."""
    mapper = vtkPolyDataMapper()
    mapper.SetVBOShiftScaleMethod(0)
    mapper.ScalarVisibilityOff()
    mapper.MapDataArrayToVertexAttribute("plateRow", "row", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    mapper.SetInputData(vtkPolyData())
    return _actor(mapper)


def instance_data(instances: Instances, rows: NDArray[np.intp], spans: NDArray[np.uint8] | None = None) -> vtkPolyData:
    """Some of the instances as the glyph mapper wants them; a colour's first bytes are the number of a part's row in the table, its last
    the number of its span of years (`spans`, one an instance)."""
    data = vtkPolyData()
    data.SetPoints(_points(instances.position[rows]))
    _attached(data, "prototype", instances.prototype[rows])
    _attached(data, "rotation", instances.rotation[rows])
    _attached(data, "scale", instances.scale[rows])
    code = rows.astype("<u4").view(np.uint8).reshape(-1, 4)
    if spans is not None:
        code = code.copy()
        code[:, 3] = spans[rows]
    _attached(data, "row", code)
    return data


def surface_data(surface: Surface, numbers: NDArray[np.float32], rows: NDArray[np.intp]) -> vtkPolyData:
    """Some triangles of the plates, with the number of their row a vertex."""
    data = mesh_data(surface.points, surface.normals, surface.triangles[rows])
    _attached(data, "row", numbers)
    if surface.born is not None and surface.gone is not None:
        _attached(data, "span", np.stack([surface.born, surface.gone], axis=1))
    return data


def table_image(values: NDArray[np.float32]) -> vtkImageData:
    """(h, w, 4) numbers for a shader to look up, bottom row first."""
    image = vtkImageData()
    image.SetDimensions(values.shape[1], values.shape[0], 1)
    image.GetPointData().SetScalars(numpy_to_vtk(values.reshape(-1, 4), deep=1))
    return image


_SCORCHED = np.array([[0, 0, 0, Material.SCORCHED], [1, 0, 0, 0], [0, 0, 0, 110 + 256 * 128]], np.float32)


def row_table(instances: Instances, surface: Surface) -> tuple[vtkImageData, NDArray[np.float32], int]:
    """What the lighting pass looks up: three texels a row, as in rows.glsl; which row each vertex of the plates has; and that of the walls
    of bores.

    Raises ValueError for more rows than a G-buffer can name.
    """
    looks, index = np.unique(np.ascontiguousarray(surface.look).view("<u4").ravel(), return_inverse=True)
    count, plates = len(instances.prototype), len(looks)
    if count + plates + 1 >= MOST_ROWS:
        raise ValueError(f"{count} parts cannot be told apart in one picture; at most {MOST_ROWS} can")
    lines = -(-(count + plates + 1) // ROWS_A_LINE)
    table = np.zeros((lines * ROWS_A_LINE, 3, 4), np.float32)
    look = np.concatenate([instances.look, looks.astype("<u4").view(np.uint8).reshape(-1, 4)]).astype(np.float32)
    table[:count, 0, :3], table[:count, 1], table[:count, 2, :3] = instances.position, instances.rotation, instances.scale
    table[count : count + plates, 1, 0] = 1.0
    table[: count + plates, 0, 3] = look[:, 0] + 256.0 * look[:, 3]
    table[:count, 0, 3] += 65536.0 * _SIDES[instances.prototype]
    table[: count + plates, 2, 3] = look[:, 1] + 256.0 * look[:, 2]
    table[count + plates] = _SCORCHED  # the wall of every bore, which is no part's
    image = vtkImageData()
    image.SetDimensions(3 * ROWS_A_LINE, lines, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(table.reshape(-1, 4)))
    return image, (index + count).astype(np.float32), count + plates


def nearest_phase(instances: Instances, surface: Surface) -> float:
    """Day phase (0 to 1) of what stands nearest the anchor: the haze about the eye follows it."""
    near: list[tuple[float, int]] = []
    for points, look in ((instances.position, instances.look), (surface.points, surface.look)):
        if len(points):
            squared = np.einsum("ij,ij->i", points, points)
            index = int(squared.argmin())
            near.append((float(squared[index]), int(look[index, 3])))
    return min(near)[1] / 256.0 if near else 0.0


F64 = NDArray[np.float64]
_RISE, _WHOLE = 1.25, 1.3
"""How many times as bright from the eye as the first that is left out, and as wide as the least that is drawn, a lamp must be to light
all that it can: at once it is the same."""


def nearest_lamps(content: Content, count: int, year: float = 0.0) -> NDArray[np.float64]:
    """(k, 8) position from the anchor, radiant colour, area in m2 that lights, and half the breadth (m) of the lamps that look largest
    from there, k <= count; over water one more, the largest to be seen in it. They come in dark and brighten as the eye comes nearer, so
    that none is lit or put out at once from one content to the next."""
    instances = content.instances
    emission = np.array([np.multiply(FINISHES[m].emission, FINISHES[m].strength * (FINISHES[m].lit == "always")) for m in Material])
    bright = emission[instances.look[:, 0]].sum(axis=1) > 0.0
    if instances.born is not None and instances.gone is not None:
        bright &= (instances.born <= year) & (instances.gone > year)
    shining = np.flatnonzero(bright)
    sizes = np.sort(instances.scale[shining].astype(np.float64), axis=1)
    whole, area = sizes[:, 1] * sizes[:, 2], lit_area(instances.scale[shining])
    position = instances.position[shining].astype(np.float64)
    away = np.maximum((position * position).sum(axis=1), area)
    counts = counted(position, area, content.sides)
    seen = _entered(np.sqrt(away), sizes[:, 2], counts, content.finest)
    worth = area / away * counts * counts * seen
    order = np.argsort(-worth, kind="stable")
    best, share = order[:count], seen[order[:count]]
    if len(order) > count and worth[order[count]] > 0.0:
        share = share * _eased((worth[best] / worth[order[count]] - 1.0) / (_RISE - 1.0))
    if len(best) and (instances.look[:, 0] == Material.WATER).any():
        mirrored = int((whole / np.maximum(away, whole)).argmax())
        best, share = (best, share) if mirrored in best else (np.append(best, mirrored), np.append(share, 1.0))
        share = np.where(best == mirrored, 1.0, share)
    colour = emission[instances.look[shining[best], 0]] * share[:, None]
    return np.column_stack([position[best], colour, area[best], 0.5 * np.sqrt(whole[best])])


def _entered(away: F64, longest: F64, counts: F64, finest: float) -> F64:
    """(n,) how far lamps so far away (m), so long (m) and that count so much have come in, 0 to 1, where parts that look no wider than
    `finest` are left out: as Eye.widths has it, which leaves them out."""
    if finest <= 0.0:
        return np.ones(len(away))
    wide = counts * longest / np.maximum(away - longest, 1e-6 * longest)
    return _eased((wide / finest - 1.0) / (_WHOLE - 1.0))


def _eased(share: F64) -> F64:
    held = np.clip(share, 0.0, 1.0)
    return np.asarray(held * held * (3.0 - 2.0 * held))
