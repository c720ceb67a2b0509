"""A question answered in a process of its own, once: pickled there, and the answer, or what was raised, pickled back.

`python -m MODULE` ends in `serve`. Both ends are this program, and the pipe is theirs alone.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from subprocess import PIPE, Popen
from threading import Thread
from typing import Any

from geometry.child import command, surroundings
from viewer.errors import LimitError

_HEARD_S = 0.03
"""Between two looks whether an answer is still wanted."""


def begun(module: str) -> Popen[bytes]:
    """The process that will answer."""
    return Popen(command(module), stdin=PIPE, stdout=PIPE, env=surroundings())


def told(process: Popen[bytes], question: object) -> Any:
    """What it answers, or the error that it raised; None where it ended without. Blocks."""
    answered, _ = process.communicate(pickle.dumps(question, pickle.HIGHEST_PROTOCOL))
    return pickle.loads(answered) if answered else None


def ask(module: str, question: object, heard: Callable[[], None]) -> Any:
    """The answer of a module. `heard` is called now and then, and ends the process by raising. Raises what the module raised; LimitError
    where its process was ended by others."""
    process, found = begun(module), list[Any]()
    listener = Thread(target=lambda: found.append(told(process, question)), name="asked", daemon=True)
    listener.start()
    try:
        while listener.is_alive():
            heard()
            listener.join(_HEARD_S)
    except BaseException:
        process.terminate()
        raise
    answer = found[0] if found else None
    if isinstance(answer, BaseException):
        raise answer
    if answer is None:
        raise LimitError("the process that was asked ended, perhaps for want of memory; ask for less")
    return answer


def serve(answer: Callable[[Any], object], expected: type[Exception], stand_back: int = 0) -> int:
    """Answer one question, as a program; what is `expected` to be raised is an answer, too. `stand_back`: the process's niceness."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked, and ends us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # temporary files are swept on the way out
    if hasattr(os, "nice"):
        os.nice(stand_back)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what is printed by chance does not get between
    question = pickle.load(sys.stdin.buffer)
    try:
        found = answer(question)
    except expected as error:
        found = error
    try:
        pickle.dump(found, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
    except BrokenPipeError:  # who asked was killed
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())  # for what is still to be flushed at the end
    return 0
