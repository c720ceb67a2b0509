"""Places: the nouns of the City. Everything from the whole of it to a stair is a Place, and a Place unfolds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from geometry.address import Address
from geometry.angle import from_matrix
from geometry.key import Stream, derive
from geometry.mesh import Mesh
from geometry.parts import EMPTY, Parts

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a place stands: float64 metres from the City's centre, and its axes."""

    origin: F64
    """(3,) the middle of the box's floor."""
    axes: F64
    """(3, 3) rows are the local x, y and z (outward, up) in world coordinates, orthonormal."""

    def to_world(self, local: NDArray[np.floating]) -> F64:
        """Local points (..., 3) in metres to world metres."""
        p = np.asarray(local, dtype=np.float64)
        a = self.axes
        turned = p[..., 0:1] * a[0] + p[..., 1:2] * a[1] + p[..., 2:3] * a[2]
        return np.asarray(self.origin + turned)

    def to_local(self, world: NDArray[np.floating]) -> F64:
        """World points (..., 3) to local metres."""
        d = np.asarray(world, dtype=np.float64) - self.origin
        a = self.axes
        local = np.empty_like(d)
        for i, r in enumerate(a):
            local[..., i] = d[..., 0] * r[0] + d[..., 1] * r[1] + d[..., 2] * r[2]
        return local

    @property
    def rotation(self) -> F64:
        """(4,) the quaternion that turns local directions to world directions."""
        return from_matrix(self.axes.T)

    def child(self, offset: NDArray[np.floating], quarter_turns: int = 0) -> Frame:
        """A frame standing at `offset` (3,) local metres, turned about z by whole quarters."""
        if quarter_turns % 4 == 0:
            return Frame(self.to_world(offset), self.axes)
        x, y, z = self.axes
        turned = [(x, y), (y, -x), (-x, -y), (-y, x)][quarter_turns % 4]
        return Frame(self.to_world(offset), np.stack([*turned, z]))


@dataclass(frozen=True, slots=True)
class Cell:
    """The part of a nested sphere that a stratum or a tile occupies."""

    low: int
    """First layer (0 is the innermost)."""
    high: int
    """One past the last layer."""
    inner: float
    """Radius of the floor of its void, metres."""
    plate: float
    """Radius of the underside of its plate, metres: below it is the void, above it the solid stratum."""
    outer: float
    """Radius of the top of its plate, metres."""
    depth: int
    """Quadtree depth: 2**depth cells along a face edge."""
    face: int
    """Cube face, 0-5; -1 for the whole sphere."""
    i: int
    """Column of the cell on its face."""
    j: int
    """Row of the cell on its face."""


@dataclass(frozen=True, slots=True)
class Place:
    """A box in the City that a rule knows how to unfold. The box spans x, y in [-size/2, size/2] and z in [0, size] of its frame."""

    kind: str
    address: Address
    key: int
    frame: Frame
    size: tuple[float, float, float]
    """Metres along the frame's axes."""
    year: float = 0.0
    """Years since now (negative: the past) in which its layer was built."""
    epoch: float = 0.0
    """How many generations of forgetting its Builders have behind them: 0 ordered, 10 wholly misremembered."""
    phase: float = 0.0
    """Day phase of the ceiling above it, in [0, 1) of a day."""
    form: int = 0
    """A variant chosen by the parent (which side is open, which way it runs); each rule says what it means."""
    cell: Cell | None = None
    """For places that are curved: strata and tiles."""

    @property
    def stream(self) -> Stream:
        """The draws of this place."""
        return Stream(self.key)

    @property
    def radius(self) -> float:
        """Radius of the sphere about the box, metres."""
        x, y, z = self.size
        return 0.5 * float(np.sqrt(x * x + y * y + z * z))

    @property
    def centre(self) -> F64:
        """(3,) world metres."""
        return self.frame.to_world(np.array([0.0, 0.0, self.size[2] / 2]))

    def child(
        self,
        kind: str,
        number: int,
        offset: tuple[float, float, float],
        size: tuple[float, float, float],
        *,
        quarter_turns: int = 0,
        epoch: float | None = None,
        form: int = 0,
    ) -> Place:
        """A smaller place standing in this one.

        `offset` is the middle of its floor, in this place's frame; `size` is along its own axes.
        """
        return Place(
            kind,
            self.address.child(kind, number),
            derive(self.key, kind, number),
            self.frame.child(np.asarray(offset, dtype=np.float64), quarter_turns),
            size,
            self.year,
            self.epoch if epoch is None else epoch,
            self.phase,
            form,
        )


class Postponed(Sequence[Place]):
    """Places of which is known how many there are, made when one of them is first looked at."""

    @cached_property
    def _made(self) -> tuple[Place, ...]:
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Place, ...]: ...
    def __getitem__(self, index: int | slice) -> Place | tuple[Place, ...]:
        return self._made[index]

    def __iter__(self) -> Iterator[Place]:
        return iter(self._made)


class Divided(Sequence[Place]):
    """The children of a cell: smaller cells, and after them what stands flat in it. Neither is looked into before it is asked for."""

    def __init__(self, cells: Sequence[Place], flat: Sequence[Place]) -> None:
        self.cells, self.flat = cells, flat

    def __len__(self) -> int:
        return len(self.cells) + len(self.flat)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Place, ...]: ...
    def __getitem__(self, index: int | slice) -> Place | tuple[Place, ...]:
        if isinstance(index, slice):
            return (*self.cells, *self.flat)[index]
        index += len(self) if index < 0 else 0
        return self.cells[index] if 0 <= index < len(self.cells) else self.flat[index - len(self.cells)]


@dataclass(frozen=True, slots=True)
class Growth:
    """What a place unfolds to."""

    parts: Parts = EMPTY
    """Instances in the place's frame; they stay when the children unfold."""
    children: Sequence[Place] = ()
    """Smaller places inside this one, to unfold when the eye comes near."""
    skin: tuple[Mesh, ...] = ()
    """Curved meshes in the place's frame, drawn until the children replace them."""
    lasting: bool = True
    """False for a bundle of layers, whose parts too dissolve into its sub-strata as the eye comes near."""
    within: bool = False
    """Whether the cells it divides into are its sub-strata, which lie within its plate."""
