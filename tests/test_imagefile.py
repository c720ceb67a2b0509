"""Pictures as files: every format opens elsewhere, holds the same picture and its link, and comes out the same twice."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geometry.export.atomic import LimitError, OutputError
from viewer.pictures import imagefile
from viewer.pictures.imagefile import KINDS, encoded, exr, half, read_link, write

LINK = "city://1/40?hour=18.05&style=ink"
WORDS = {"city": LINK, "Software": "megastructure"}


def picture(high: int = 37, wide: int = 53, channels: int = 3) -> np.ndarray:
    """A smooth picture, so that lossy formats keep it."""
    y, x = np.mgrid[0:high, 0:wide]
    found = np.stack([255 * x / wide, 255 * y / high, 127 + 60 * np.sin((x + y) / 9.0), 255 * x / wide][:channels], axis=-1)
    return found.astype(np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_the_link_is_in_every_format_and_bytes_repeat(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"wall ü{kind}"
    write(path, picture(), WORDS)
    assert read_link(path) == LINK
    assert path.read_bytes() == encoded(picture(), kind, WORDS) == encoded(picture(), kind, WORDS)
    with pytest.raises(OutputError):
        write(path, picture(), WORDS, force=False)


@pytest.mark.parametrize(("kind", "off"), [(".png", 0), (".jpg", 4), (".webp", 8)])
def test_others_read_the_same_picture(kind: str, off: int) -> None:
    read = np.asarray(Image.open(io.BytesIO(encoded(picture(), kind, WORDS))).convert("RGB"))
    assert np.abs(read.astype(int) - picture()).max() <= off + (4 if off else 0)
    assert np.abs(read.astype(int) - picture()).mean() <= off / 3


@pytest.mark.parametrize("channels", [3, 4])
def test_a_png_of_16_bits_keeps_them(channels: int) -> None:
    deep = picture(300, 20, channels).astype(np.uint16) * 257 + 3
    data = encoded(deep, ".png", WORDS)
    width, height, bits, colour = struct.unpack(">IIBB", data[16:26])
    assert (width, height, bits, colour) == (20, 300, 16, 2 if channels == 3 else 6)
    at = data.index(b"IDAT")
    raw = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + struct.unpack(">I", data[at - 4 : at])[0]]), np.uint8).reshape(300, -1)
    rows = np.cumsum(raw[:, 1:], axis=0, dtype=np.uint8)
    assert (raw[:, 0] == 2).all()
    assert np.array_equal(rows.reshape(300, 20, channels, 2).view(">u2")[..., 0], deep)


def blocks(data: bytes, row: int) -> list[bytes]:
    """The unzipped blocks of 16 rows of `row` bytes, read by the format's own rules."""
    header = data.index(b"screenWindowWidth\0") + len(b"screenWindowWidth\0float\0") + 4 + 4 + 1
    height = struct.unpack_from("<4i", data, data.index(b"dataWindow\0box2i\0") + 21)[3] + 1
    found = []
    for offset in struct.unpack_from(f"<{-(-height // 16)}Q", data, header):
        y, size = struct.unpack_from("<ii", data, offset)
        rows = min(16, height - y)
        raw = data[offset + 8 : offset + 8 + size]
        if size < rows * row:
            step = np.frombuffer(zlib.decompress(raw), np.uint8).astype(np.int64)
            step[1:] -= 128
            split = (np.cumsum(step) % 256).astype(np.uint8)
            both = np.zeros(len(split), np.uint8)
            both[::2], both[1::2] = split[: -(-len(split) // 2)], split[-(-len(split) // 2) :]
            raw = both.tobytes()
        found.append(raw)
    return found


def test_an_exr_holds_linear_light() -> None:
    data = encoded(picture(), ".exr", WORDS)
    assert data[:8] == b"\x76\x2f\x31\x01\x02\x00\x00\x00"
    rows = np.frombuffer(b"".join(blocks(data, 53 * 6)), np.float16).reshape(37, 3, 53)
    for place, channel in enumerate("BGR"):
        light = (picture()[..., "RGB".index(channel)] / 255.0) ** 2.2
        assert np.abs(rows[:, place] - light).max() < 1e-3


def test_depth_is_kept_in_floats() -> None:
    depth = np.full((5, 7), 1.5e12, np.float32)
    depth[0, 0] = np.inf
    rows = np.frombuffer(b"".join(blocks(exr({"Z": depth}, WORDS), 28)), np.float32).reshape(5, 7)
    assert np.array_equal(rows, depth)


def test_transparency_is_no_light() -> None:
    assert half(np.array([128], np.uint8), linear=False)[0] == pytest.approx(128 / 255, abs=1e-3)
    assert half(np.array([128], np.uint8), linear=True)[0] == pytest.approx((128 / 255) ** 2.2, abs=1e-3)
    assert np.asarray(Image.open(io.BytesIO(encoded(picture(channels=4), ".webp", WORDS)))).shape[2] == 4


def test_a_webp_has_a_largest_side() -> None:
    with pytest.raises(LimitError, match="16383"):
        encoded(np.zeros((1, 20_000, 3), np.uint8), ".webp", WORDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [0, 1, 4, 11, 12, 40, 90, 300])
def test_half_a_file_is_no_crash(kind: str, length: int, tmp_path: Path) -> None:
    path = tmp_path / f"half{kind}"
    path.write_bytes(encoded(picture(), kind, WORDS)[:length])
    assert read_link(path) in (None, LINK)


def test_a_picture_of_somebody_else_has_no_link(tmp_path: Path) -> None:
    for kind in (".png", ".jpg", ".webp"):
        Image.fromarray(picture()).save(tmp_path / f"a{kind}")
        assert read_link(tmp_path / f"a{kind}") is None
    (tmp_path / "a.exr").write_bytes(exr({"Z": np.zeros((2, 2), np.float32)}, {}))
    assert read_link(tmp_path / "a.exr") is None
    assert imagefile.LINK == "city"
