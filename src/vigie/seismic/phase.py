"""Initial phase names from the wave type, the order of arrivals, and S minus P.

T becomes P, and so does a P type that T rivals (a single vertical cannot tell them apart);
a clearly regional P becomes Pn, a later P-like one within half a minute of it Pg; S becomes Sn,
a later one Lg, unless it follows a P within seconds, which makes it another event's. N stays N. An
association may name another phase. Source: own rules, after the labels of the IDC's station
processing. Cost: microseconds.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Detection
    from vigie.seismic.recipe import StationRecipe


def name_phases(detections: Sequence[Detection], recipe: StationRecipe) -> tuple[Detection, ...]:
    """Give each detection its initial phase; detections in order of time."""
    named: list[Detection] = []
    for detection in detections:
        named.append(replace(detection, phase=_phase(detection, named, recipe)))
    return tuple(named)


REGIONAL_ODDS = 3.0
"""A P type counts as regional when it is so many times likelier than T."""
PG_AFTER_PN_S = 30.0
LG_AFTER_P_S = 250.0
"""P to Lg at 20 degrees is longer, but there Lg no longer follows as a group."""


def _phase(detection: Detection, before: Sequence[Detection], recipe: StationRecipe) -> str:
    probabilities = dict(detection.wave_type_probabilities)
    kind = max(probabilities, key=lambda t: probabilities[t]) if probabilities else "N"
    near = [d for d in before if seconds_between(detection.time_ns, d.time_ns) < LG_AFTER_P_S]
    if kind == "S":
        return "Lg" if _follows_sn(detection, near, recipe) else "Sn"
    if kind == "N":
        return "N"
    after_pn = any(
        d.phase == "Pn" and seconds_between(detection.time_ns, d.time_ns) < PG_AFTER_PN_S
        for d in near
    )
    if after_pn:
        return "Pg"
    return "Pn" if probabilities["P"] >= REGIONAL_ODDS * probabilities["T"] else "P"


def _follows_sn(detection: Detection, near: Sequence[Detection], recipe: StationRecipe) -> bool:
    """Tell whether Sn came before, of the same event: not where S follows its P within seconds."""
    since_s = (
        seconds_between(detection.time_ns, d.time_ns) for d in near if d.phase in ("P", "Pn", "Pg")
    )
    at_once = min(since_s, default=math.inf) <= recipe.s_after_p.reach_s
    return not at_once and any(d.phase == "Sn" for d in near)
