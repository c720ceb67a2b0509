"""How long our picture takes against bare VTK (plain Phong) with the very same triangles merged: `python benchmarks/still.py`."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow

from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.solids import PROTOTYPE_IDS, prototypes
from viewer.camera import Camera
from viewer.drawing.picture import offscreen
from viewer.drawing.renderer import Renderer
from viewer.drawing.upload import mesh_data
from viewer.scene import Content, Instances, Look, Scene, Surface
from viewer.styles import style

SIZE = (960, 540)
COUNT = 20_000
_KINDS = ("box", "box", "chamfer", "drum", "stack", "grille")


def towers(count: int) -> Parts:
    """A field of `count` parts, laid out by a fixed generator."""
    draw = np.random.default_rng(7)
    height = draw.uniform(10.0, 160.0, count)
    where = np.c_[draw.uniform(-1500, 1500, count), draw.uniform(50, 3000, count), height / 2 - 80.0]
    size = np.c_[draw.uniform(4, 30, (count, 2)), height]
    kind = draw.choice([PROTOTYPE_IDS[name] for name in _KINDS], count)
    material = draw.choice([Material.CONCRETE, Material.DWELLING, Material.STEEL], count)
    return join([parts(kind, where, size, material, tint=draw.integers(0, 255, count))])


def merged(what: Parts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same parts as one mesh: points, normals, triangles. None of them is turned."""
    points, normals, triangles, start = [], [], [], 0
    for index, position, scale in zip(what.prototype, what.position, what.scale, strict=True):
        mesh = prototypes()[index]
        points.append(mesh.points * scale + position)
        normals.append(mesh.normals)
        triangles.append(mesh.triangles + start)
        start += len(mesh.points)
    return np.concatenate(points).astype(np.float32), np.concatenate(normals), np.concatenate(triangles).astype(np.int32)


def scene(what: Parts) -> Scene:
    """The field from above one end of it."""
    looks = np.stack([what.material, what.exposure, what.tint, np.zeros(len(what))], axis=1).astype(np.uint8)
    none = Surface(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), np.zeros((0, 4), np.uint8))
    content = Content(
        np.array([0.0, 0.0, 8.0e11]), Instances(what.prototype, what.position, what.rotation, what.scale, looks), none, what.triangles
    )
    return Scene(
        content,
        Camera((0.0, -150.0, 8.0e11 + 90), (0.0, 600.0, 8.0e11)),
        Look(12.0, style("concrete"), 0.5, 0.0, 2000, 800, 8e11, inside=True),
    )


def bare(what: Parts) -> vtkRenderWindow:
    """VTK as it comes: one mesh, one light, Phong."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh_data(*merged(what)))
    actor = vtkActor()
    actor.SetMapper(mapper)
    renderer = vtkRenderer()
    renderer.AddActor(actor)
    camera = renderer.GetActiveCamera()
    camera.SetPosition(0.0, -150.0, 90.0)
    camera.SetFocalPoint(0.0, 600.0, 0.0)
    camera.SetViewUp(0.0, 0.0, 1.0)
    camera.SetViewAngle(40.0)
    renderer.ResetCameraClippingRange()
    window = offscreen(*SIZE)
    window.AddRenderer(renderer)
    return window


def timed(action: Callable[[], object], window: vtkRenderWindow | None = None) -> float:
    """Seconds an action takes, until the card has finished."""
    start = time.perf_counter()
    action()
    if window is not None:
        window.WaitForCompletion()
    return time.perf_counter() - start


def main() -> None:
    """Print both, cold and warm, and their ratio."""
    what = towers(COUNT)
    shown = scene(what)
    plain_start = time.perf_counter()
    plain = bare(what)
    timed(plain.Render, plain)
    plain_cold = time.perf_counter() - plain_start
    ours_start = time.perf_counter()
    window = offscreen(*SIZE)
    renderer = Renderer(window)
    renderer.show(shown)
    timed(window.Render, window)
    ours_cold = time.perf_counter() - ours_start
    plain_warm = min(timed(plain.Render, plain) for _ in range(5))
    ours_warm = min(timed(window.Render, window) for _ in range(5))
    told = min(timed(lambda: renderer.show(shown)) for _ in range(5))
    print(f"{len(what)} parts, {what.triangles} triangles, {SIZE[0]} x {SIZE[1]}")
    print(f"cold   bare VTK {plain_cold:7.3f} s   ours {ours_cold:7.3f} s   ratio {ours_cold / plain_cold:.2f}")
    print(f"warm   bare VTK {plain_warm:7.3f} s   ours {ours_warm:7.3f} s   ratio {ours_warm / plain_warm:.2f}")
    print(f"show() when nothing changed: {told * 1e3:.2f} ms")
    print("each pass alone, warm:", ", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in renderer.seconds_by_pass().items()))
    renderer.release()


if __name__ == "__main__":
    main()
