"""The lid of the weather: how high particles may begin.

What it does: reckons how high above ground the highest level of the model lies over a box when
particles begin there, by the profile of ``heights``, and refuses boxes that reach beyond it. What
is surely below is told by the lowest lid that any column could have, without more weather.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.records import NS_PER_S
from vigie.transport.air import DEPTH, PRESSURE, SCALE, ground_at, spot_of, weights_of
from vigie.transport.heights import height_over
from vigie.transport.sphere import positions_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.transport.air import Flow
    from vigie.transport.starts import Box
    from vigie.transport.weather.sequence import WeatherSequence

SURELY_BELOW_M = 1000.0
"""Lower boxes need no look before a run: it refuses them itself, if weather were as shallow."""
_MARGIN = 0.8
"""By which the lowest lid of other times may be lower: pressures and warmth change by less."""
Start = tuple[str, "Box", int, int]
"""Name, box, and first and last time (ns) of what begins."""


def check_below_lid(starts: Iterable[Start], weather: WeatherSequence, first_ns: int) -> None:
    """Refuse boxes that reach beyond the lid of the weather.

    Parameters
    ----------
    starts : iterable of Start
        Within the times of the weather.
    weather : WeatherSequence
    first_ns : int
        Time that a run needs first: its weather is looked at anyway.

    Raises
    ------
    ParameterError
        One does; the text tells the height, that of the lid, and what to do.
    """
    first_s = (first_ns - weather.reference_ns) / NS_PER_S
    lowest_m = _MARGIN * _lowest_lid_m(weather.flow(first_s, first_s))
    for name, box, start_ns, stop_ns in starts:
        if box.high_m <= lowest_m:
            continue
        lid_m = min(_lid_over_m(box, time_ns, weather) for time_ns in (start_ns, stop_ns))
        if box.high_m > lid_m:
            value = f"{box.high_m:g} m above ground"
            expected = (
                f"a height below the lid of the weather, which is at {math.floor(lid_m):,} m there "
                "(give weather whose levels reach higher, or a lower height)"
            )
            raise ParameterError(name=name, value=value, expected=expected)


def _lowest_lid_m(flow: Flow) -> float:
    """Return a height that no lid is below."""
    ground, scale, depth = (float(flow.surface[:, c].min()) for c in (PRESSURE, SCALE, DEPTH))
    return height_over(_drop_to_lid(flow, ground), scale, depth)[0]


def _drop_to_lid(flow: Flow, ground_pa: float) -> float:
    lid_pa = float(flow.level_a_pa[-1] + flow.level_b[-1] * ground_pa)
    return math.log(ground_pa / lid_pa) if lid_pa > 0.0 else math.inf


def _lid_over_m(box: Box, time_ns: int, weather: WeatherSequence) -> float:
    """Return the lowest lid over corners and middle of a box; infinite outside of the grid."""
    time_s = (time_ns - weather.reference_ns) / NS_PER_S
    flow = weather.flow(time_s, time_s)
    middle = 0.5 * (box.south + box.north), 0.5 * (box.west + box.east)
    corners = [(lat, lon) for lat in (box.south, box.north) for lon in (box.west, box.east)]
    lowest_m = math.inf
    for latitude, longitude in {middle, *corners}:
        x, y, z = positions_of([latitude], [longitude])[0].tolist()
        spot = spot_of(flow, (x, y, z))
        if spot.row < 0:
            continue
        weights = weights_of(flow, spot, time_s)
        ground, scale, depth = ground_at(flow, spot, weights)
        lowest_m = min(lowest_m, height_over(_drop_to_lid(flow, ground), scale, depth)[0])
    return lowest_m
