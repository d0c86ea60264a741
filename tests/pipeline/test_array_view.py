"""What a look at an array refuses, with a method or band that serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.infrasound.test_infrasound_chain import recordings, station
from tests.support_hydro import recordings_of, station_of

from vigie.errors import ParameterError
from vigie.geodesy import angle_difference_deg
from vigie.pipeline.array_view import ArrayOptions, _view
from vigie.records import ChannelId, Site, Station, Technology, Waveform
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams

if TYPE_CHECKING:
    from vigie.pipeline.array_view import ArrayView


@pytest.mark.parametrize("method", ["pmcc", "fk", "capon", "glr"])
def test_hydrophones_are_sent_to_their_own_method(method: str) -> None:
    params = SceneParams(kind="T", snr_db=10.0, duration_s=120.0)
    scene = simulate_scene(np.random.default_rng(1), params, TRAINING)
    with pytest.raises(ParameterError, match="hydro: "):
        _view(recordings_of(scene), station_of(scene), ArrayOptions(method=method))


def test_a_band_above_half_the_rate_is_refused() -> None:
    rng = np.random.default_rng(2)
    places = ((0.0, 0.0), (0.01, 0.0), (0.0, 0.01), (-0.01, -0.01))
    sites = tuple(
        Site(code=f"S{k}", latitude=lat, longitude=lon, elevation_m=0.0)
        for k, (lat, lon) in enumerate(places)
    )
    place = Station(
        code="S", latitude=0.0, longitude=0.0, elevation_m=0.0,
        technology=Technology.INFRASOUND, sites=sites,
    )  # fmt: skip
    rows = [
        Waveform(
            ChannelId("XX", f"S{k}", "", "BDF"), 0, 50.0, np.round(1e3 * rng.normal(size=6000))
        )
        for k in range(len(places))
    ]
    with pytest.raises(ParameterError, match="up to 25 Hz"):
        _view(rows, place, ArrayOptions(method="fk", band_hz=(0.5, 40.0)))
    assert _view(rows, place, ArrayOptions(method="fk", band_hz=(0.5, 20.0))).windows


def views(change: str, method: str) -> ArrayView:
    """Return the view of seven elements that a burst from 75 deg crosses, the third changed."""
    rows = recordings([(300.0, 75.0, 345.0)])
    wrong = rows[2]
    if change == "late":
        rows[2] = replace(wrong, start_ns=wrong.start_ns + 10**9)
    elif change == "reversed":
        rows[2] = wrong.with_samples(-np.asarray(wrong.samples, dtype=np.float64))
    return _view(rows, station(), ArrayOptions(method=method, band_hz=(0.4, 3.0)))


@pytest.mark.parametrize("method", ["fk", "capon", "glr"])
@pytest.mark.parametrize("change", ["", "late", "reversed"])
def test_a_wrong_element_is_left_out_of_every_method_and_errors_are_given(
    method: str, change: str
) -> None:
    view = views(change, method)
    best = min(view.windows, key=lambda w: (w["p_value"] is None, w["p_value"], -w["f_statistic"]))
    assert best["azimuth_deg"] == pytest.approx(75.0, abs=1.0)
    assert best["trace_velocity_m_s"] == pytest.approx(345.0, rel=0.02)
    assert 0.0 < best["azimuth_deg_sigma"] < 3.0
    assert 0.0 < best["trace_velocity_m_s_sigma"] < 20.0
    assert 0.0 < best["slowness_s_per_deg_sigma"] < 20.0
    assert any("S2 left out" in n for n in view.notes) == bool(change)
    assert best["elements"] == (6 if change else 7)


@pytest.mark.parametrize("method", ["fk", "glr"])
@pytest.mark.parametrize("late", [0, 1])
def test_no_window_of_an_array_in_doubt_is_surer_than_the_fault(method: str, late: int) -> None:
    rows = recordings([(300.0, 75.0, 345.0)], n=4)
    rows[late] = replace(rows[late], start_ns=rows[late].start_ns + 10**9)
    view = _view(rows, station(4), ArrayOptions(method=method, band_hz=(0.4, 3.0)))
    for row in view.windows:
        assert row["doubt"]
        if row["azimuth_deg"] is not None:
            off = abs(float(angle_difference_deg(row["azimuth_deg"], 75.0)))
            assert row["p_value"] > 1e-3 or off < 2.0 * row["azimuth_deg_sigma"]


def test_elements_that_nothing_judged_are_told() -> None:
    view = _view(recordings([], length_s=300.0), station(), ArrayOptions(method="fk"))
    assert any("not judged" in n for n in view.notes)
