"""USD for Blender, Houdini and Omniverse: all parts in one PointInstancer, z up, in scene units of so many metres. Needs `usd-core`.

Blender takes two hundred thousand instances so in the time in which it takes a hundred as nodes of a GLB.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from geometry.angle import multiply
from geometry.export.atomic import OutputError, atomic
from geometry.export.glb import scene_scale
from geometry.export.gltf import words
from geometry.export.piece import Piece, Store, Survey, survey
from geometry.export.report import Progress, Report, Watch
from geometry.material import FINISHES, Material
from geometry.mesh import F32, F64, I32, Mesh
from geometry.place import Frame
from geometry.solids import PROTOTYPES, prototypes

_COPIED = 1 << 22


@dataclass(slots=True)
class _Instances:
    """Columns of the instancer, a piece at a time."""

    kinds: list[Any] = field(default_factory=list)
    positions: list[F32] = field(default_factory=list)
    turns: list[F32] = field(default_factory=list)
    scales: list[F32] = field(default_factory=list)

    def add(self, piece: Piece, frame: Frame, scale: float) -> None:
        """The parts of a piece, in the file's axes and units."""
        parts = piece.parts
        self.kinds.append(parts.material.astype(np.int32) << 8 | parts.prototype)
        self.positions.append((frame.to_world(parts.position) * scale).astype(np.float32))
        turn = multiply(frame.rotation, parts.rotation.astype(np.float64))
        self.turns.append((turn / np.sqrt((turn * turn).sum(axis=-1, keepdims=True))).astype(np.float32))
        self.scales.append((parts.scale * np.float32(scale)).astype(np.float32))


def _named(text: str) -> str:
    """A name that USD allows."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in text)
    return name if name[:1].isalpha() else f"_{name}"


def _material(stage: Any, number: int) -> Any:
    from pxr import Gf, Sdf, UsdShade

    finish, name = FINISHES[Material(number)], _named(words(Material(number)))
    path = f"/City/Materials/{name}"
    material, shader = UsdShade.Material.Define(stage, path), UsdShade.Shader.Define(stage, f"{path}/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(*finish.colour))
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(finish.roughness)
    shader.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(finish.metallic)
    if finish.strength > 0:
        glow = Gf.Vec3f(*(value * finish.strength for value in finish.emission))
        shader.CreateInput("emissiveColor", Sdf.ValueTypeNames.Color3f).Set(glow)
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def _mesh(stage: Any, path: str, points: F32, normals: F32, triangles: I32, material: Any) -> Any:
    from pxr import Sdf, UsdGeom, UsdShade, Vt

    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(points)))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(triangles), 3, np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(triangles.ravel())))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(normals)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)
    mesh.GetPrim().CreateAttribute("material", Sdf.ValueTypeNames.String).Set(material.GetPrim().GetName())
    return mesh


def _skin(stage: Any, path: str, mesh: Mesh, frame: Frame, scale: float, material: Any) -> None:
    points = (frame.to_world(mesh.points) * scale).astype(np.float32)
    normals = Frame(np.zeros(3), frame.axes).to_world(mesh.normals).astype(np.float32)
    _mesh(stage, path, points, normals, mesh.triangles, material)


def _instancer(stage: Any, found: _Instances, materials: Callable[[int], Any]) -> None:
    from pxr import UsdGeom, Vt

    kinds, which = np.unique(np.concatenate(found.kinds), return_inverse=True)
    instancer = UsdGeom.PointInstancer.Define(stage, "/City/Parts")
    paths = []
    for kind in kinds.tolist():
        solid, material = prototypes()[kind & 255], kind >> 8
        path = f"/City/Parts/Prototypes/{_named(PROTOTYPES[kind & 255])}_{_named(words(Material(material)))}"
        _mesh(stage, path, solid.points, solid.normals, solid.triangles, materials(material))
        paths.append(path)
    instancer.CreatePrototypesRel().SetTargets(paths)
    instancer.CreateProtoIndicesAttr(Vt.IntArray.FromNumpy(which.ravel().astype(np.int32)))
    instancer.CreatePositionsAttr(Vt.Vec3fArray.FromNumpy(np.concatenate(found.positions)))
    turns = np.concatenate(found.turns)[:, [1, 2, 3, 0]].astype(np.float16)
    instancer.CreateOrientationsAttr(Vt.QuathArray.FromNumpy(np.ascontiguousarray(turns)))
    instancer.CreateScalesAttr(Vt.Vec3fArray.FromNumpy(np.concatenate(found.scales)))


def _stage(store: Store, found: Survey, scale: float, middle: F64, title: str, notes: Mapping[str, str], watch: Watch) -> Any:
    from pxr import Usd, UsdGeom

    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    city = UsdGeom.Xform.Define(stage, "/City")
    stage.SetDefaultPrim(city.GetPrim())
    centre = found.base.to_world(middle).tolist()
    city.GetPrim().SetCustomData({"title": title, "metres_per_unit": 1.0 / scale, "centre_metres": " ".join(map(repr, centre)), **notes})
    held: dict[int, Any] = {}

    def material(number: int) -> Any:
        if number not in held:
            held[number] = _material(stage, number)
        return held[number]

    parts = _Instances()
    for number, piece in enumerate(store.again()):
        frame = found.stand(piece.frame)
        frame = Frame(frame.origin - middle, frame.axes)
        if len(piece.parts):
            parts.add(piece, frame, scale)
        for mesh in piece.skin:
            if len(mesh):
                name = f"{_named(piece.name)}_{number}_{_named(words(Material(int(mesh.material))))}"
                _skin(stage, f"/City/Plates/{name}", mesh, frame, scale, material(int(mesh.material)))
        watch.step(piece.parts.triangles + sum(map(len, piece.skin)), piece.name)
    if parts.kinds:
        _instancer(stage, parts, material)
    return stage


def write_usd(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    title: str = "City",
    notes: Mapping[str, str] | None = None,
    axes: F64 | None = None,
    centre: F64 | None = None,
    scale: float | None = None,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write a .usdc or .usda; `axes` as in `write_stl`, the longest side 100 to 1,000 units, the real scale in `customData` of /City.

    `centre` (3,), world metres, and `scale`, units a metre, where they are to be others.

    Raises ImportError without usd-core; OutputError, LimitError or Cancelled; then no file is left."""
    watch = Watch(0, progress, cancelled)
    with atomic(path, force=force) as out, tempfile.TemporaryDirectory() as folder:
        store = Store(pieces, str(out.folder))
        try:
            found = survey(store.first(), watch, axes)
            watch.total = found.triangles
            units = scale or scene_scale(found.longest)
            middle = (found.low + found.high) / 2 if centre is None else found.base.to_local(centre)
            made = Path(folder) / f"a{Path(path).suffix.lower()}"
            stage = _stage(store, found, units, middle, title, notes or {}, watch)  # its layer lives no longer than it
            if not stage.GetRootLayer().Export(str(made)):
                raise OutputError(f"cannot write '{path}': the disk is full, or may not be written to; choose another")
            with made.open("rb") as whole:
                while data := whole.read(_COPIED):
                    watch.check()
                    out.write(data)
        finally:
            store.close()
    return Report(Path(path), found.triangles, out.size, 0, units, found.size, len(found.sheets))
