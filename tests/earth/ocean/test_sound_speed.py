"""Speed of sound in sea water."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.ocean import MunkProfile, mackenzie_m_s


def test_mackenzie_gives_the_published_check_value() -> None:
    # Mackenzie 1981, J. Acoust. Soc. Am. 70, 807.
    assert mackenzie_m_s(25.0, 35.0, 1000.0) == pytest.approx(1550.744, abs=5e-4)


@given(st.floats(2.0, 30.0), st.floats(25.0, 40.0), st.floats(0.0, 8000.0))
def test_sound_is_faster_in_warmer_saltier_and_deeper_water(
    temperature: float, salinity: float, depth: float
) -> None:
    here = mackenzie_m_s(temperature, salinity, depth)
    assert mackenzie_m_s(temperature + 0.1, salinity, depth) > here
    assert mackenzie_m_s(temperature, salinity + 0.1, depth) > here
    assert mackenzie_m_s(temperature, salinity, depth + 100.0) > here
    assert 1400.0 < here < 1720.0


def test_munk_profile_is_slowest_at_its_axis() -> None:
    profile = MunkProfile()
    assert profile.speed_m_s(1300.0) == 1500.0
    depth = np.arange(0.0, 5000.0, 10.0)
    assert depth[np.argmin(profile.speed_m_s(depth))] == 1300.0
    # Munk 1974: the gradient far below the axis is 2 epsilon c / B.
    slope = float(profile.speed_m_s(9000.0) - profile.speed_m_s(8900.0)) / 100.0
    assert slope == pytest.approx(2.0 * 0.00737 * 1500.0 / 1300.0, rel=1e-3)
