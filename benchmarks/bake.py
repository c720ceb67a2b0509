"""Bake a million boxes: ours against merely writing the same bytes, vtkTensorGlyph and Open3D. `python benchmarks/bake.py [BOXES]`.

Open3D is no dependency: an interpreter that has it may be named in OPEN3D_PYTHON, else it is said to be absent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from geometry.angle import matrix, multiply, turn
from geometry.bake import Buffers, bake, bake_chunks
from geometry.parts import Parts, parts
from geometry.solids import prototypes


def boxes(n: int) -> Parts:
    """n boxes, turned every way."""
    draw = np.random.default_rng(1)
    turned = multiply(turn("z", draw.uniform(-1, 1, n)), turn("x", draw.uniform(-1, 1, n)))
    return parts("box", draw.uniform(-1000, 1000, (n, 3)), draw.uniform(1, 20, (n, 3)), rotation=turned)


def best(work: Callable[[], object], times: int = 9) -> float:
    """Least seconds of several runs, after one that warms up."""
    work()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def matrices(some: Parts) -> NDArray[np.float64]:
    """(n, 3, 3) turn times stretch."""
    return matrix(some.rotation) * some.scale[:, None, :].astype(np.float64)


def tensor_glyph(some: Parts) -> float:
    """Seconds of vtkTensorGlyph for the same boxes, with the same normals."""
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk

    tensors = np.ascontiguousarray(matrices(some).transpose(0, 2, 1).reshape(-1, 9).astype(np.float32))
    points, cloud, glyph = vtk.vtkPoints(), vtk.vtkPolyData(), vtk.vtkTensorGlyph()
    points.SetData(numpy_to_vtk(some.position))
    cloud.SetPoints(points)
    cloud.GetPointData().SetTensors(numpy_to_vtk(tensors))
    glyph.SetInputData(cloud)
    cube, faces = vtk.vtkCubeSource(), vtk.vtkTriangleFilter()
    faces.SetInputConnection(cube.GetOutputPort())
    glyph.SetSourceConnection(faces.GetOutputPort())
    glyph.ExtractEigenvaluesOff()
    glyph.ColorGlyphsOff()

    def work() -> None:
        cloud.Modified()
        glyph.Modified()
        glyph.Update()

    seconds = best(work, 1)
    assert glyph.GetOutput().GetNumberOfCells() == some.triangles
    return seconds


def open3d(some: Parts) -> float:
    """Seconds of Open3D's merge on a hundredth of the boxes, times a hundred (it grows faster than that). Needs Open3D."""
    import open3d as o3d  # type: ignore[import-not-found]

    few = some[: max(1, len(some) // 100)]
    solid = prototypes()[0]
    cube = o3d.geometry.TriangleMesh(o3d.utility.Vector3dVector(solid.points.astype(float)), o3d.utility.Vector3iVector(solid.triangles))
    cube.vertex_normals = o3d.utility.Vector3dVector(solid.normals.astype(float))
    places = np.tile(np.eye(4), (len(few), 1, 1))
    places[:, :3, :3], places[:, :3, 3] = matrices(few), few.position

    def work() -> None:
        whole = o3d.geometry.TriangleMesh()
        for place in places:
            whole += o3d.geometry.TriangleMesh(cube).transform(place)
        assert len(whole.triangles) == few.triangles

    return best(work, 1) * len(some) / len(few)


def open3d_elsewhere(n: int) -> float | None:
    """The same in the interpreter that OPEN3D_PYTHON names; None where it names none."""
    python = os.environ.get("OPEN3D_PYTHON")
    if not python:
        return None
    done = subprocess.run([python, __file__, "--open3d", str(n)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def write_floor(arrays: Iterable[NDArray[Any]]) -> float:
    """Seconds to copy arrays into memory that exists."""
    pairs = [(array.copy(), array.copy()) for array in arrays]
    return best(lambda: [np.copyto(a, b) for a, b in pairs])


def main(n: int) -> None:
    """Print seconds and ratios to the write floor."""
    some, buffers = boxes(n), Buffers()
    start = time.perf_counter()
    baked = bake(some, buffers)
    cold = time.perf_counter() - start
    floor = write_floor((baked.points, baked.normals, baked.triangles))
    seconds: dict[str, float | None] = {"floor": floor, "ours": best(lambda: bake(some, buffers)), "ours cold": cold}
    seconds["ours, chunks"] = best(lambda: [None for _ in bake_chunks(some, buffers)])
    seconds |= {"vtkTensorGlyph": tensor_glyph(some), "open3d": open3d_elsewhere(n)}
    print(json.dumps({"boxes": n, "triangles": some.triangles, "Mtri/s": round(some.triangles / (seconds["ours"] or 1) / 1e6)}))
    for name, value in seconds.items():
        print(f"{name:16} absent" if value is None else f"{name:16} {value:8.3f} s {value / floor:8.2f} x floor")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--open3d"]:
        print(open3d(boxes(int(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
