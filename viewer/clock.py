"""What work costs: processor seconds, which other programs do not lengthen much."""

from __future__ import annotations

import os


def busy() -> float:
    """Processor seconds so far of this process, its threads and the processes it waited for."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system
