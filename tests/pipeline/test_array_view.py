"""What a look at an array refuses, with a method or band that serves."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support_hydro import recordings_of, station_of

from vigie.errors import ParameterError
from vigie.pipeline.array_view import ArrayOptions, _view
from vigie.records import ChannelId, Site, Station, Technology, Waveform
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams


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
    station = Station(
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
        _view(rows, station, ArrayOptions(method="fk", band_hz=(0.5, 40.0)))
    assert _view(rows, station, ArrayOptions(method="fk", band_hz=(0.5, 20.0))).windows
