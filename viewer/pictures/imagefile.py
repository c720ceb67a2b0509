"""Pictures as files: PNG, JPEG, WebP and EXR, each with the permalink of its view inside, and the reader that finds it again.

Samples are numbers as on the screen, 8 or 16 bits; an EXR holds the same picture in linear light, as half floats.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geometry.export.atomic import LimitError, atomic

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
F32 = NDArray[np.float32]
Samples = U8 | U16
KINDS = (".png", ".jpg", ".jpeg", ".webp", ".exr")
"""Endings of the files that can be written."""
DEEP_KINDS = (".png", ".exr")
"""Those that hold more than 8 bits a sample."""
CLEAR_KINDS = (".png", ".webp", ".exr")
"""Those that can have a clear background."""
LINK = "city"
"""Name of the text that holds the permalink."""
GAMMA = 2.2
"""Of the numbers on the screen, over linear light."""
_PNG = b"\x89PNG\r\n\x1a\n"
_ZLIB = b"\x78\x5e"
"""The head of a zlib stream: deflate, 32 KB of window, quick."""
_EFFORT = 3
"""Of zlib, 1 to 9: 6 takes 3.6 times as long, and our pictures become 1 to 4 % smaller by it."""
_STRIP = 256
"""Rows that are squeezed in one go: an 8K picture is a hundred megabytes."""
_EXR = b"\x76\x2f\x31\x01"
_DESCRIPTION = 0x010E
"""The Exif tag of a picture's description."""
_QUALITY = 95
_WEBP_SIDE = 16_383
_ROWS = 16
"""Rows of a block of a zipped EXR."""


def encoded(pixels: Samples, kind: str, text: Mapping[str, str]) -> bytes:
    """The bytes of a file of (h, w, 3 or 4) uint8 or uint16; `kind` is one of KINDS. The same pixels give the same bytes.

    Raises LimitError where the format cannot hold so many pixels.
    """
    if kind == ".png":
        return png(pixels, text)
    if kind == ".exr":
        return exr({name: half(pixels[..., n], linear=name != "A") for n, name in enumerate("RGBA"[: pixels.shape[2]])}, text)
    return _pillow(np.asarray(pixels, dtype=np.uint8), kind, text)


def write(path: str | Path, pixels: Samples, text: Mapping[str, str], *, force: bool = True) -> None:
    """Write a picture whole or not at all, in the format that the name ends in; `text["city"]` is the permalink.

    Raises OutputError, also where the file exists and `force` is off; LimitError.
    """
    data = encoded(pixels, Path(path).suffix.lower(), text)
    with atomic(path, force=force) as output:
        output.write(data)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: Samples, text: Mapping[str, str]) -> bytes:
    """A PNG file of (h, w, 3 or 4) uint8 or uint16 with text chunks (Latin-1). Strips are squeezed side by side, on as many processors as
    there are; the bytes are the same on any number."""
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, 6 if channels == 4 else 2, 0, 0, 0)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        strips = list(workers.map(lambda start: _squeezed(pixels, start), range(0, height, _STRIP)))
    check = 1
    for _, sum_, length in strips:
        check = _adler_of_both(check, sum_, length)
    texts = [_chunk(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1", "replace")) for key, value in text.items()]
    data = _chunk(b"IDAT", b"".join([_ZLIB, *(packed for packed, _, _ in strips), struct.pack(">I", check)]))
    return b"".join([_PNG, _chunk(b"IHDR", header), *texts, data, _chunk(b"IEND", b"")])


def _squeezed(pixels: Samples, start: int) -> tuple[bytes, int, int]:
    """A strip of rows as raw deflate, each less the one above it (RFC 1951, PNG filter 2); its Adler-32 and its length before."""
    wide, count = pixels.dtype.itemsize, pixels.shape[1] * pixels.shape[2]
    rows = pixels[max(start - 1, 0) : start + _STRIP]
    flat = rows.astype(">u2" if wide == 2 else np.uint8).reshape(len(rows), -1).view(np.uint8)
    above = flat[:-1] if start else np.concatenate([np.zeros((1, count * wide), np.uint8), flat[:-1]])
    lines = np.full((len(above), 1 + count * wide), 2, dtype=np.uint8)
    np.subtract(flat[len(flat) - len(above) :], above, out=lines[:, 1:])
    raw, squeeze = lines.tobytes(), zlib.compressobj(_EFFORT, zlib.DEFLATED, -15)
    last = start + _STRIP >= len(pixels)
    return squeeze.compress(raw) + squeeze.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH), zlib.adler32(raw), len(raw)


def _adler_of_both(first: int, second: int, length: int) -> int:
    """Adler-32 of two texts on end, from that of each and the second's length (RFC 1950)."""
    base = 65_521
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % base
    high = ((first >> 16) + (second >> 16) + length * ((first & 0xFFFF) - 1)) % base
    return high << 16 | low


def _pillow(pixels: U8, kind: str, text: Mapping[str, str]) -> bytes:
    """A JPEG or a WebP; the permalink is the description in its Exif."""
    from PIL import Image

    if kind == ".webp" and max(pixels.shape[:2]) > _WEBP_SIDE:
        raise LimitError(f"a WebP is at most {_WEBP_SIDE} pixels a side; write a .png")
    exif = Image.Exif()
    exif[_DESCRIPTION] = text.get(LINK, "")
    file = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if kind == ".webp":
        image.save(file, "WEBP", quality=_QUALITY, method=4, exif=exif)
    else:
        image.save(file, "JPEG", quality=_QUALITY, subsampling=0, optimize=True, exif=exif)
    return file.getvalue()


def half(samples: Samples, *, linear: bool) -> NDArray[np.float16]:
    """Samples of 8 or 16 bits as half floats from 0 to 1; `linear` turns the numbers on the screen into light."""
    top = np.iinfo(samples.dtype).max
    table = np.arange(top + 1, dtype=np.float64) / top
    return np.asarray((table**GAMMA if linear else table).astype(np.float16)[samples], dtype=np.float16)


def exr(channels: Mapping[str, NDArray[np.float16] | F32], text: Mapping[str, str]) -> bytes:
    """An OpenEXR file, zipped, of channels (h, w) float16 or float32 by name, with attributes of text."""
    names = sorted(channels)
    height, width = channels[names[0]].shape
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    listed = b"".join(name.encode() + struct.pack("<xiBxxxii", 1 if channels[name].dtype == np.float16 else 2, 0, 1, 1) for name in names)
    head = b"".join(
        [
            _EXR + struct.pack("<I", 2),
            _attribute("channels", "chlist", listed + b"\0"),
            *(_attribute(key, "string", value.encode("utf-8")) for key, value in text.items()),
            _attribute("compression", "compression", b"\x03"),
            _attribute("dataWindow", "box2i", box),
            _attribute("displayWindow", "box2i", box),
            _attribute("lineOrder", "lineOrder", b"\0"),
            _attribute("pixelAspectRatio", "float", struct.pack("<f", 1.0)),
            _attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0.0, 0.0)),
            _attribute("screenWindowWidth", "float", struct.pack("<f", 1.0)),
            b"\0",
        ]
    )
    blocks = [_block([channels[name][y : y + _ROWS] for name in names], y) for y in range(0, height, _ROWS)]
    place = len(head) + 8 * len(blocks)
    offsets = np.cumsum([place, *(len(block) for block in blocks[:-1])], dtype="<u8")
    return b"".join([head, offsets.tobytes(), *blocks])


