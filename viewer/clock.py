"""What work costs: processor seconds, which other programs do not lengthen much."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def busy() -> float:
    """Processor seconds so far of this process, its threads and the processes it waited for."""
    others = os.times()  # counts in hundredths of a second, which is too coarse for this process itself
    return time.process_time() + others.children_user + others.children_system


def spent(work: Callable[[], object]) -> float:
    """Processor seconds that something takes."""
    start = busy()
    work()
    return busy() - start
