"""Stills: a scene drawn off screen into an array, in tiles where it is large, and what lies behind its pixels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from time import process_time

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.misc import calldata_type
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.util.vtkConstants import VTK_STRING
from vtkmodules.vtkCommonCore import vtkLogger, vtkOutputWindow, vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkTextureObject

from viewer.drawing.passes import framebuffer, read_texture
from viewer.drawing.renderer import Renderer
from viewer.drawing.skylight import map_side
from viewer.drawing.uniforms import Frame
from viewer.errors import DisplayError, LimitError
from viewer.pictures.imagefile import GAMMA, Samples, png, read_link
from viewer.pictures.imagefile import write as write_png
from viewer.scene import Scene

__all__ = ["Sampler", "behind", "offscreen", "png", "read_link", "seconds_by_pass", "still", "watched", "write_png"]

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
Advance = Callable[[float], None]

TILE = 4608
"""Longest side drawn in one go, in drawn pixels (supersampled): past 16,384 a framebuffer comes back black without an error."""
WHOLE = 16_000
"""Longest side of a passenger's picture in drawn pixels: it is bent from one that is drawn whole."""
MARGIN = 480
"""Drawn pixels around a tile, so that glow and occlusion see across its edge: the latter looks an eighth of 4320 rows far."""
GLOW = 192
"""Drawn pixels about a tile whose light its glows may ask for."""
_STEP = 48
"""What is drawn begins and ends at whole pixels of the widest glow, or each tile would have a lattice of its own."""
_PROBE = 512
"""Longest side of the small picture by which the whole is exposed."""
RAY_SHARE, RAY_SIDE = 2, 1920
"""Pixels along the side of those that share their rays, or more: rays are gathered for a picture no longer than this."""
_STRIP = 256
"""Rows that are averaged in one go: in floats a whole tile would take more than it took to draw."""


def _pixels(window: vtkRenderWindow) -> U8:
    width, height = window.GetSize()
    raw = vtkUnsignedCharArray()
    window.GetPixelData(0, 0, width - 1, height - 1, 0, raw, 0)
    return np.asarray(vtk_to_numpy(raw), dtype=np.uint8).reshape(height, width, 3)[::-1]


def _blocks(values: F32, factor: int) -> F32:
    height, width, channels = values.shape
    shape = (height // factor, factor, width // factor, factor, channels)
    return np.asarray(values.reshape(shape).mean(axis=(1, 3), dtype=np.float32))


def _reduced(pixels: U8 | F32, cover: F32 | None, factor: int, deep: bool = False) -> Samples:
    """Mean of factor x factor blocks in linear light; with `cover` (h, w, 1) of what is drawn only, and an alpha channel."""
    if factor == 1 and cover is None and not deep and pixels.dtype == np.uint8:
        return np.asarray(pixels, dtype=np.uint8)
    rows = range(0, len(pixels), _STRIP * factor)
    strips = (slice(row, row + _STRIP * factor) for row in rows)
    return np.concatenate([_strip(pixels[at], None if cover is None else cover[at], factor, deep) for at in strips])


def _strip(pixels: U8 | F32, cover: F32 | None, factor: int, deep: bool) -> Samples:
    if pixels.dtype == np.uint8:
        linear = ((np.arange(256, dtype=np.float32) / 255.0) ** np.float32(GAMMA))[pixels.astype(np.uint8)]
    else:
        linear = np.asarray(np.clip(pixels, 0.0, 1.0), dtype=np.float32) ** np.float32(GAMMA)
    if cover is None:
        mean = _blocks(linear, factor)
    else:
        share = _blocks(cover, factor)
        mean = np.asarray(_blocks(linear * cover, factor) / np.maximum(share, 1e-6), dtype=np.float32)
    top, kind = (65_535.0, np.uint16) if deep else (255.0, np.uint8)
    colour = np.clip(mean ** np.float32(1 / GAMMA) * top + 0.5, 0, top).astype(kind)
    return colour if cover is None else np.concatenate([colour, (share * top + 0.5).astype(kind)], axis=2)


def offscreen(width: int, height: int) -> vtkRenderWindow:
    """A render window without a screen (X, EGL or OSMesa, whichever VTK finds)."""
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)  # without X, VTK warns before it takes EGL or OSMesa
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetSize(width, height)
    return window


