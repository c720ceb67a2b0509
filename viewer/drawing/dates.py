"""The years of a content on the graphics card: each instance names one of 256 spans of years, whose years are uniforms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from viewer.drawing.passes import set_uniforms
from viewer.scene import Instances, Scene, Surface

F64 = NDArray[np.float64]

DATED = "DATED"
"""The switch of shaders that draw parts by their years."""
SPANS, _EVEN, _LEAPS, _LEAP = 256, 128, 64, 1.0
"""Spans of years that parts of a content are told apart by: so many of like counts, so many at leaps of more than a year."""


class Dates:
    """The years of the content that a renderer shows; none for a content of now, which is drawn as if there were no years."""

    def __init__(self) -> None:
        self.numbers: NDArray[np.uint8] | None = None
        """(n,) the span of each instance."""
        self._years: tuple[float, ...] = ()
        self._lit_in = 0.0

    def take(self, instances: Instances) -> None:
        """Another content."""
        found = spans_of(instances)
        self.numbers, self._years = found or (None, ())

    @property
    def switches(self) -> tuple[str, ...]:
        """What the shaders of parts and plates are compiled with."""
        return (DATED,) if self._years else ()

    def tell(self, actor: vtkActor) -> None:
        """Give an actor of instances the years of the spans."""
        if self._years:
            set_uniforms(actor, {"spans": self._years})

    def wants(self, surface: Surface, actor: vtkActor) -> None:
        """Hand the years of plates to their shader, where there are any."""
        mapper = actor.GetMapper()
        assert isinstance(mapper, vtkPolyDataMapper)
        if surface.born is not None:
            mapper.MapDataArrayToVertexAttribute("plateSpan", "span", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        else:
            mapper.RemoveVertexAttributeMapping("plateSpan")

    def key(self, scene: Scene) -> object:
        """What of a scene's year a G-buffer hangs on."""
        return scene.look.times if self._years else None

    def turned(self, scene: Scene) -> bool:
        """Whether the year is another than when this was last asked: other lamps shine."""
        other = scene.look.times.year != self._lit_in
        self._lit_in = scene.look.times.year
        return other and bool(self._years)


def spans_of(instances: Instances) -> tuple[NDArray[np.uint8], tuple[float, ...]] | None:
    """(n,) which of 256 spans of years each instance stands in, and their years, born and gone by turns; None in a content of now."""
    if instances.born is None or instances.gone is None:
        return None
    if not len(instances.born):
        return np.zeros(0, np.uint8), (0.0, 1.0) * SPANS
    order = np.lexsort((instances.born, instances.gone))
    born, gone = instances.born[order].astype(np.float64), instances.gone[order].astype(np.float64)
    first = _breaks(born, gone)
    number = np.empty(len(order), np.uint8)
    number[order] = np.searchsorted(first, np.arange(len(order)), side="right") - 1
    middle = (first + np.append(first[1:], len(order))) // 2
    table = np.zeros((SPANS, 2))
    table[: len(first), 0], table[: len(first), 1] = born[middle], gone[middle]
    return number, tuple(table.ravel().tolist())


def _breaks(born: F64, gone: F64) -> NDArray[np.intp]:
    """Where one span ends and the next begins among sorted lives: evenly, and where the years leap most."""
    count = len(born)
    even = np.arange(_EVEN) * count // _EVEN
    leaps = [np.abs(np.diff(years)) for years in (gone, born)]
    far = [1 + np.argsort(-leap, kind="stable")[:_LEAPS][np.sort(-leap)[:_LEAPS] < -_LEAP] for leap in leaps]
    return np.unique(np.concatenate([even, *far]))
