"""Exports too large for one file: divided by place into several, about one origin and at one scale, so that they stand together."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from geometry.export import OutputError
from geometry.export import Report as Made
from geometry.export.piece import Piece, Share, Store, Survey, portions, survey
from geometry.export.report import Watch
from geometry.export.sheet import Sheet
from viewer.outputs import check_outputs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from viewer.files.jobs import Export

Told = Callable[[float, str], None]
Write = Callable[[Iterable[Piece], str, Survey | None, Told], Made]
"""Pieces, the file's path, a survey of all where it is one of several files, and whom to tell, to what was made."""
_MARGIN = 1.5
"""How many times as large as expected a file may become: colours of corners, faces that close cuts."""


def written(
    job: Export,
    pieces: Iterable[Piece],
    axes: NDArray[np.float64] | None,
    size_of: Callable[[Sheet], int],
    write: Write,
    told: Told,
    said: list[str],
) -> Iterator[Made]:
    """One file; or several by place where all do not fit into one. `size_of`: the most bytes that a place takes in a file."""
    from viewer.files.jobs import export_bytes, most_bytes

    most = most_bytes(job.suffix)
    if most is None or job.mode == "nodes" or job.union or _MARGIN * export_bytes(job.suffix, job.max_triangles) <= most:
        yield write(pieces, job.output, None, told)
        return
    with closing(Store(pieces, os.path.realpath(Path(job.output).parent))) as store:
        found = survey(store.first(), Watch(0), axes)
        some = portions(map(size_of, found.sheets), most)
        if len(some) == 1:
            yield write(Share(store, some[0]), job.output, None, told)
            return
        stem = Path(job.output).stem
        paths = [str(Path(job.output).with_stem(f"{stem}-{number}")) for number in range(1, len(some) + 1)]
        check_outputs(paths, (job.suffix,), job.force)
        _refuse_too_many(job.output, len(some), sum(map(size_of, found.sheets)))
        for number, (path, numbers) in enumerate(zip(paths, some, strict=True)):
            yield write(Share(store, numbers), path, found, partial(_of_all, told, number, len(paths)))
    said.append(f"too large for one file: written as {len(paths)}, which stand together when all are opened")


def _refuse_too_many(output: str, count: int, size: int) -> None:
    """Raise OutputError where files of so many bytes in all do not fit the disk: before the first, for those that are done would stay."""
    free = shutil.disk_usage(os.path.realpath(Path(output).parent)).free
    if size > free:
        raise OutputError(
            f"cannot write '{output}': it takes {count} files of up to {size / 1e9:.3g} GB in all and {free / 1e9:.3g} GB are free; "
            "free some space, or lower --max-triangles"
        )


def _of_all(told: Told, number: int, count: int, part: float, text: str) -> None:
    """How far all files are, when one of them is so far."""
    told((number + part) / count, text)
