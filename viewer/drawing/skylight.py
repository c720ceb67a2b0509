"""Light that falls from above: one map a content of what it meets first, seen from where it comes from.

The ceiling's light comes down one way, a little aslant. A map drawn along it, once for each content, says how high it is stopped
(Williams 1978, shadow maps); a sheet of numbers says which lamps above are lit. The lighting pass asks both where a wall lies in light, the
pass of shafts where the air does. Hour and style are uniforms, so neither is drawn again for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkTextureObject

from geometry.angle import matrix
from geometry.key import mix
from geometry.material import Material
from geometry.solids import triangle_counts
from viewer.drawing.dates import Dates
from viewer.drawing.depth import drop
from viewer.drawing.passes import bare_renderer, framebuffer, set_uniforms
from viewer.drawing.shaders import shader
from viewer.drawing.uniforms import Frame, Value
from viewer.drawing.upload import fence, glyph_actor, instance_data, replace_glyph_vertex
from viewer.scene import Content, Instances, Scene

F64 = NDArray[np.float64]
Rows = NDArray[np.intp]

SIDE = 1536
"""Pixels along a side of the map at most."""
MOST = 400_000
"""Triangles drawn into it at most: the largest parts."""
_SLANT = 0.26
"""How far the light leans over, as the tangent of an angle."""
_LAMPS = (Material.LAMP, Material.COLD_LIGHT, Material.WARM_LIGHT, Material.FIGURE, Material.CABLE)
_HAZE_SHARE, _DEPTH_SHARE = 0.63, 2.0
"""How far the map reaches, in lengths of the haze and in distances of what is seen, whichever is less."""
_NEAREST, _NEAREST_INDOORS = (0.05, 0.50), (0.01, 0.25)
"""From which to which part of what is seen those distances are taken, nearest first."""
_AHEAD = 0.62
"""The map's middle lies so many reaches before the eye."""
_TALL, _SOFT, _SOFT_INDOORS = 0.95, 0.60, 0.02
"""What stands higher than so many reaches over the anchor is above the light: at the foot of a canyon it would else never come. What is
nearly as high stops a part of it, so that nothing changes at once as the eye rises."""
_PATCH = 16.0
"""Texels keep their place in a cube so many reaches wide."""
_HEADROOM = 0.1
"""A roof is at least so many reaches over the eye."""
_SHEET = 256
"""Pixels along a side of the sheet of lamps at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Fall:
    """How light falls on a content. Where it is stopped keeps its place in the City from one content to the next: the map's texels lie on
    a lattice there, and all else changes as slowly as the eye moves."""

    axes: F64
    """(3, 3) rows: right and upward on the map, and the way to the light; world axes."""
    up: F64
    """(3,) away from the City's centre."""
    side: int
    """Pixels along a side of the map."""
    middle: tuple[float, float]
    """Of the map: metres right and upward from the anchor."""
    half: float
    """Half the map's side in metres."""
    about: tuple[float, float]
    """The middle of what the map is asked for."""
    reach: float
    """Half the side of that in metres."""
    level: float
    """Metres over the anchor from where the light falls; what is higher does not stop it."""
    soft: float
    """Metres under the level in which things come to stop it."""
    floor: float
    """Metres over the anchor to the floor of the stratum: lamps keep their place on it."""
    roof: tuple[F64, F64] | None
    """Of a room: (2, 2) rows, the ways along which lamps hang, on the map; and (2,) where their middle is."""


