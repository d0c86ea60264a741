"""What the stations' places tell of each cell before any detection: who hears, and how well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.prepare import tangents
from vigie.network.association.tables import DELTAS_DEG
from vigie.network.loss import B_VALUE, loss_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context

    FloatArray = NDArray[np.float64]

VOLUME_STATIONS = 6
"""Nearest stations by which the error of a place is foreseen."""


def thresholds(context: Context) -> FloatArray:
    """Return the size at which as many stations hear an event as make one, by cell."""
    k = min(max(context.params.definition.min_stations, 1), context.near_deg.shape[1]) - 1
    return loss_at(context.near_deg[:, k].astype(np.float64), 0.0)


def log_volumes(context: Context) -> FloatArray:
    """Return the log volume in which the nearest stations place an event, by cell.

    Four standard errors multiplied: those of place and time by the stations' directions and
    the slowness to each, that of depth taken as 10 km.
    """
    n = min(VOLUME_STATIONS, context.near_deg.shape[1])
    delta = context.near_deg[:, :n].astype(np.float64)
    column = np.minimum(np.searchsorted(DELTAS_DEG, delta), len(DELTAS_DEG) - 1)
    sigma = np.hypot(context.tables.sigma_p_s[column], context.default_sigma_s)
    slope = context.slopes(delta)
    toward = context.columns.unit[context.near[:, :n]]
    unit = context.grid.unit[:, None, :]
    across = toward - np.sum(toward * unit, axis=2, keepdims=True) * unit
    across /= np.maximum(np.linalg.norm(across, axis=2, keepdims=True), 1e-9)
    east, north = tangents(context.grid.unit)
    rows = np.stack(
        [
            slope * np.sum(across * north[:, None, :], axis=2) / sigma,
            slope * np.sum(across * east[:, None, :], axis=2) / sigma,
            1.0 / sigma,
        ],
        axis=-1,
    )
    normal = np.einsum("cni,cnj->cij", rows, rows)
    normal += np.diag([9.0 / context.grid.area_deg2, 9.0 / context.grid.area_deg2, 1e-6])
    log_det = np.linalg.slogdet(normal)[1]
    return np.asarray(2.0 * np.log(2.0 * np.pi) - 0.5 * log_det + np.log(10.0))


def log_density(context: Context) -> float:
    """Log of the expected events of size 0 and more per deg^2, s and km at the surface.

    Events of size m and more are 10^(-b m) times as many; those of all places that the network
    can hear add up to the expected rate.
    """
    rate_hz = context.learned.events_per_hour / 3600.0
    grid = context.grid
    top = grid.is_top
    heard = 2.0 * grid.radius_deg[top] ** 2 * 10.0 ** (-B_VALUE * context.threshold[top])
    return float(np.log(rate_hz / heard.sum() / context.params.shallow_scale_km))
