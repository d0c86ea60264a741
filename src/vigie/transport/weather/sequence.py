"""Weather over time: the air between any two times, made when it is needed.

Only the few latest are kept: a run goes through the weather once, forward or backward.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from vigie.errors import ParameterError
from vigie.records import NS_PER_S
from vigie.transport.weather.flow import Air, air_of, flow_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from vigie.records import WeatherState
    from vigie.transport.air import Flow

_T = TypeVar("_T")
_KEPT = 3
LONGEST_GAP_S = 12.5 * 3600.0
"""Between two times winds go linearly; over longer the weather itself would be lost."""


class WeatherSequence:
    """States at rising times, brought to air in motion between them.

    Parameters
    ----------
    times_ns : iterable of int
    load : callable
        Returns the state of a time, by its number.
    own_layer : bool
        Take the height of the boundary layer from the weather, where it gives one.

    Raises
    ------
    ParameterError
        Fewer than two times, times that do not rise, or a gap of more than half a day.
    """

    def __init__(
        self,
        times_ns: Iterable[int],
        load: Callable[[int], WeatherState],
        *,
        own_layer: bool = False,
    ) -> None:
        self.times_ns: NDArray[np.int64] = np.array(list(times_ns), dtype=np.int64)
        gaps = np.diff(self.times_ns)
        if len(gaps) < 1 or np.any(gaps <= 0):
            value = f"{len(self.times_ns)} times"
            raise ParameterError(name="weather", value=value, expected="two times or more, rising")
        if float(gaps.max()) / NS_PER_S > LONGEST_GAP_S:
            value = f"a gap of {gaps.max() / NS_PER_S / 3600.0:g} h"
            expected = f"times at most {LONGEST_GAP_S / 3600.0:g} h apart"
            raise ParameterError(name="weather", value=value, expected=expected)
        self._load, self._own_layer, self._rain = load, own_layer, False
        self._airs: OrderedDict[int, Air] = OrderedDict()
        self._flows: OrderedDict[int, Flow] = OrderedDict()
        self.surface_from: set[str] = set()
        """Where friction and heat came from, keys of ``SURFACE_FALLBACK``; of what was used."""
        self.dry = False
        """Whether a state that was used tells no humidity, so that nothing overturns in it."""
        self.rainless = False
        """Whether of some time that was used no rain is known, so that it washes nothing out."""

    @property
    def reference_ns(self) -> int:
        """Time that is 0 s."""
        return int(self.times_ns[0])

    @property
    def reach_ns(self) -> tuple[int, int]:
        """First and last time."""
        return int(self.times_ns[0]), int(self.times_ns[-1])

    def need_rain(self) -> None:
        """Look for rain and clouds from now on; without it nothing is washed out."""
        if not self._rain:
            self._rain = True
            self._airs.clear()
            self._flows.clear()

    def flow(self, one_s: float, other_s: float) -> Flow:
        """Return the air between the times that hold both ends of a step, in either order."""
        times = (self.times_ns - self.reference_ns) / NS_PER_S
        middle = 0.5 * (one_s + other_s)
        k = int(np.clip(np.searchsorted(times, middle, side="right") - 1, 0, len(times) - 2))
        if k not in self._flows:
            first, second = self.air(k), self.air(k + 1)
            self.rainless |= second.rain is not None and not second.rain.known
            made = flow_between(first, second, reference_ns=self.reference_ns)
            _keep(self._flows, k, made)
        return self._flows[k]

    def air(self, k: int) -> Air:
        """Return the air at one of the times, by its number."""
        if k not in self._airs:
            state = self._load(k)
            self.dry |= state.specific_humidity is None
            made = air_of(state, own_layer=self._own_layer, rain=self._rain)
            self.surface_from.add(made.surface_from)
            _keep(self._airs, k, made)
        return self._airs[k]


def _keep(kept: OrderedDict[int, _T], key: int, value: _T) -> None:
    kept[key] = value
    while len(kept) > _KEPT:
        kept.popitem(last=False)
