"""Films: the frames of a tour, drawn one by one and kept until the film is whole, so that what was broken off goes on where it was."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from geometry.export.atomic import atomic
from viewer.drawing.caption import captioned
from viewer.drawing.picture import read_link, write_png
from viewer.drawing.reel import reel
from viewer.errors import InputError, LimitError
from viewer.link import link
from viewer.state import ViewState

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

U8 = NDArray[np.uint8]
LARGEST = 8192
"""Longest side of a frame in drawn pixels."""
TRIANGLES = 1_000_000
CODECS: dict[str, tuple[tuple[str, str, dict[str, str]], ...]] = {
    ".mp4": (("libx264", "yuv420p", {"crf": "16", "preset": "slow"}), ("mpeg4", "yuv420p", {"q": "2"})),
    ".webm": (("libvpx-vp9", "yuv420p", {"crf": "20", "b": "0"}),),
    ".gif": (("gif", "rgb8", {}),),
}
DEEP = {
    ".mp4": ("libx264", "yuv420p10le", {"crf": "16", "preset": "slow"}),
    ".webm": ("libvpx-vp9", "yuv420p10le", {"crf": "20", "b": "0"}),
}
"""What is written when 10 bits a colour are asked for."""


FRAME = re.compile(r"\{frame(?::(\d))?\}")
"""Where the number of a frame stands in its name, and with how many digits."""


def numbered(name: str, number: int, digits: int) -> str:
    """`a{frame}.png` or `a{frame:6}.png` with a number for the field, in `digits` where the name says nothing."""
    return FRAME.sub(lambda found: str(number).zfill(int(found[1] or digits)), name)


def shoot(
    states: list[ViewState],
    folder: Path,
    size: tuple[int, int],
    supersample: int = 1,
    *,
    name: str = "{frame}.png",
    max_triangles: int = TRIANGLES,
    caption: Callable[[ViewState], str] = lambda state: "",
    advance: Callable[[int, int], None] = lambda done, whole: None,
) -> list[Path]:
    """Draw the frames into a folder, one PNG each; those that are there already, of the same view and size, are kept.

    `caption` says what is written over a frame; `advance(done, whole)` is called after each. Returns their paths in order. Raises
    LimitError, OutputError.
    """
    if max(size) * supersample > LARGEST:
        raise LimitError(f"frames of {size[0]} x {size[1]} are too large for a film; give --size 4K or less, or --quality draft")
    folder.mkdir(parents=True, exist_ok=True)
    digits = max(len(str(len(states))), 4)
    paths = [folder / numbered(name, number, digits) for number in range(1, len(states) + 1)]
    with reel(states, size, supersample, max_triangles) as camera:
        for done, (state, path) in enumerate(zip(states, paths, strict=True), 1):
            line = caption(state)
            also = f"{' captioned' if line else ''}{' faded' if camera.fades(done - 1) else ''}"
            drawn = f"{size[0]}x{size[1]} x{supersample} {max_triangles}{also}"
            said = {"city": link(state), "Software": "megastructure", "Comment": drawn}
            if not _is_there(path, said):
                write_png(path, captioned(camera.draw(done - 1), line), said)
            advance(done, len(states))
    return paths


def _is_there(path: Path, said: dict[str, str]) -> bool:
    try:
        return read_link(path) == said["city"] and said["Comment"].encode("latin-1") in path.read_bytes()[:8192]
    except OSError:
        return False


def check_codec(output: Path, *, deep: bool = False) -> tuple[str, str, dict[str, str]]:
    """What a film of this ending is written with: codec, pixel format and options. Raises InputError without the extra `video`."""
    try:
        import av
    except ImportError:
        raise InputError(
            f"{output.name} needs PyAV: pip install av (here: .venv/bin/uv pip install av), or write frames: -o 'folder/{{frame}}.png'"
        ) from None
    ending = output.suffix.lower()
    if deep and ending not in DEEP:
        raise InputError(f"{output.name}: a {ending[1:]} has 8 bits a colour; write .mp4 or .webm for 10")
    found = next((row for row in ((DEEP[ending],) if deep else CODECS[ending]) if row[0] in av.codecs_available), None)
    if found is None:
        raise InputError(f"{output.name}: this PyAV cannot write {ending[1:]} films; write .gif, or frames: -o 'folder/{{frame}}.png'")
    return found


def encode(frames: list[Path], output: Path, fps: int, *, deep: bool = False, force: bool = False) -> None:
    """Write the frames as a film by the ending of its name: .mp4, .webm or .gif; whole or not at all.

    Raises InputError without the extra `video`, OutputError where it cannot be written.
    """
    codec, pixels, options = check_codec(output, deep=deep)
    import av
    from PIL import Image

    ending = output.suffix.lower()
    draft = frames[0].parent / f"film{ending}"
    with av.open(str(draft), "w", format=ending[1:]) as film:
        stream = cast("VideoStream", film.add_stream(codec, rate=Fraction(fps), options=options))
        for number, path in enumerate(frames):
            with Image.open(path) as image:
                picture = np.asarray(image.convert("RGB"), dtype=np.uint8)
            if number == 0:
                even = 1 if ending == ".gif" else 2  # most codecs want even sides: the odd last row or column is left out
                stream.height, stream.width = (side // even * even for side in picture.shape[:2])
                stream.pix_fmt = pixels
            _add(film, stream, picture[: stream.height, : stream.width])
        film.mux(stream.encode(None))
    with draft.open("rb") as source, atomic(output, force=force) as file:
        while block := source.read(1 << 20):
            file.write(block)
    draft.unlink()


def _add(film: OutputContainer, stream: VideoStream, picture: U8) -> None:
    import av

    film.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))


def clear(folder: Path) -> None:
    """Take the frames of a film that is whole away."""
    shutil.rmtree(folder, ignore_errors=True)
