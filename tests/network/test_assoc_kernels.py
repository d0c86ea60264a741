"""The kernels against plain NumPy."""

import numpy as np
import pytest
from benchmarks.association_pyocto import HomogeneousPredictor, make_scene

from vigie.geodesy import unit_vectors
from vigie.network.association import AssociateParams
from vigie.network.association.context import Context
from vigie.network.association.engine import _context
from vigie.network.association.kernels import lookup, narrowing
from vigie.network.association.prepare import prepare
from vigie.network.association.tables import DELTAS_DEG, DEPTHS_KM


@pytest.fixture(scope="module")
def context() -> Context:
    scene = make_scene(3, 4, 1.0)
    params = AssociateParams()
    columns, _ = prepare(scene.detections, scene.stations, params)
    return _context(columns, HomogeneousPredictor(), params)


def test_lookup_interpolates_as_numpy_does(context: Context) -> None:
    for depth, delta in ((0.0, 0.01), (4.0, 1.237), (33.0, 2.99)):
        iz, fz = lookup.depth_index(DEPTHS_KM, depth)
        got, _, _ = lookup.lookup(context.tables.first_p, iz, fz, delta)
        column = [
            np.interp(delta, DELTAS_DEG, context.tables.first_p[k]) for k in range(len(DEPTHS_KM))
        ]
        assert got == pytest.approx(np.interp(depth, DEPTHS_KM, column), abs=1e-9)


def test_sweep_finds_the_time_with_the_greatest_sum(context: Context) -> None:
    columns = context.columns
    unit, depth, radius = unit_vectors(-22.3, -69.4), 12.0, 0.1
    stations = np.arange(len(columns.stations))
    odds = (0.5, 0.3)
    span = (500.0, 900.0)
    score, time, _ = narrowing.sweep(
        unit,
        depth,
        (radius, 5.0, 1.0),
        span,
        stations,
        columns.picks(),
        context.net,
        context.tabs,
        odds,
    )
    trial = np.arange(span[0], span[1], 0.01)
    total = np.full(len(trial), len(stations) * (np.log(0.5) + np.log(0.7)))
    iz, fz = lookup.depth_index(DEPTHS_KM, depth)
    for j in stations:
        delta = lookup.delta_between(unit, columns.unit, j)
        for kind, table in enumerate((context.tables.first_p, context.tables.first_s)):
            travel, slope, by_depth = lookup.lookup(table, iz, fz, delta)
            blur = radius * abs(slope) + 5.0 * abs(by_depth) / (DEPTHS_KM[iz + 1] - DEPTHS_KM[iz])
            end = -np.inf
            for i in range(columns.first[j], columns.first[j + 1]):
                half = blur + 1.2 * np.hypot(0.1, columns.sigma_s[i])
                gain = (columns.gain_p, columns.gain_s)[kind][i]
                weight = gain + np.log(odds[kind] / (1 - odds[kind])) - np.log(2.0 * half)
                tau = columns.time_s[i] - travel
                if weight > 0.0 and tau + half >= span[0] and tau - half <= span[1]:
                    total[(trial >= max(tau - half, end)) & (trial < tau + half)] += weight
                    end = tau + half
    assert score == pytest.approx(total.max(), abs=1e-6)
    assert total[np.argmin(np.abs(trial - time))] == pytest.approx(total.max(), abs=1e-6)
