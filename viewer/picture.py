"""Stills: a scene drawn off screen into an array, in tiles where it is large, and PNG files that carry their link."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkLogger, vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from geometry.export.atomic import atomic
from viewer.render_uniforms import Frame
from viewer.renderer import Renderer
from viewer.scene import Scene

U8 = NDArray[np.uint8]

TILE = 4096
"""Longest side drawn in one go, in drawn pixels (supersampled): past 16,384 a framebuffer comes back black without an error."""
MARGIN = 384
"""Drawn pixels around a tile, so that glow and occlusion see across its edge."""


def _pixels(window: vtkRenderWindow) -> U8:
    width, height = window.GetSize()
    raw = vtkUnsignedCharArray()
    window.GetPixelData(0, 0, width - 1, height - 1, 0, raw, 0)
    return np.asarray(vtk_to_numpy(raw), dtype=np.uint8).reshape(height, width, 3)[::-1]


def _blocks(values: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    height, width, channels = values.shape
    shape = (height // factor, factor, width // factor, factor, channels)
    return np.asarray(values.reshape(shape).mean(axis=(1, 3), dtype=np.float32))


def _reduced(pixels: U8, cover: NDArray[np.float32] | None, factor: int) -> U8:
    """Mean of factor x factor blocks in linear light; with `cover` (h, w, 1) of what is drawn only, and an alpha channel."""
    linear = ((np.arange(256, dtype=np.float32) / 255.0) ** np.float32(2.2))[pixels]
    if cover is None:
        mean = _blocks(linear, factor)
    else:
        share = _blocks(cover, factor)
        mean = np.asarray(_blocks(linear * cover, factor) / np.maximum(share, 1e-6), dtype=np.float32)
    colour = np.clip(mean ** np.float32(1 / 2.2) * 255.0 + 0.5, 0, 255).astype(np.uint8)
    if cover is None:
        return np.asarray(colour, dtype=np.uint8)
    return np.concatenate([colour, (share * 255.0 + 0.5).astype(np.uint8)], axis=2)


def offscreen(width: int, height: int) -> vtkRenderWindow:
    """A render window without a screen (X, EGL or OSMesa, whichever VTK finds)."""
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)  # without X, VTK warns before it takes EGL or OSMesa
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetSize(width, height)
    return window


def _tiles(length: int, factor: int) -> list[tuple[int, int]]:
    """(start, end) in final pixels of the tiles along one side, each at most TILE drawn pixels."""
    count = -(-length * factor // TILE)
    edges = [length * i // count for i in range(count + 1)]
    return list(pairwise(edges))


def _span(start: int, end: int, length: int) -> tuple[int, int]:
    return (max(start - MARGIN, 0), min(end + MARGIN, length)) if end - start < length else (0, length)


def still(scene: Scene, size: tuple[int, int], *, supersample: int = 2, transparent: bool = False) -> U8:
    """(h, w, 3 or 4) uint8, top row first. Drawn `supersample` times larger and averaged; the same picture on the same driver.

    Raises ValueError for a size below 1 x 1.
    """
    if min(size) < 1 or supersample < 1:
        raise ValueError(f"a picture of {size[0]} x {size[1]} pixels cannot be drawn")
    width, height = size[0] * supersample, size[1] * supersample
    out = np.zeros((size[1], size[0], 4 if transparent else 3), dtype=np.uint8)
    window = offscreen(8, 8)
    renderer = Renderer(window, taps=16)
    try:
        if max(width, height) > TILE:
            _expose(renderer, scene, size)
        for y0, y1 in _tiles(size[1], supersample):
            for x0, x1 in _tiles(size[0], supersample):
                pixels = _tile(renderer, scene, (width, height), (x0, x1, y0, y1), supersample, transparent)
                out[size[1] - y1 : size[1] - y0, x0:x1] = pixels
    finally:
        renderer.release()
        window.Finalize()
    return out


def sample(scene: Scene, size: tuple[int, int]) -> tuple[U8, NDArray[np.float32]]:
    """A quick picture to judge a view by: (h, w, 3) uint8, and (h, w) metres along the sight axis, infinite where there is nothing."""
    width, height = 2 * size[0], 2 * size[1]
    window = offscreen(width, height)
    renderer = Renderer(window, taps=4)
    try:
        renderer.show(scene, Frame(width, height, (width, height), supersample=2))
        renderer.render()
        inverse = renderer.gbuffer()[::-2, ::2, 1]
        depth = np.where(inverse > 0.0, 1.0 / np.where(inverse > 0.0, inverse, 1.0), np.inf).astype(np.float32)
        return _reduced(_pixels(window), None, 2), depth
    finally:
        renderer.release()
        window.Finalize()


def _expose(renderer: Renderer, scene: Scene, size: tuple[int, int]) -> None:
    """Find the exposure of the whole on a small picture of it, before its tiles are drawn."""
    scale = max(max(size) / 512.0, 1.0)
    renderer.window.SetSize(max(int(size[0] / scale), 1), max(int(size[1] / scale), 1))
    renderer.show(scene)
    renderer.render()
    renderer.expose()


def _tile(renderer: Renderer, scene: Scene, whole: tuple[int, int], box: tuple[int, int, int, int], factor: int, transparent: bool) -> U8:
    x0, x1, y0, y1 = (edge * factor for edge in box)
    (left, right), (bottom, top) = _span(x0, x1, whole[0]), _span(y0, y1, whole[1])
    renderer.window.SetSize(right - left, top - bottom)
    renderer.show(scene, Frame(right - left, top - bottom, whole, (left, bottom), factor))
    renderer.render()
    high = top - bottom
    rows, columns = slice(high - (y1 - bottom), high - (y0 - bottom)), slice(x0 - left, x1 - left)
    cover = (renderer.gbuffer()[::-1, :, 1:2] > 0.0).astype(np.float32)[rows, columns] if transparent else None
    return _reduced(_pixels(renderer.window)[rows, columns], cover, factor)


_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: U8, text: Mapping[str, str]) -> bytes:
    """A PNG file of (h, w, 3 or 4) uint8 with text chunks (Latin-1). The same pixels give the same bytes."""
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if channels == 4 else 2, 0, 0, 0)
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    rows[1:, 0] = 2
    rows[1:, 1:] -= pixels.reshape(height, -1)[:-1]
    texts = [_chunk(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1", "replace")) for key, value in text.items()]
    data = _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
    return b"".join([_SIGNATURE, _chunk(b"IHDR", header), *texts, data, _chunk(b"IEND", b"")])


def write_png(path: str | Path, pixels: U8, text: Mapping[str, str], *, force: bool = True) -> None:
    """Write a PNG whole or not at all; the text chunk "city" holds the permalink.

    Raises OutputError, also where the file exists and `force` is off.
    """
    with atomic(path, force=force) as output:
        output.write(png(pixels, text))


def read_link(path: str | Path) -> str | None:
    """The permalink in a PNG of ours, or None. Raises OSError when the file cannot be read."""
    with Path(path).open("rb") as file:
        if file.read(8) != _SIGNATURE:
            return None
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind in (b"IDAT", b"IEND") or length > 1 << 20:
                return None
            data = file.read(length)
            file.read(4)
            key, _, value = data.partition(b"\0")
            if kind == b"tEXt" and key == b"city":
                return value.decode("latin-1")
    return None
