"""Noise that remembers: AR(1) series that can be read at any second without running up to it.

A living signal is not white: the heart rate of this second is close to that of the second before. A first-order
autoregressive series has that property, but the usual loop must start at the beginning. Here the series is cut into
blocks of 64 steps. The values at the cuts follow from hashed numbers, and a value between two cuts is found by halving:
the middle of an AR(1) series, given both ends, is normal with a mean and a variance that are known exactly (a bridge).
So any instant costs about ten hashes, the past can be drawn before the future, and the same seed gives the same body.
"""

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache

_BLOCK = 64
_MASK = (1 << 64) - 1
# Four 16-bit uniforms summed: mean 131070, standard deviation 2 * 65536 / sqrt(12), and never beyond 3.47 of them.
_MEAN = 131_070.0
_SCALE = math.sqrt(12.0) / (2.0 * 65_536.0)
# The longest memory keeps the correlation over a block below 0.12, so cuts further back weigh less than 0.2 %.
_LONGEST_STEPS = 30
_CUTS_BACK = 2


def stream_key(*names: object) -> int:
    """Return 64 bits that belong to these names (a seed, a bed, a channel) on every machine and in every process."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def hashed(key: int, n: int) -> int:
    """Return 64 well-mixed bits for the n-th number of a stream. Source: SplitMix64 (Steele, Lea, Flood 2014)."""
    z = (key + n * 0x9E37_79B9_7F4A_7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return z ^ (z >> 31)


def uniform(key: int, n: int) -> float:
    """Return the n-th number of a stream, evenly spread over [0, 1)."""
    return hashed(key, n) / 2.0**64


def gaussian(key: int, n: int) -> float:
    """Return the n-th number of a stream: mean 0, deviation 1, bell-shaped, never beyond ±3.47 (Irwin–Hall of 4)."""
    z = hashed(key, n)
    return ((z & 0xFFFF) + (z >> 16 & 0xFFFF) + (z >> 32 & 0xFFFF) + (z >> 48) - _MEAN) * _SCALE


@lru_cache(maxsize=64)
def _halvings(memory_steps: float) -> dict[int, tuple[float, float]]:
    """Return, by the distance from a middle to its ends, the weight of either end and the deviation around the mean."""
    table = {}
    gap = _BLOCK // 2
    while gap:
        a = math.exp(-gap / memory_steps)
        table[gap] = (a / (1.0 + a * a), math.sqrt((1.0 - a * a) / (1.0 + a * a)))
        gap //= 2
    return table


@lru_cache(maxsize=64)
def _cuts(memory_steps: float) -> tuple[float, float]:
    """Return the correlation of neighbouring cuts, and what brings a finite sum of innovations to deviation 1."""
    rho = math.exp(-_BLOCK / memory_steps)
    return rho, math.sqrt((1.0 - rho * rho) / (1.0 - rho ** (2 * (_CUTS_BACK + 1))))


@dataclass(frozen=True, slots=True)
class Wander:
    """A stationary AR(1) series with mean 0 and deviation 1.

    Attributes:
        key: which series, from `stream_key`.
        memory_s: seconds after which the correlation has fallen to 1/e.
        step_s: seconds between two values; times between them are joined by a straight line.
    """

    key: int
    memory_s: float
    step_s: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.memory_s <= _LONGEST_STEPS * self.step_s:
            raise ValueError(f"a memory of {self.memory_s} s needs steps of {self.memory_s / _LONGEST_STEPS} s or more")

    def at(self, t: float) -> float:
        """Return the value at `t` seconds; any `t`, also before 0."""
        position = t / self.step_s
        n = math.floor(position)
        share = position - n
        memory_steps = self.memory_s / self.step_s
        if self.step_s == 1.0 and share == 0.0:
            return _value(self.key, memory_steps, n)
        value = _slow_value(self.key, memory_steps, n)
        return value + share * (_slow_value(self.key, memory_steps, n + 1) - value)


def _value(key: int, memory_steps: float, n: int) -> float:
    block, offset = divmod(n, _BLOCK)
    left = _cut(key, memory_steps, block)
    if offset == 0:
        return left
    right = _cut(key, memory_steps, block + 1)
    halvings = _halvings(memory_steps)
    low, gap = 0, _BLOCK // 2
    while True:
        middle = low + gap
        weight, deviation = halvings[gap]
        value = weight * (left + right) + deviation * gaussian(key, block * _BLOCK + middle)
        if offset == middle:
            return value
        if offset < middle:
            right = value
        else:
            low, left = middle, value
        gap //= 2


# Asked for every second while it changes once a minute or slower.
_slow_value = lru_cache(maxsize=32_768)(_value)


@lru_cache(maxsize=32_768)
def _cut(key: int, memory_steps: float, block: int) -> float:
    rho, scale = _cuts(memory_steps)
    value = 0.0
    for back in range(_CUTS_BACK, -1, -1):
        value = rho * value + gaussian(key, (block - back) * _BLOCK)
    return value * scale