def map_side(whole: tuple[int, int]) -> int:
    """Pixels along a side of the map for a picture of (width, height) pixels."""
    return min(max(max(whole) // 2, 8), SIDE)


def falls(content: Content, haze_length: float, forward: F64, side: int = SIDE, floor_radius: float | None = None) -> Fall:
    """How light falls about the anchor of a content. `forward` (3,) is the way the eye looks: most of the map lies there."""
    anchor = np.asarray(content.anchor, dtype=np.float64)
    radius = float(np.sqrt(anchor @ anchor))
    up = anchor / radius if radius > 0.0 else np.array([0.0, 0.0, 1.0])
    aslant = np.cross(up, [0.36, 0.48, 0.80])
    aslant /= np.sqrt(aslant @ aslant)
    light = up + _SLANT * aslant
    light /= np.sqrt(light @ light)
    right = np.cross(up, aslant)
    axes = np.stack([right, np.cross(light, right), light])
    reach = _reach(content.instances, haze_length, content.indoors)
    ahead = axes[:2] @ (forward - up * (forward @ up))
    about = _AHEAD * reach * ahead / max(float(np.sqrt(ahead @ ahead)), 0.3)
    fold = -(-side // _SHEET)
    side = max(side // fold, 1) * fold
    middle, half = _snapped(anchor, axes, about, reach, side, fold)
    fall = Fall(axes, up, side, middle, half, _pair(about), reach, _TALL * reach, _SOFT * reach, (floor_radius or radius) - radius, None)
    roof = _roof(content.instances, up, reach) if content.indoors else None
    if roof is None:
        return fall
    level, ways, hung = roof
    return replace(fall, level=level - 1e-3 * reach, soft=_SOFT_INDOORS * reach, roof=((axes[:2] @ ways[:, :2]).T, axes[:2] @ hung))


def _pair(values: F64) -> tuple[float, float]:
    a, b = values.tolist()
    return (a, b)


def _snapped(anchor: F64, axes: F64, about: F64, reach: float, side: int, fold: int) -> tuple[tuple[float, float], float]:
    """The middle and half side of a map that holds all that is asked for, its texels a power of the square root of two wide and on a
    lattice that stays where it is: `fold` of them, one of the sheet's, are a step of it."""
    texel = 2.0 ** (np.ceil(2.0 * np.log2(2.0 * reach / max(side - 2 * fold, 1))) / 2.0)
    pitch = 2.0 ** np.round(np.log2(_PATCH * reach))
    place = axes[:2] @ (anchor - np.round(anchor / pitch) * pitch)
    step = fold * texel
    return _pair(np.round((place + about) / step) * step - place), float(0.5 * side * texel)


def _reach(instances: Instances, haze_length: float, indoors: bool) -> float:
    """By what is seen, each part as much as it takes of the picture: the mean over a range of it, so that no single part decides."""
    position, size = instances.position.astype(np.float64), np.sort(instances.scale.astype(np.float64), axis=1)
    away = (position * position).sum(axis=1)
    if not len(away):
        return max(_HAZE_SHARE * haze_length, 4.0)
    share = np.minimum(size[:, 1] * size[:, 2] / np.maximum(away, 1e-9), 1.0)
    order = np.argsort(away, kind="stable")
    sums = np.cumsum(share[order])
    least, most = _NEAREST_INDOORS if indoors else _NEAREST
    logs = np.interp(np.linspace(least, most, 64) * sums[-1], sums, 0.5 * np.log(np.maximum(away[order], 1e-6)))
    seen = float(np.exp(logs.mean()))
    hazy, deep = _HAZE_SHARE * haze_length, _DEPTH_SHARE * seen
    # what is seen changes at once as the eye passes an edge, the haze never: out of doors both have a say
    return max(min(hazy, deep if indoors else float(np.sqrt(deep * hazy))), 4.0)


def _roof(instances: Instances, up: F64, half: float) -> tuple[float, F64, F64] | None:
    """The lowest wide slab over the eye: metres to its underside, its axes in columns, widest first, and its middle."""
    position, size = instances.position.astype(np.float64), instances.scale.astype(np.float64)
    away = np.sqrt((position * position).sum(axis=1))
    near = np.flatnonzero((np.sort(size, axis=1)[:, 1] > 0.12 * half) & (away < 2.0 * half + size.max(axis=1)))
    axes = matrix(instances.rotation[near].astype(np.float64))
    lean = np.abs(np.einsum("k,nkj->nj", up, axes))
    tall = (lean * size[near]).sum(axis=1)
    low = position[near] @ up - 0.5 * tall
    off = np.abs(np.einsum("nkj,nk->nj", axes, -position[near]))
    over = ((off < 0.5 * size[near]) | (lean > 0.7)).all(axis=1)
    found = np.flatnonzero(over & (low > _HEADROOM * half) & (tall < 0.3 * size[near].max(axis=1)))
    if not len(found):
        return None
    best = int(found[np.argmin(low[found])])
    return float(low[best]), axes[best][:, np.argsort(-size[near[best]], kind="stable")], position[near[best]]


def stoppers(instances: Instances, fall: Fall) -> Rows:
    """Which instances stop the light: large enough for the map, and about it; the largest first, as many as MOST triangles allow."""
    position = instances.position.astype(np.float64)
    size = np.sort(instances.scale, axis=1)
    a, b, _ = fall.axes @ position.T
    reach = 0.9 * size[:, 2]
    near = (np.abs(a - fall.middle[0]) < fall.half + reach) & (np.abs(b - fall.middle[1]) < fall.half + reach)
    low = position @ fall.up - 0.9 * size[:, 2] < fall.level
    wide = size[:, 1] > 2.0 * fall.half / fall.side
    solid = ~np.isin(instances.look[:, 0], _LAMPS)
    rows = np.flatnonzero(near & low & wide & solid)
    rows = rows[np.argsort(-(size[rows, 1] * size[rows, 2]), kind="stable")]
    cost = np.cumsum(triangle_counts()[instances.prototype[rows]])
    return np.asarray(rows[: int(np.searchsorted(cost, MOST, side="right"))])


def roofed(instances: Instances, fall: Fall, rows: Rows) -> float:
    """How much of the light is stopped over the eye, 0 to 1, were the stoppers laid at random: shafts are seen where there is a roof with
    holes, while under an open ceiling all air is lit and only pale."""
    position, size = instances.position[rows].astype(np.float64), instances.scale[rows].astype(np.float64)
    high = np.clip((position @ fall.up) / (0.2 * fall.reach), 0.0, 1.0) * np.clip((fall.level - position @ fall.up) / fall.soft, 0.0, 1.0)
    away = np.hypot(*(fall.axes[:2] @ position.T - np.asarray(fall.about)[:, None])) / fall.reach
    size = np.minimum(size, fall.reach)
    lean = np.abs(np.einsum("k,nkj->nj", fall.up, matrix(instances.rotation[rows].astype(np.float64))))
    area = (lean * size.prod(axis=1, keepdims=True) / np.maximum(size, 1e-9)).sum(axis=1)
    return float(1.0 - np.exp(-(area * high * np.clip(2.0 - away, 0.0, 1.0)).sum() / (4.0 * fall.reach**2)))


def sheet(content: Content, fall: Fall) -> NDArray[np.float32]:
    """(n, n) how strongly the lamps over each place of the map shine, row upward; n divides the map's side. Panels in fields,
    with many that are dead: those of a room lie along its ceiling, those of a layer keep their place in the City."""
    count = fall.side // -(-fall.side // _SHEET)
    at = ((np.arange(count) + 0.5) / count * 2.0 - 1.0) * fall.half
    a, b = np.meshgrid(at + fall.middle[0], at + fall.middle[1])
    if content.indoors and fall.roof is None:  # a vault, or a room that is not in the picture
        return np.zeros((count, count), np.float32)
    if fall.roof is not None:
        ways, hung = fall.roof
        x, y = (row[0] * (a - hung[0]) + row[1] * (b - hung[1]) for row in ways)
        return _fields(x, y, 0.16 * fall.reach, gap=0.16)
    x, y, size = _on_floor(np.asarray(content.anchor, dtype=np.float64), fall, a, b)
    return _fields(x, y, 0.15 * fall.reach / size, gap=0.04)


def _fields(x: F64, y: F64, pitch: float, gap: float) -> NDArray[np.float32]:
    """Lamps about `pitch` apart: a power of two, and between two of them both, so that none jumps as the pitch changes."""
    octave = float(np.log2(pitch))
    low = float(np.floor(octave))
    share = float(np.clip((octave - low - 0.5) / 0.6 + 0.5, 0.0, 1.0))
    share *= share * (3.0 - 2.0 * share)
    parts = [(weight, 2.0 ** (low + k)) for k, weight in enumerate((1.0 - share, share)) if weight > 0.0]
    return np.asarray(sum(weight * _panels(x, y, size, gap) for weight, size in parts), dtype=np.float32)


def _panels(x: F64, y: F64, pitch: float, gap: float) -> NDArray[np.float32]:
    """Square lamps `pitch` metres apart, `gap` of that on each side dark, lit in fields, with many that are dead; `x` and `y` in metres."""
    x, y = x / pitch, y / pitch
    i, j = np.floor(x), np.floor(y)
    lit = (0.68 * _field(0.33 * i, 0.33 * j, 1) + 0.32 * _drawn(i, j, 2) > 0.50) * (0.6 + 0.4 * _drawn(i, j, 3))
    rim = np.minimum(0.5 - np.abs(x - i - 0.5), 0.5 - np.abs(y - j - 0.5))
    return np.asarray(lit * np.clip((rim - gap) / 0.18, 0.0, 1.0), dtype=np.float32)


def _on_floor(anchor: F64, fall: Fall, a: F64, b: F64) -> tuple[F64, F64, float]:
    """Where the light through places of the map meets the stratum's floor, as seen from the City's centre on the side of a cube about it:
    the same for any anchor, so that lamps stay where they are. And how many metres there 1 is."""
    lift = fall.axes @ fall.up
    along = (fall.floor - a * lift[0] - b * lift[1]) / lift[2]
    there = anchor + a[..., None] * fall.axes[0] + b[..., None] * fall.axes[1] + along[..., None] * fall.axes[2]
    axis = int(np.argmax(np.abs(fall.up)))
    others = [k for k in range(3) if k != axis]
    far = np.abs(anchor[axis] + fall.up[axis] * fall.floor)
    depth = np.maximum(np.abs(there[..., axis]), 0.1 * far)
    return there[..., others[0]] / depth, there[..., others[1]] / depth, float(far)


def _field(x: F64, y: F64, salt: int) -> F64:
    """Smooth noise 0 to 1 on a lattice of pitch 1."""
    i, j = np.floor(x), np.floor(y)
    u, v = (t * t * (3.0 - 2.0 * t) for t in (x - i, y - j))
    corner = [[_drawn(i + di, j + dj, salt) for dj in (0, 1)] for di in (0, 1)]
    near, far = (corner[di][0] * (1.0 - v) + corner[di][1] * v for di in (0, 1))
    return np.asarray(near * (1.0 - u) + far * u)


def _drawn(i: F64, j: F64, salt: int) -> F64:
    a, b = (value.astype(np.int64).astype(np.uint64) for value in (i, j))
    with np.errstate(over="ignore"):
        keys = mix(a * np.uint64(0x9E3779B97F4A7C15) + mix(b + np.uint64(salt)))
    return np.asarray((keys >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def sheet_image(values: NDArray[np.float32]) -> vtkImageData:
    """The sheet as an image of four floats a texel."""
    image = vtkImageData()
    image.SetDimensions(values.shape[1], values.shape[0], 1)
    texels = np.repeat(values.reshape(-1, 1), 4, axis=1)
    texels[:, 3] = 1.0
    image.GetPointData().SetScalars(numpy_to_vtk(texels, deep=1))
    return image


class Skylight:
    """The map of one window: drawn when the content is another, kept for every frame until then."""

    def __init__(self, window: vtkRenderWindow, layer: int) -> None:
        self.window = window
        self.renderer = bare_renderer(window, layer)
        self.renderer.SetPreserveColorBuffer(False)
        self.renderer.InteractiveOff()
        self.frame = framebuffer(self.renderer, vtkTextureObject.Float32)
        self.part, self.fence = glyph_actor(), fence(window)
        replace_glyph_vertex(self.part, "fall.vert.glsl", ())
        self.part.GetShaderProperty().SetFragmentShaderCode(shader("fall.frag.glsl"))
        for actor in (self.part, self.fence):
            self.renderer.AddActor(actor)
        self.fall: Fall | None = None
        self._roofed = 0.0
        self._content: Content | None = None
        self._side = 0
        self._due = True
        self._dates, self._behind = Dates(), False

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """What draws into the map."""
        return (self.part,)

    def show(self, scene: Scene, frame: Frame, wanted: bool, rough: bool = False) -> vtkImageData | None:
        """Take over a scene; its sheet where the map is another. Draws when the window does, and only if it has to."""
        # it has to fit into the window, and is as fine in a tile as in the whole picture
        side = min(*self.window.GetSize(), map_side(frame.whole))
        stale = scene.content is not self._content or side > 1.5 * self._side
        found = None
        self._behind |= self._dates.turned(scene)
        if self._behind and not rough:  # years that fly by in a moving picture have their shadows when it rests
            self._due, self._behind = True, False
        if wanted and stale:
            found = self._take(scene, side)
        self.renderer.SetDraw(wanted and self._due)
        return found

    def _take(self, scene: Scene, side: int) -> vtkImageData:
        content = scene.content
        self._content, self._side, self._due = content, side, True
        look = scene.look
        self.fall = fall = falls(content, look.haze_length, np.asarray(scene.camera.forward), side, look.floor_radius)
        width, height = self.window.GetSize()
        self.renderer.SetViewport(0.0, 0.0, fall.side / width, fall.side / height)
        rows = stoppers(content.instances, fall)
        self._roofed = 1.0 if content.indoors else roofed(content.instances, fall, rows)
        self._dates.take(content.instances)
        self.part.GetMapper().SetInputDataObject(instance_data(content.instances, rows, self._dates.numbers))
        replace_glyph_vertex(self.part, "fall.vert.glsl", self._dates.switches)
        self._dates.tell(self.part)
        camera = self.renderer.GetActiveCamera()
        camera.SetPosition(0.0, 0.0, 0.0)
        camera.SetFocalPoint(*(-fall.axes[2]).tolist())
        camera.SetViewUp(*fall.axes[1].tolist())
        set_uniforms(self.part, self.uniforms())
        return sheet_image(sheet(content, fall))

    def uniforms(self) -> dict[str, Value]:
        """Where the map lies, for all who ask it."""
        fall = self.fall
        if fall is None:
            return {}
        right, upward, light = (tuple(row) for row in fall.axes.tolist())
        return {
            "fallRight": right,
            "fallUpward": upward,
            "fallLight": light,
            "fallUp": tuple(fall.up.tolist()),
            "fallMiddle": fall.middle,
            "fallHalf": fall.half,
            "fallLevel": fall.level,
            "fallSoft": fall.soft,
            "fallReach": fall.reach,
            "fallRoofed": self._roofed,
            "fallEdge": (*((m - c) / fall.reach for m, c in zip(fall.middle, fall.about, strict=True)), fall.half / fall.reach),
        }

    def drawn(self) -> None:
        """The window has drawn: the map is good until there is another content."""
        if self.renderer.GetDraw():
            self._due = False

    def release(self) -> None:
        """Let go of the window before it closes."""
        self.renderer.SetPass(None)  # type: ignore[arg-type]
        self.frame.ReleaseGraphicsResources(self.window)
        self.renderer.RemoveAllViewProps()
        for actor in (self.part, self.fence):
            drop(actor, self.window)
        self.window.RemoveRenderer(self.renderer)
