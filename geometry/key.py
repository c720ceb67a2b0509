"""Keys: the 64-bit integers every decision of the City is drawn from.

A key belongs to one address; `derive` makes a child's key, `Stream` draws from a key. The mixing function is
splitmix64 (Steele, Lea, Flood 2014), vectorised, so a draw costs the same alone or in a batch of millions and
never depends on the order in which places are visited. Draws are named by purpose: adding a purpose
disturbs no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_UNIT = 2.0**-53
_S30, _S27, _S31, _M1, _M2 = (np.uint64(x) for x in (30, 27, 31, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_S11, _S32 = np.uint64(11), np.uint64(32)
_STEPS = np.uint64(_GOLDEN) * np.arange(1, 4097, dtype=np.uint64)
"""What the first draws of every purpose add to its start: most purposes have few."""


def mix(x: ArrayLike) -> U64:
    """Splitmix64's finaliser: a bijection of 64-bit integers in which every input bit reaches every output bit."""
    z = np.asarray(x, dtype=np.uint64)
    # arrays wrap around silently, single numbers warn
    return _mixed(z) if z.ndim else _mixed(z.reshape(1)).reshape(())


def _mixed(z: U64) -> U64:
    mixed = z >> _S30  # in place from here on: what is drawn for few rows costs calls and allocations, not sums
    mixed ^= z
    mixed *= _M1
    mixed ^= mixed >> _S27
    mixed *= _M2
    mixed ^= mixed >> _S31
    return mixed


def _mix_int(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


@lru_cache(maxsize=4096)
def word(text: str) -> int:
    """64-bit FNV-1a of a word: the same number in every process, whatever PYTHONHASHSEED says."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & _MASK
    return value


def derive(key: int, name: str, number: int = 0) -> int:
    """The key of step `name number` below `key`."""
    return _mix_int((_mix_int(key ^ word(name)) + _GOLDEN * (number + 1)) & _MASK)


def derive_many(key: int, name: str, numbers: ArrayLike) -> U64:
    """`derive` for an array of numbers, the same bits: uint64 (n,)."""
    steps = np.asarray(numbers).astype(np.uint64)
    with np.errstate(over="ignore"):
        return mix(np.uint64(_mix_int(key ^ word(name))) + np.uint64(_GOLDEN) * (steps + np.uint64(1)))


def derive_each(keys: U64, name: str, numbers: ArrayLike) -> U64:
    """`derive` from many keys at once, the same bits: keys (n,) and numbers that broadcast to them."""
    steps = np.asarray(numbers).astype(np.uint64)
    with np.errstate(over="ignore"):
        return mix(mix(keys ^ np.uint64(word(name))) + np.uint64(_GOLDEN) * (steps + np.uint64(1)))


def unit_of(key: int, name: str) -> float:
    """One number in [0, 1) of a key: `mix(key ^ word(name)) >> 11` as a multiple of 2^-53, quicker as a plain integer."""
    return (_mix_int(key ^ word(name)) >> 11) * _UNIT


@dataclass(frozen=True, slots=True)
class Stream:
    """Draws from one key. Each method takes a purpose and a count and always gives that purpose's first n draws."""

    key: int

    def sub(self, name: str, number: int = 0) -> Stream:
        """An independent stream below this one."""
        return Stream(derive(self.key, name, number))

    def bits(self, purpose: str, n: int) -> U64:
        """uint64 (n,)."""
        start = np.uint64(_mix_int(self.key ^ word(purpose)))
        steps = _STEPS[:n] if n <= len(_STEPS) else np.uint64(_GOLDEN) * np.arange(1, n + 1, dtype=np.uint64)
        return _mixed(start + steps)

    def unit(self, purpose: str, n: int) -> F64:
        """float64 (n,) in [0, 1), multiples of 2^-53."""
        return (self.bits(purpose, n) >> _S11).astype(np.float64) * _UNIT

    def units(self, purposes: Sequence[str], n: int) -> F64:
        """float64 (k, n): `unit` of k purposes at once, the same bits. Rows of few draws cost a call each otherwise."""
        start = _mixed(np.array([self.key ^ word(purpose) for purpose in purposes], dtype=np.uint64))
        steps = _STEPS[:n] if n <= len(_STEPS) else np.uint64(_GOLDEN) * np.arange(1, n + 1, dtype=np.uint64)
        return (_mixed(start[:, None] + steps) >> _S11).astype(np.float64) * _UNIT

    def between(self, purpose: str, n: int, low: ArrayLike, high: ArrayLike) -> F64:
        """float64 (n,) in [low, high)."""
        return np.asarray(low + self.unit(purpose, n) * (np.asarray(high) - np.asarray(low)), dtype=np.float64)

    def whole(self, purpose: str, n: int, low: int, high: int) -> NDArray[np.int64]:
        """int64 (n,) in [low, high): integer arithmetic only."""
        upper = self.bits(purpose, n) >> _S32
        return low + ((upper * np.uint64(high - low)) >> _S32).astype(np.int64)

    def choice(self, purpose: str, n: int, weights: ArrayLike) -> NDArray[np.int64]:
        """int64 (n,): indices into `weights` (non-negative integers), drawn in proportion."""
        steps = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(steps, self.whole(purpose, n, 0, int(steps[-1])), side="right")

    def one(self, purpose: str) -> float:
        """A single draw in [0, 1)."""
        # one number is quicker as a plain integer
        return (_mix_int((_mix_int(self.key ^ word(purpose)) + _GOLDEN) & _MASK) >> 11) * _UNIT


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """Many streams at once: stream i draws what `Stream(keys[i])` draws, the same bits. Draws are asked for by the row of their
    stream (n,) and by their number in it (n,), so that a draw does not hang on what else is asked."""

    keys: U64

    @classmethod
    def of(cls, *keys: int) -> Streams:
        """The streams of keys given one by one."""
        return cls(np.array(keys, dtype=np.uint64))

    def __len__(self) -> int:
        return len(self.keys)

    def sub(self, name: str, number: int = 0) -> Streams:
        """An independent stream below each."""
        if len(self.keys) == 1:
            return Streams.of(derive(int(self.keys[0]), name, number))
        return Streams(derive_each(self.keys, name, number))

    def bits(self, purpose: str, row: NDArray[np.int64], number: NDArray[np.int64], each: int = 1) -> U64:
        """uint64 (n, each): draws number * each and on of each row's stream."""
        first = (number * each).astype(np.uint64)
        first *= np.uint64(_GOLDEN)
        if len(self.keys) == 1:
            first += np.uint64(_mix_int(int(self.keys[0]) ^ word(purpose)))
        else:
            first += _mixed(self.keys ^ np.uint64(word(purpose)))[row]
        return _mixed(first[:, None] + _STEPS[:each])

    def unit(self, purpose: str, row: NDArray[np.int64], number: NDArray[np.int64], each: int = 1) -> F64:
        """float64 (n, each) in [0, 1), multiples of 2^-53."""
        bits = self.bits(purpose, row, number, each)
        bits >>= _S11
        drawn = bits.astype(np.float64)
        drawn *= _UNIT
        return drawn

    def choice(self, purpose: str, row: NDArray[np.int64], number: NDArray[np.int64], weights: ArrayLike) -> NDArray[np.int64]:
        """int64 (n,): indices into `weights` (non-negative integers), drawn in proportion."""
        steps = np.asarray(weights, dtype=np.int64).cumsum()
        upper = self.bits(purpose, row, number)[:, 0] >> _S32
        return steps.searchsorted(((upper * np.uint64(steps[-1])) >> _S32).astype(np.int64), side="right")
