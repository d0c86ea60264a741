"""Charge against depth: through the truth, from the least depth, with the ghost's angles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.hydroacoustic.explosion import bubble_period_s, ghost_delay_s, vents
from vigie.hydroacoustic.locus import charges_at_depths


def test_known_locus() -> None:
    # The table of the formula: T1 = 0.3224 s.
    points = {p.depth_m: p.charge_kg for p in charges_at_depths(0.3224, 0.001)}
    known = {10.0: 6.46, 20.0: 17.7, 50.0: 99.9, 100.0: 454.0, 200.0: 2282.0, 500.0: 20964.0}
    assert {d: points[d] for d in known} == pytest.approx(known, rel=2e-3)


def test_a_ghost_of_known_angle_gives_depth_and_charge() -> None:
    period, ghost = float(bubble_period_s(100.0, 50.0)), float(ghost_delay_s(50.0, 30.0))
    points = charges_at_depths(period, 0.001 * period, ghost)
    (at_50,) = [p for p in points if p.depth_m == 50.0]
    assert at_50.grazing_deg == pytest.approx(30.0)
    assert at_50.charge_kg == pytest.approx(100.0, rel=1e-6)
    (straight,) = [p for p in points if p.grazing_deg == pytest.approx(90.0)]
    assert straight.depth_m == pytest.approx(25.0)
    assert all((p.grazing_deg is None) == (p.depth_m < straight.depth_m) for p in points)
    (channel,) = [p for p in points if p.grazing_deg == pytest.approx(12.0)]
    assert channel.depth_m == pytest.approx(50.0 * 0.5 / math.sin(math.radians(12.0)))


@given(
    charge=st.floats(0.5, 1e6),
    depth_m=st.floats(15.0, 1500.0),
    relative=st.floats(1e-4, 0.05),
    grazing_deg=st.one_of(st.none(), st.floats(0.5, 90.0)),
)
def test_the_locus_holds_the_truth(
    charge: float, depth_m: float, relative: float, grazing_deg: float | None
) -> None:
    if vents(charge, depth_m):
        return
    period = float(bubble_period_s(charge, depth_m))
    ghost = None if grazing_deg is None else float(ghost_delay_s(depth_m, grazing_deg))
    points = charges_at_depths(period, relative * period, ghost)
    depths = [p.depth_m for p in points]
    assert depths == sorted(set(depths))
    assert depths[0] <= depth_m * (1.0 + 1e-6)
    ln_w = np.interp(
        math.log(depth_m + 10.1),
        np.log(np.array(depths) + 10.1),
        [math.log(p.charge_kg) for p in points],
    )
    assert math.exp(ln_w) == pytest.approx(charge, rel=1e-3)
    factor = math.exp(3.0 * 1.6448536 * relative)
    for p in points:
        assert p.high_kg / p.charge_kg == pytest.approx(factor, rel=1e-6)
        assert p.charge_kg / p.low_kg == pytest.approx(factor, rel=1e-6)
        assert ghost is not None or p.grazing_deg is None
