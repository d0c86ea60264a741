"""Initial phase names from the wave type, the order of arrivals, and S minus P.

T becomes P; the first P of a regional signal Pn (Pg within 1.5 deg), a later one Pg; S becomes Sn
or Lg by its apparent distance. N stays N. An association may name another phase.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Detection
    from vigie.seismic.recipe import StationRecipe


def name_phases(detections: Sequence[Detection], recipe: StationRecipe) -> tuple[Detection, ...]:
    """Give each detection its initial phase; detections in order of time."""
    del recipe
    named: list[Detection] = []
    for detection in detections:
        named.append(replace(detection, phase=_phase(detection, named)))
    return tuple(named)


def _phase(detection: Detection, before: Sequence[Detection]) -> str:
    probabilities = dict(detection.wave_type_probabilities)
    kind = max(probabilities, key=lambda t: probabilities[t]) if probabilities else "N"
    if kind == "T":
        return "P"
    near = [d for d in before if seconds_between(detection.time_ns, d.time_ns) < 250.0]
    first_p = next((d for d in reversed(near) if d.phase in ("P", "Pn")), None)
    if kind == "P":
        return (
            "Pg" if first_p and seconds_between(detection.time_ns, first_p.time_ns) < 30.0 else "Pn"
        )
    if kind == "S":
        return "Lg" if any(d.phase == "Sn" for d in near) else "Sn"
    return "N"
