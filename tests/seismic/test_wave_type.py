"""Wave types: probabilities, and the types that clear cases must get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.seismic.wave_type import TYPES, Features, wave_type_probabilities

maybe = st.none() | st.floats(0.01, 50.0)


@given(
    st.builds(Features, maybe, maybe, maybe, maybe, st.none() | st.floats(0.0, 1.0), maybe, maybe)
)
def test_probabilities_are_probabilities(features: Features) -> None:
    found = wave_type_probabilities(features)
    assert tuple(t for t, _ in found) == TYPES
    assert all(0.0 <= p <= 1.0 for _, p in found)
    assert sum(p for _, p in found) == pytest.approx(1.0)


def test_nothing_measured_gives_the_prior() -> None:
    assert [p for _, p in wave_type_probabilities(Features())] == pytest.approx(
        [0.4, 0.25, 0.2, 0.15]
    )


# Slowness of ak135: P at 60 deg 6.9 s/deg, Pn 13.7, Sn 24.6, Lg 31.8 (3.5 km/s).
@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (Features(6.9, 1.0, 1.2, 0.4, 0.9, 20.0, 20.0), "T"),
        (Features(13.7, 1.0, 4.0, 0.6, 0.9, 50.0, 40.0), "P"),
        (Features(24.6, 1.5, 2.0, 1.6, 0.6, 10.0, 30.0), "S"),
        (Features(31.8, 1.5, 2.0, 1.4, 0.6, 10.0, 30.0), "S"),
        (Features(None, None, 2.0, None, None, 3.2, 1.5), "N"),
    ],
)
def test_clear_cases(features: Features, expected: str) -> None:
    found = dict(wave_type_probabilities(features))
    assert max(found, key=lambda t: found[t]) == expected


def test_a_vague_slowness_says_less() -> None:
    sharp = dict(wave_type_probabilities(Features(slowness_s_per_deg=7.0, slowness_sigma=0.5)))
    vague = dict(wave_type_probabilities(Features(slowness_s_per_deg=7.0, slowness_sigma=20.0)))
    assert sharp["T"] > vague["T"]


def test_first_seen_on_a_horizontal_is_rather_s() -> None:
    up = dict(wave_type_probabilities(Features(snr=10.0)))
    level = dict(wave_type_probabilities(Features(snr=10.0, on_horizontal=True)))
    assert level["S"] > 2.0 * up["S"]


def test_what_comes_seconds_before_a_found_s_is_no_s() -> None:
    # The record that obspy.read() gives: its P was called Sn and the S behind it Lg.
    strong = Features(freq_hz=3.0, hv_ratio=1.2, rectilinearity=0.7, snr=69.0, before_s=True)
    found = dict(wave_type_probabilities(strong))
    assert max(found, key=lambda t: found[t]) == "P"