@contextmanager
def watched() -> Iterator[None]:
    """While it lasts, what VTK complains of is kept; at the end it is raised as DisplayError: a driver that cannot compile a shader
    would else leave a black picture and say that all went well."""
    said: list[str] = []

    @calldata_type(VTK_STRING)  # type: ignore[untyped-decorator]
    def heard(caller: object, event: str, text: str) -> None:
        del caller, event
        said.append(text)

    output = vtkOutputWindow.GetInstance()
    mode, verbosity = output.GetDisplayMode(), vtkLogger.GetCurrentVerbosityCutoff()
    output.SetDisplayModeToNever()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    tag = output.AddObserver("ErrorEvent", heard)  # type: ignore[arg-type]
    try:
        yield
    finally:
        output.RemoveObserver(tag)
        output.SetDisplayMode(mode)
        vtkLogger.SetStderrVerbosity(verbosity)
    if said:
        advice = "update the graphics driver, or set LIBGL_ALWAYS_SOFTWARE=1"
        raise DisplayError(f"OpenGL could not draw the picture ({_reason(said)}); {advice}")


def _reason(said: list[str]) -> str:
    """What VTK said first, without who said it; a shader's own text, which comes before what is wrong with it, tells nobody anything."""
    lines = [line for text in said if "#version" not in text for line in text.splitlines() if line.strip() and "ERROR: In" not in line]
    return re.sub(r"^\w+ \(\w+\): ", "", lines[0]).strip()[:160] if lines else "a shader does not compile"


