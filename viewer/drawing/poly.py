"""Places as PyVista meshes, for scripts that go on with them."""

from __future__ import annotations

import numpy as np
import pyvista as pv

from geometry.site import Site, Triangles


def polydata(what: Site | Triangles, *, max_triangles: int = 500_000) -> pv.PolyData:
    """A place, or the arrays of one, as pyvista.PolyData: metres in the place's own frame, with `Normals` on points and `material`
    (geometry.material.Material) on cells."""
    found = what.mesh(max_triangles=max_triangles) if isinstance(what, Site) else what
    faces = np.column_stack([np.full(len(found.triangles), 3, np.int32), found.triangles])
    made = pv.PolyData(found.points, faces.ravel())
    made.point_data["Normals"] = found.normals
    made.cell_data["material"] = found.material
    return made
