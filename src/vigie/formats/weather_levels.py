"""Levels of weather files: which all fields share, and the rules for those that a field lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FloatArray = NDArray[np.float64]

_CORE = ("east_m_s", "north_m_s", "temperature_k", "geopotential_height_m")
"""A level without one of these that a file holds elsewhere is of no use."""
_OMEGA_TOP_PA = 10000.0
_HUMID_TOP_PA = 30000.0


@dataclass(slots=True)
class Stack:
    """A field on levels where the pressure is a + b p_s, in any order."""

    a_pa: FloatArray
    b: FloatArray
    values: NDArray[np.floating]
    """Shape (n_levels, n_rows, n_columns)."""

    @property
    def keys(self) -> list[tuple[float, float]]:
        """Return what tells levels apart."""
        return _keys(self.a_pa, self.b)


class Telling(Protocol):
    """Where rules say that they were applied."""

    def tell(self, place: str, code: str, text: str) -> None:
        """Note what nothing is lost by."""

    def omit(self, place: str, text: str) -> None:
        """Note what is left out though it is sound."""


def shared_levels(stacks: Mapping[str, Stack], told: Telling) -> tuple[FloatArray, FloatArray]:
    """Return a and b of the levels that wind, temperature and height all have, bottom first."""
    core = [stacks[name] for name in _CORE if name in stacks] or list(stacks.values())
    if not core:
        return np.zeros(0), np.zeros(0)
    keys = set(core[0].keys).intersection(*(one.keys for one in core[1:]))
    every = set().union(*(one.keys for one in core))
    if len(every) > len(keys):
        shown = _shown(every - keys)
        told.omit("levels", f"levels that not all fields have: {shown}; left out")
    placed = sorted(keys, key=lambda level: -_pressure(level))
    both = np.array(placed, np.float64).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def fitted(
    name: str, stack: Stack, a_pa: FloatArray, b: FloatArray, told: Telling
) -> NDArray[np.floating] | None:
    """Return a field on given levels; None where it lacks levels for which there is no rule.

    Rules, each told: above 100 hPa a vertical wind that is not given is 0; above 300 hPa
    humidity is interpolated in the logarithm of pressure and held beyond the last level.
    """
    index = {key: k for k, key in enumerate(stack.keys)}
    wanted = _keys(a_pa, b)
    if not wanted:
        return None
    missing = [key for key in wanted if key not in index]
    if not missing:
        order = [index[key] for key in wanted]
        return stack.values if order == list(range(len(stack.b))) else stack.values[order]
    highest = max(_pressure(key) for key in missing)
    known = [key for key in wanted if key in index]
    if name == "omega_pa_s" and known and highest < _OMEGA_TOP_PA + 1.0:
        filled = np.zeros((len(wanted), *stack.values.shape[1:]), stack.values.dtype)
        for k, key in enumerate(wanted):
            if key in index:
                filled[k] = stack.values[index[key]]
        text = f"no vertical wind on {len(missing)} levels above {highest / 100.0:g} hPa; set to 0"
        told.tell(name, "weather.rule", text.replace("above", "from"))
        return filled
    if name == "specific_humidity" and known and highest < _HUMID_TOP_PA:
        text = f"humidity is not given at {_shown(missing)}; interpolated"
        told.tell(name, "weather.rule", text)
        return _interpolated(stack, index, wanted, known)
    told.omit(name, f"{name} is not given at {_shown(missing)}; left out")
    return None


def _interpolated(
    stack: Stack,
    index: Mapping[tuple[float, float], int],
    wanted: list[tuple[float, float]],
    known: list[tuple[float, float]],
) -> NDArray[np.floating]:
    # Bottom first, so the logarithm is turned to rise.
    have = -np.log([_pressure(key) for key in known])
    filled = np.empty((len(wanted), *stack.values.shape[1:]), stack.values.dtype)
    for k, key in enumerate(wanted):
        at = float(np.interp(-np.log(_pressure(key)), have, np.arange(len(known))))
        low = min(int(at), len(known) - 1)
        high = min(low + 1, len(known) - 1)
        lower, upper = (stack.values[index[known[j]]] for j in (low, high))
        filled[k] = lower + (at - low) * (upper - lower)
    return filled


def _keys(a_pa: FloatArray, b: FloatArray) -> list[tuple[float, float]]:
    return [(round(float(x), 4), round(float(y), 10)) for x, y in zip(a_pa, b, strict=True)]


def _pressure(key: tuple[float, float]) -> float:
    return key[0] + 1e5 * key[1]


def _shown(keys: Iterable[tuple[float, float]]) -> str:
    placed = sorted((_pressure(key) / 100.0 for key in keys), reverse=True)
    more = f" and {len(placed) - 6} more" if len(placed) > 6 else ""
    return ", ".join(f"{p:g}" for p in placed[:6]) + more + " hPa"