def _tiles(length: int, factor: int) -> list[tuple[int, int]]:
    """(start, end) in final pixels of the tiles along one side, each at most TILE drawn pixels."""
    count = -(-length * factor // TILE)
    edges = [length * i // count for i in range(count + 1)]
    return list(pairwise(edges))


def _span(start: int, end: int, length: int) -> tuple[int, int]:
    """From where to where is drawn for a tile: with its margins, and a little past the end of the picture."""
    last = -(-length // _STEP) * _STEP
    if end - start == length:
        return 0, last
    return max((start - MARGIN) // _STEP * _STEP, 0), min(-(-(end + MARGIN) // _STEP) * _STEP, last)


def _lit(start: int, end: int, low: int, high: int) -> tuple[float, float]:
    """From where to where, 0 to 1, light is worked out of what is drawn from low to high: as far as glows reach about what is kept."""
    return max(start - GLOW - low, 0) / (high - low), min(end + GLOW - low, high - low) / (high - low)


def still(
    scene: Scene,
    size: tuple[int, int],
    *,
    supersample: int = 2,
    transparent: bool = False,
    deep: bool = False,
    rays: int = 0,
    advance: Advance = lambda part: None,
) -> Samples:
    """(h, w, 3 or 4) uint8, or uint16 when `deep`, top row first. Drawn `supersample` times larger and averaged; the same picture on the
    same driver. Within the City `rays` a pixel gather its light, if that is not 0. `advance` is told the part done, tile by tile.

    Raises ValueError for a size below 1 x 1, DisplayError where OpenGL fails, UsageError for rays without Embree.
    """
    _check(size, supersample)
    width, height = size[0] * supersample, size[1] * supersample
    shape = (size[1], size[0], 4 if transparent else 3)
    out: Samples = np.zeros(shape, dtype=np.uint16) if deep else np.zeros(shape, dtype=np.uint8)
    with _studio(deep, transparent) as (renderer, shot):
        _prepare(renderer, scene, size, (width, height), rays)
        for box, rows, columns in _drawn(renderer, scene, size, supersample, advance):
            cover = (renderer.gbuffer()[::-1, :, 1:2] > 0.0).astype(np.float32)[rows, columns] if transparent else None
            x0, x1, y0, y1 = box
            out[size[1] - y1 : size[1] - y0, x0:x1] = _reduced(shot()[rows, columns], cover, supersample, deep)
    return out


def seconds_by_pass(scene: Scene, size: tuple[int, int], supersample: int = 2) -> dict[str, float]:
    """Seconds of processor that each pass of a still takes over all of its tiles, that its preparation takes (what is uploaded and
    compiled, the exposure; the map of light is told by itself), and reading and averaging.

    Raises ValueError, DisplayError as `still`.
    """
    _check(size, supersample)
    found: dict[str, float] = {}
    began = process_time()
    with _studio() as (renderer, shot):
        found["map of light"] = _prepare(renderer, scene, size, (size[0] * supersample, size[1] * supersample))
        found["prepare"] = process_time() - began - found["map of light"]
        for _, rows, columns in _drawn(renderer, scene, size, supersample, lambda part: None):
            began = process_time()
            _reduced(shot()[rows, columns], None, supersample)
            found["read"] = found.get("read", 0.0) + process_time() - began
            for name, seconds in renderer.seconds_by_pass(1, mapped=True).items():
                found[name] = found.get(name, 0.0) + seconds
    return found


def _check(size: tuple[int, int], supersample: int) -> None:
    if min(size) < 1 or supersample < 1:
        raise ValueError(f"a picture of {size[0]} x {size[1]} pixels cannot be drawn")


@contextmanager
def _studio(deep: bool = False, alone: bool = False) -> Iterator[tuple[Renderer, Callable[[], U8 | F32]]]:
    """A renderer without a screen, and what gives its last picture: bytes, or floats when `deep`; what is drawn
    `alone` shows nothing of the sky at its edges. Raises DisplayError."""
    window = offscreen(8, 8)
    renderer = Renderer(window, taps=16, picked=False, alone=alone)
    film = framebuffer(renderer.overlay, vtkTextureObject.Float32) if deep else None

    def shot() -> U8 | F32:
        return _pixels(window) if film is None else read_texture(window, film.GetColorTexture())[::-1, :, :3]

    try:
        with watched():
            yield renderer, shot
    finally:
        if film is not None:
            film.ReleaseGraphicsResources(window)
        renderer.release()
        window.Finalize()


Box = tuple[int, int, int, int]


def _drawn(renderer: Renderer, scene: Scene, size: tuple[int, int], factor: int, advance: Advance) -> Iterator[tuple[Box, slice, slice]]:
    """Draw the picture tile by tile: (x0, x1, y0, y1) in final pixels from the lower left, and its drawn rows and columns from the top."""
    boxes = [(x0, x1, y0, y1) for y0, y1 in _tiles(size[1], factor) for x0, x1 in _tiles(size[0], factor)]
    if scene.motion is not None:
        if max(size) * factor > WHOLE:
            raise LimitError(f"what a passenger sees is drawn in one go, up to {WHOLE // factor} pixels wide; give --size less")
        boxes = [(0, size[0], 0, size[1])]
    for done, box in enumerate(boxes, 1):
        yield box, *_tile(renderer, scene, (size[0] * factor, size[1] * factor), box, factor)
        advance(done / len(boxes))


def _tile(renderer: Renderer, scene: Scene, whole: tuple[int, int], box: Box, factor: int) -> tuple[slice, slice]:
    x0, x1, y0, y1 = (edge * factor for edge in box)
    (left, right), (bottom, top) = _span(x0, x1, whole[0]), _span(y0, y1, whole[1])
    renderer.window.SetSize(right - left, top - bottom)
    renderer.show(scene, Frame(right - left, top - bottom, whole, (left, bottom), factor))
    renderer.trim((*_lit(x0, x1, left, right), *_lit(y0, y1, bottom, top)))
    renderer.render()
    high = top - bottom
    return slice(high - (y1 - bottom), high - (y0 - bottom)), slice(x0 - left, x1 - left)


def _prepare(renderer: Renderer, scene: Scene, size: tuple[int, int], drawn: tuple[int, int], rays: int = 0) -> float:
    """Draw the one map of light for the whole, gather its light, and find its exposure on a small picture: the same however many tiles
    there will be. Seconds of processor that the map took."""
    side = map_side(drawn)
    renderer.window.SetSize(side, side)
    renderer.show(scene, Frame(side, side, drawn))
    began = process_time()
    renderer.map_light()
    mapped = process_time() - began
    if rays and scene.look.inside and not scene.camera.parallel:
        from viewer.drawing.gather import gathered

        share = max(RAY_SHARE, max(size) / RAY_SIDE)
        coarse = (max(round(size[0] / share), 1), max(round(size[1] / share), 1))
        renderer.take_rays(gathered(scene, *_behind(renderer, scene, coarse), rays))
    _expose(renderer, scene, size)
    return mapped


def _expose(renderer: Renderer, scene: Scene, size: tuple[int, int]) -> None:
    """Find the exposure of the whole on a small picture of it."""
    scale = max(max(size) / _PROBE, 1.0)
    renderer.window.SetSize(max(int(size[0] / scale), 1), max(int(size[1] / scale), 1))
    renderer.show(scene)
    renderer.render()
    renderer.expose()


def behind(scene: Scene, size: tuple[int, int]) -> tuple[F32, F32]:
    """What lies behind the pixels of a picture: (h, w) metres along the sight axis, infinite where there is nothing; and (h, w, 3) unit
    normals in the City's axes, zero there. Raises ValueError, DisplayError."""
    _check(size, 1)
    with _studio() as (renderer, _):
        return _behind(renderer, scene, size)


def _behind(renderer: Renderer, scene: Scene, size: tuple[int, int]) -> tuple[F32, F32]:
    depth, normal = np.zeros((size[1], size[0]), np.float32), np.zeros((size[1], size[0], 3), np.float32)
    for (x0, x1, y0, y1), rows, columns in _drawn(renderer, scene, size, 1, lambda part: None):
        found = renderer.gbuffer()[::-1][rows, columns]
        place = slice(size[1] - y1, size[1] - y0), slice(x0, x1)
        depth[place], normal[place] = _depth(found[..., 1]), _normals(found[..., 0])
    normal[~np.isfinite(depth)] = 0.0
    return depth, normal


def _depth(inverse: F32) -> F32:
    return np.where(inverse > 0.0, 1.0 / np.where(inverse > 0.0, inverse, 1.0), np.inf).astype(np.float32)


def _normals(code: F32) -> F32:
    """(..., 3) unit vectors of the G-buffer's octahedral codes, as unpackNormal in common.glsl."""
    packed = code.astype(np.int64) % (1 << 22)
    x, y = ((packed >> shift & 2047) / 2047.0 * 2.0 - 1.0 for shift in (0, 11))
    z = 1.0 - np.abs(x) - np.abs(y)
    folded = np.where(z < 0.0, (1.0 - np.abs(y)) * np.where(x >= 0.0, 1.0, -1.0), x)
    turned = np.where(z < 0.0, (1.0 - np.abs(x)) * np.where(y >= 0.0, 1.0, -1.0), y)
    found = np.stack([folded, turned, z], axis=-1)
    return np.asarray(found / np.sqrt((found**2).sum(axis=-1, keepdims=True)), dtype=np.float32)


class Sampler:
    """Quick pictures to judge views by, many with one renderer."""

    def __init__(self, size: tuple[int, int], supersample: int = 2, taps: int = 4, *, like: int | None = None) -> None:
        """`size` is (width, height) of the pictures; `taps` occlusion samples a pixel. Surface detail is sized for `supersample`, or for
        the number of samples that it is to be `like`."""
        self._factor, self._like = supersample, like
        self._size = (supersample * size[0], supersample * size[1])
        self._window = offscreen(*self._size)
        self._renderer = Renderer(self._window, taps=taps, picked=False)

    def take(self, scene: Scene) -> None:
        """Upload a scene's content and say how light falls on it, for pictures of the same content to come. Draws nothing."""
        self._renderer.show(scene, Frame(*self._size, self._size, supersample=self._factor, like=self._like))

    def __call__(self, scene: Scene) -> tuple[U8, F32]:
        """(h, w, 3) uint8, and (h, w) metres along the sight axis, infinite where there is nothing. Raises DisplayError."""
        with watched():
            self._renderer.show(scene, Frame(*self._size, self._size, supersample=self._factor, like=self._like))
            self._renderer.render()
            depth = _depth(self._renderer.gbuffer()[:: -self._factor, :: self._factor, 1])
            return np.asarray(_reduced(_pixels(self._window), None, self._factor), dtype=np.uint8), depth

    def rows(self) -> NDArray[np.int64]:
        """(h, w) of the last picture: the row of the part behind each pixel, the content's instances first and plates after them; -1 where
        there is nothing."""
        found = self._renderer.gbuffer()[:: -self._factor, :: self._factor]
        return np.where(found[..., 1] > 0.0, found[..., 2], -1.0).astype(np.int64)

    def close(self) -> None:
        """Give the renderer back."""
        self._renderer.release()
        self._window.Finalize()
