"""A worker thread for which only the latest wish counts."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Found = TypeVar("Found")


class Latest(Generic[Wish, Found]):
    """Grants wishes one after the other. A new wish replaces one that has not begun, and stops one that has."""

    def __init__(self, name: str, grant: Callable[[Wish, Callable[[], bool]], Found], on_ready: Callable[[], None] | None = None) -> None:
        """`grant(wish, stopped)` runs in a thread called `name`; what it returns once `stopped()` is true is thrown away. `on_ready` is
        called from that thread whenever there is something new."""
        self._grant, self._on_ready = grant, on_ready
        self._changed = Condition()
        self._wanted: Wish | None = None
        self._generation = self._answered = 0
        self._latest: Found | None = None
        self._failure: BaseException | None = None
        self._closing = False
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def ask(self, wish: Wish, *, forget: bool = False) -> None:
        """Drop whatever was asked before, and with `forget` what was found for it."""
        with self._changed:
            self._wanted = wish
            if forget:
                self._latest = None
            self._generation += 1
            self._changed.notify_all()

    def latest(self) -> Found | None:
        """The newest that was found, or None. Raises what the work failed with, once."""
        with self._changed:
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure
            return self._latest

    def answer(self) -> tuple[int, Found | BaseException | None]:
        """The number of the last wish that was granted, counted from 1, and the newest that was found or what the work failed with."""
        with self._changed:
            failure, self._failure = self._failure, None
            return self._answered, failure or self._latest

    @property
    def busy(self) -> bool:
        """Whether a wish has not been granted yet."""
        with self._changed:
            return self._wanted is not None

    def wait(self, timeout: float = 60.0) -> Found | None:
        """Block until the last wish is granted; what was found, or None on timeout."""
        with self._changed:
            done = self._changed.wait_for(lambda: self._wanted is None or self._failure is not None, timeout)
        return self.latest() if done else None

    def offer(self, found: Found) -> None:
        """From within the work: something to go on with until the wish is granted."""
        with self._changed:
            self._latest = found
        self._say()

    def close(self, wait: bool = True) -> None:
        """Stop the worker, and wait until it has stopped."""
        with self._changed:
            self._closing = True
            self._generation += 1
            self._changed.notify_all()
        if wait:
            self._thread.join(timeout=10.0)

    def _say(self) -> None:
        if self._on_ready is not None:
            self._on_ready()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._wanted is not None)
                if self._closing or self._wanted is None:
                    return
                wish, generation = self._wanted, self._generation
            self._answer(wish, generation)

    def _answer(self, wish: Wish, generation: int) -> None:
        found, failure = None, None
        try:
            found = self._grant(wish, lambda: self._generation != generation)
        except Exception as error:  # noqa: BLE001  # handed to the caller of latest()
            failure = error
        with self._changed:
            if generation != self._generation:
                return
            self._latest, self._failure = self._latest if failure else found, failure
            self._answered, self._wanted = generation, None
            self._changed.notify_all()
        self._say()
