"""How rare events are that these stations hear: far ones must be larger, and larger ones are fewer.

Of places that explain times alike, one beside the stations and one behind the core, the nearer is
likelier by what is lost of P on the way (``vigie.network.loss``), ten times fewer events for each
unit of magnitude. And who reads P beyond the core's shadow mostly calls it PKP: a place where
readings named P would be PKP is less likely by one factor for the whole event, since a list that
names one so names all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.loss import B_VALUE, CORE_DEG, loss_at

if TYPE_CHECKING:
    from vigie.network.location.kinds import BoolArray
    from vigie.network.location.readings import Readings
    from vigie.network.location.solve import Fit

MISNAMED_NATS = 2.0
"""One bulletin of seven names first arrivals P at all distances: chosen."""


def rarity(fit: Fit, use: BoolArray | None = None) -> float:
    """Return how much rarer than the smallest events those of a place are, nats.

    Parameters
    ----------
    fit : Fit
        The place, with the distances of the readings.
    use : ndarray of bool, shape (3 n,), optional
        Rows that define the origin; all that are predicted by default.
    """
    delta = fit.rows.predictions.delta_deg
    n = len(delta)
    used = use[:n] if use is not None else np.isfinite(fit.rows.residual[:n])
    known = delta[used & np.isfinite(delta)]
    if not len(known):
        return 0.0
    return float(np.log(10.0) * B_VALUE * np.median(loss_at(known, fit.trial.depth_km)))


def misnaming(fit: Fit, readings: Readings) -> float:
    """Return what it costs that most readings named P are not P at a place, nats."""
    delta = fit.rows.predictions.delta_deg
    named = np.array([(d.phase or "").strip() in ("P", "Pn", "Pg") for d in readings.detections])
    if not named.any():
        return 0.0
    return MISNAMED_NATS if np.median(delta[named]) > CORE_DEG else 0.0
