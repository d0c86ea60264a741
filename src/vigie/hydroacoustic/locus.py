"""Charge against depth as a detection carries it: a bubble period, and a ghost where there is one.

Along the locus ln W is linear in ln(d + 10.1) (``explosion``), so a few depths hold all of it. It
begins at the least depth: shallower the bubble would vent. A ghost's delay is 2 d sin(phi) / c: so
each depth has its angle phi at the source, and whoever knows the angle has depth and charge.
Shallower than c t_g / 2 there is none, and if the ghost is one, the explosion was deeper. One more
depth is that at 12 degrees, the steepest ray that stays in the sound channel: sound that came far
has d at or below it. The locus is not cut by the ghost, which is the less certain of the two.

Intervals are those of the period at that depth, 90 %. Charges are kg of TNT that make this bubble.
Cost: 60 us.
"""

from __future__ import annotations

import numpy as np

from vigie.hydroacoustic.explosion import (
    MAX_GRAZING_DEG,
    SOUND_KM_S,
    charge_locus,
)
from vigie.records import ChargeAtDepth

DEPTHS_M = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)
DEEPEST_M = 2000.0


def charges_at_depths(
    period_s: float, sigma_s: float, ghost_s: float | None = None
) -> tuple[ChargeAtDepth, ...]:
    """Return the locus of charge and depth of a bubble period, from the least depth down.

    Parameters
    ----------
    period_s, sigma_s : float
        Bubble period and its standard error, above 0.
    ghost_s : float, optional
        Delay of the surface ghost.

    Examples
    --------
    >>> [(c.depth_m, round(c.charge_kg, 1)) for c in charges_at_depths(0.3224, 0.001)][2:4]
    [(20.0, 17.7), (50.0, 99.9)]
    """
    flat_m = 0.0 if ghost_s is None else 500.0 * SOUND_KM_S * ghost_s
    channel_m = flat_m / float(np.sin(np.radians(MAX_GRAZING_DEG)))
    deepest = max(DEEPEST_M, 2.0 * flat_m)
    locus = charge_locus(period_s, sigma_s, max_depth_m=deepest)
    depths = {locus.least_depth_m, *DEPTHS_M, flat_m, channel_m}
    points = []
    for depth_m in sorted(d for d in depths if locus.least_depth_m <= d <= deepest):
        charge, low, high = locus.at(depth_m)
        grazing = None
        if 0.0 < flat_m <= depth_m:
            grazing = float(np.degrees(np.arcsin(flat_m / depth_m)))
        points.append(
            ChargeAtDepth(
                depth_m=depth_m, charge_kg=charge, low_kg=low, high_kg=high, grazing_deg=grazing
            )
        )
    return tuple(points)
