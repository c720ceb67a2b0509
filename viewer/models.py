"""Models for the screen: GLB in its modes, split by place where one file cannot hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from geometry.export import Report as Made
from geometry.export import write_glb
from geometry.spec import differences
from geometry.version import GENERATOR_VERSION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geometry.export import Piece
    from viewer.jobs import Export

Told = Callable[[float, str], None]


def make_model(
    job: Export,
    pieces: Iterable[Piece],
    axes: NDArray[np.float64] | None,
    words: tuple[str, str, str],
    told: Told,
    said: list[str],
) -> list[Made]:
    """Write the model; `words` are its title, permalink and exaggeration. Raises OutputError, LimitError, Cancelled."""
    title, permalink, exaggerated = words
    extras: dict[str, Any] = {
        "link": permalink,
        "address": title,
        "exaggeration": exaggerated,
        "parameters": differences(job.state.city),
        "generator_version": GENERATOR_VERSION,
    }
    return [write_glb(pieces, job.output, title=title, extras=extras, mode=job.mode, axes=axes, force=job.force, progress=told)]
