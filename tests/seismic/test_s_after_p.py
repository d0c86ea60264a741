"""S within seconds of P is found on the horizontals, and where there is none, none is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.s_after_p import P_S, distant, event, is_s_behind_p
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import START_NS

from vigie.pipeline.demo import local_waveforms
from vigie.records import Detection, Waveform, parse_iso
from vigie.records.time import seconds_between
from vigie.seismic import default_recipe, process_station

if TYPE_CHECKING:
    from vigie.seismic.recipe import Use


def s_behind_p(traces: list[Waveform], use: Use = "any") -> list[Detection]:
    found = process_station(traces, None, default_recipe(traces[0].rate_hz, use)).detections
    return [d for d in found if is_s_behind_p(d)]


def seconds_after_p(detection: Detection) -> float:
    return seconds_between(detection.time_ns, START_NS) - P_S


@pytest.mark.parametrize("gap_s", [1.2, 3.0])
def test_s_behind_p_is_found_where_it_is_and_named(gap_s: float) -> None:
    rng = np.random.default_rng(3)
    found = [s_behind_p(event(rng, 100.0, gap_s, 2.0)) for _ in range(8)]
    single = [f[0] for f in found if len(f) == 1]
    assert len(single) >= 7
    errors = np.array([seconds_after_p(d) - gap_s for d in single])
    sigmas = np.array([d.time_sigma_s for d in single])
    assert (np.abs(errors) < 3.5 * sigmas + 0.02).all()
    assert np.median(np.abs(errors)) < 0.1
    for d in single:
        assert d.phase == "Sn"
        assert d.channel is not None
        assert d.channel.channel in ("HHN", "HHE")
        # The motion of S is across its path: it points nowhere.
        assert d.azimuth_deg is None
        assert d.slowness_s_per_deg is None
        assert d.rectilinearity is not None


def test_p_alone_and_noise_have_no_s() -> None:
    rng = np.random.default_rng(4)
    alone = [event(rng, 100.0, None, 0.0) for _ in range(12)]
    alone += [distant(rng, 40.0) for _ in range(12)]
    assert sum(len(s_behind_p(traces)) for traces in alone) <= 1


def test_without_horizontals_there_is_no_s() -> None:
    vertical = event(np.random.default_rng(5), 100.0, 2.0, 5.0)[:1]
    assert s_behind_p(vertical) == []
    assert process_station(vertical).detections != ()


def test_horizontals_that_were_dead_before_p_tell_no_s() -> None:
    traces = event(np.random.default_rng(8), 40.0, 2.0, 5.0)
    start = round(P_S * 40.0)
    dead = [
        w.with_samples(np.concatenate([np.zeros(start), np.asarray(w.samples)[start:]]))
        for w in traces[1:]
    ]
    assert s_behind_p([traces[0], *dead]) == []


@cache
def recorded() -> tuple[tuple[Waveform, ...], int]:
    traces = event(np.random.default_rng(6), 40.0, 2.0, 3.0)
    (found,) = s_behind_p(traces)
    return tuple(traces), found.time_ns


@settings(max_examples=6, deadline=None)
@given(st.floats(0.0, 360.0), st.floats(1e-3, 1e6))
def test_how_the_horizontals_are_turned_and_the_gain_do_not_matter(
    angle_deg: float, gain: float
) -> None:
    (up, north, east), expected_ns = recorded()
    z, n, e = (gain * np.asarray(w.samples, dtype=np.float64) for w in (up, north, east))
    cos, sin = float(np.cos(np.radians(angle_deg))), float(np.sin(np.radians(angle_deg)))
    turned = [
        up.with_samples(z),
        north.with_samples(cos * n + sin * e),
        east.with_samples(cos * e - sin * n),
    ]
    (found,) = s_behind_p(turned)
    assert abs(found.time_ns - expected_ns) < 1_000_000


def test_s_of_two_events_near_munich_is_read_on_the_horizontals() -> None:
    """S of UH3 as read by eye, to 0.02 s: 34.30 and 31.58 s; both events are 10 km away."""
    traces = [w for w in local_waveforms() if w.channel.station == "UH3"]
    found = process_station(traces, None, default_recipe(50.0, "local")).detections
    for read, p_read in (
        ("2010-05-27T16:24:34.30Z", "2010-05-27T16:24:33.135Z"),
        ("2010-05-27T16:27:31.58Z", "2010-05-27T16:27:30.41Z"),
    ):
        s = min(found, key=lambda d: abs(d.time_ns - parse_iso(read)))
        p = min(found, key=lambda d: abs(d.time_ns - parse_iso(p_read)))
        assert is_s_behind_p(s)
        assert abs(seconds_between(s.time_ns, parse_iso(read))) < 0.08
        assert abs(seconds_between(p.time_ns, parse_iso(p_read))) < 0.08
        assert (p.phase, s.phase) == ("Pn", "Sn")
