"""Errors that all pixels of a family share, against what shifted elements do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.geodesy import angle_difference_deg
from vigie.infrasound.shared_timing import SIGMA_S, with_shared_timing
from vigie.infrasound.widened import UNKNOWN_DEG
from vigie.records import Detection, Technology

IN_LINE = np.array([[0.0, 0.0], [0.155, 0.022], [0.077, 0.033]])
"""BRP without its second element, km."""
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def detection(azimuth_deg: float, velocity_m_s: float) -> Detection:
    return Detection(
        id="x",
        station="X",
        time_ns=0,
        phase="I",
        technology=Technology.INFRASOUND,
        azimuth_deg=azimuth_deg,
        azimuth_deg_sigma=0.0,
        slowness_s_per_deg=111.195e3 / velocity_m_s,
        slowness_s_per_deg_sigma=0.0,
        trace_velocity_m_s=velocity_m_s,
        trace_velocity_m_s_sigma=0.0,
    )


def measured(azimuth_deg: float, velocity_m_s: float, offsets: np.ndarray) -> np.ndarray:
    """Return azimuth and slowness (s/km) of waves whose elements are off by chance."""
    rng = np.random.default_rng(3)
    turn = np.radians(azimuth_deg)
    slowness = -np.array([np.sin(turn), np.cos(turn)]) * 1e3 / velocity_m_s
    centred = offsets - offsets.mean(axis=0)
    times = centred @ slowness + SIGMA_S * rng.normal(size=(4000, len(offsets)))
    east, north = np.linalg.pinv(centred) @ (times - times.mean(axis=1, keepdims=True)).T
    return np.stack([np.degrees(np.arctan2(-east, -north)) % 360.0, np.hypot(east, north)])


@pytest.mark.parametrize("azimuth_deg", [10.0, 75.0, 250.0])
def test_errors_are_those_of_shifted_elements(azimuth_deg: float) -> None:
    found = with_shared_timing(detection(azimuth_deg, 345.0), SQUARE)
    azimuth, size = measured(azimuth_deg, 345.0, SQUARE)
    scatter = float(np.std(angle_difference_deg(azimuth, azimuth_deg)))
    assert found.azimuth_deg_sigma == pytest.approx(scatter, rel=0.05)
    assert found.trace_velocity_m_s_sigma is not None
    assert found.trace_velocity_m_s_sigma / 345.0 == pytest.approx(np.std(size) * 0.345, rel=0.05)


def test_three_elements_nearly_in_line_hardly_know_a_direction() -> None:
    found = with_shared_timing(detection(250.0, 345.0), IN_LINE)
    assert found.azimuth_deg_sigma is not None
    assert 6.0 < found.azimuth_deg_sigma < 20.0


@given(st.floats(0.0, 360.0), st.floats(300.0, 500.0), st.floats(0.01, 3.0))
def test_errors_only_grow_and_less_so_at_wider_arrays(
    azimuth_deg: float, velocity_m_s: float, scale: float
) -> None:
    one = replace(detection(azimuth_deg, velocity_m_s), azimuth_deg_sigma=0.5)
    small, wide = (with_shared_timing(one, k * SQUARE) for k in (scale, 2.0 * scale))
    assert small.azimuth_deg_sigma is not None
    assert wide.azimuth_deg_sigma is not None
    assert 0.5 <= wide.azimuth_deg_sigma <= small.azimuth_deg_sigma <= UNKNOWN_DEG


def test_what_has_no_direction_has_none_after() -> None:
    none = replace(detection(10.0, 345.0), azimuth_deg=None, azimuth_deg_sigma=None)
    assert with_shared_timing(none, SQUARE) is none


def test_elements_in_line_know_nothing_across_it() -> None:
    line = np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]])
    found = with_shared_timing(detection(90.0, 345.0), line)
    assert found.azimuth_deg_sigma == pytest.approx(UNKNOWN_DEG)
