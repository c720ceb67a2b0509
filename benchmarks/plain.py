"""VTK as it comes, with the triangles of one of our contents: one mesh, one light, Phong. What our pictures are measured against."""

from __future__ import annotations

from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from geometry.angle import rotate
from geometry.solids import prototypes
from viewer.camera import Camera
from viewer.drawing.upload import mesh_data
from viewer.scene import Content

_NEAR, _FAR = 1e-3, 2e3
"""Of the clipping range, in distances of the picture: VTK's own would begin past all that is near, the farthest plate being 1e9 m away."""


def merged(what: Content) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everything as one mesh: points, normals, triangles."""
    rows = what.instances
    points, normals, triangles = [what.surface.points], [what.surface.normals], [what.surface.triangles]
    start = len(what.surface.points)
    for index in np.unique(rows.prototype):
        mesh, chosen = prototypes()[index], np.flatnonzero(rows.prototype == index)
        turn = rows.rotation[chosen][:, None, :].astype(np.float64)
        where = rotate(turn, mesh.points[None] * rows.scale[chosen][:, None]) + rows.position[chosen][:, None]
        points.append(where.reshape(-1, 3).astype(np.float32))
        normals.append(rotate(turn, np.broadcast_to(mesh.normals[None], where.shape)).reshape(-1, 3).astype(np.float32))
        each = start + len(mesh.points) * np.arange(len(chosen), dtype=np.int32)[:, None, None]
        triangles.append((mesh.triangles[None] + each).reshape(-1, 3).astype(np.int32))
        start += len(mesh.points) * len(chosen)
    return np.concatenate(points), np.concatenate(normals), np.concatenate(triangles)


class Plain:
    """A render window with nothing but that in it."""

    def __init__(self, window: Any, what: Content) -> None:
        """Take over `window`."""
        self.window, self.renderer, self._anchor = window, vtkRenderer(), what.anchor
        mapper, actor = vtkPolyDataMapper(), vtkActor()
        mapper.SetInputData(mesh_data(*merged(what)))
        mapper.SetVBOShiftScaleMethod(0)  # VTK would scale by the farthest plate, in whose grain of 30 km all that is near has no area
        actor.SetMapper(mapper)
        actor.GetProperty().SetInterpolationToPhong()
        self.renderer.AddActor(actor)
        window.SetMultiSamples(0)
        window.AddRenderer(self.renderer)

    def look(self, camera: Camera) -> None:
        """Put the camera where ours is."""
        eye, sight = np.asarray(camera.position) - self._anchor, self.renderer.GetActiveCamera()
        sight.SetPosition(*eye)
        sight.SetFocalPoint(*(eye + camera.forward * camera.distance))
        sight.SetViewUp(*camera.upward)
        sight.SetViewAngle(camera.fov)
        sight.SetClippingRange(_NEAR * camera.distance, _FAR * camera.distance)

    def release(self) -> None:
        """Let go of the window before it closes."""
        self.renderer.ReleaseGraphicsResources(self.window)
        self.window.RemoveRenderer(self.renderer)