def _attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def _block(rows: list[NDArray[np.float16] | F32], y: int) -> bytes:
    """Rows y and on, channel by channel in each row: even bytes, then odd ones, each less the one before, zipped."""
    little = [np.ascontiguousarray(row, dtype=row.dtype.newbyteorder("<")) for row in rows]
    raw = np.concatenate([row.view(np.uint8).reshape(len(row), -1) for row in little], axis=1).ravel()
    split = np.concatenate([raw[::2], raw[1::2]])
    step = split.copy()
    step[1:] = split[1:] - split[:-1] + np.uint8(128)
    packed = zlib.compress(step.tobytes(), 6)
    data = packed if len(packed) < len(raw) else raw.tobytes()
    return struct.pack("<ii", y, len(data)) + data


def read_link(path: str | Path) -> str | None:
    """The permalink in a picture of ours, or None. Raises OSError when the file cannot be read."""
    with Path(path).open("rb") as file:
        head = file.read(12)
        file.seek(0)
        if head.startswith(_PNG):
            return _link_in_png(file)
        if head.startswith(_EXR):
            return _link_in_exr(file.read(1 << 20))
        if head.startswith(b"\xff\xd8\xff") or (head.startswith(b"RIFF") and head[8:] == b"WEBP"):
            return _link_in_exif(file)
    return None


def _link_in_png(file: io.BufferedReader) -> str | None:
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in (b"IDAT", b"IEND") or length > 1 << 20:
            return None
        data = file.read(length)
        file.read(4)
        key, _, value = data.partition(b"\0")
        if kind == b"tEXt" and key == LINK.encode():
            return value.decode("latin-1")
    return None


def _link_in_exr(head: bytes) -> str | None:
    at = 8
    while at < len(head) and head[at]:
        name, _, rest = head[at : at + 300].partition(b"\0")
        kind = rest.partition(b"\0")[0]
        at += len(name) + len(kind) + 2
        if at + 4 > len(head):
            return None
        length = struct.unpack_from("<i", head, at)[0]
        if length < 0:
            return None
        if name == LINK.encode() and kind == b"string":
            return head[at + 4 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    return None


def _link_in_exif(file: io.BufferedReader) -> str | None:
    from PIL import Image

    try:
        with Image.open(file, formats=("JPEG", "WEBP")) as image:
            said = image.getexif().get(_DESCRIPTION)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError):
        return None  # not a whole picture: then there is no link in it
    return said if isinstance(said, str) and said else None
