"""Simulated scenes as the recordings and the station that the processing is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.records import (
    Channel,
    ChannelId,
    Site,
    Station,
    Technology,
    Waveform,
    parse_iso,
)
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams
from vigie.simulate.hydroacoustic.spectra import Explosion

if TYPE_CHECKING:
    from vigie.simulate.hydroacoustic import Scene

BLAST = Explosion(
    charge_kg=150.0, depth_m=60.0, grazing_deg=6.0, bubble=0.6, bubble_width=0.008, ghost=-0.8
)
START_NS = parse_iso("2017-11-15T14:00:00Z")
UPA_PER_COUNT = 560.6


def blast_scene(snr_db: float) -> Scene:
    """Return one explosion from the south-west in ocean noise."""
    params = SceneParams(
        kind="H",
        snr_db=snr_db,
        duration_s=300.0,
        signals=1,
        azimuth_deg=217.6,
        range_km=2000.0,
        explosion=BLAST,
    )
    return simulate_scene(np.random.default_rng(4), params, TRAINING)


def station_of(
    scene: Scene,
    code: str = "H10N",
    *,
    calibrated: bool = True,
    at: tuple[float, float] = (0.0, 0.0),
) -> Station:
    """Return a station, at the equator where not told, with the scene's hydrophones."""
    sites = []
    for k, (east, north) in enumerate(scene.offsets_km, start=1):
        latitude = at[0] + north / KM_PER_DEG
        longitude = at[1] + east / KM_PER_DEG / np.cos(np.radians(at[0]))
        channel = Channel(
            id=ChannelId("IM", f"{code}{k}", "", "EDH"),
            latitude=latitude,
            longitude=longitude,
            elevation_m=-800.0,
            rate_hz=scene.rate_hz,
            calib=UPA_PER_COUNT if calibrated else None,
            calper_s=0.1 if calibrated else None,
        )
        sites.append(
            Site(
                code=f"{code}{k}",
                latitude=latitude,
                longitude=longitude,
                elevation_m=-800.0,
                channels=(channel,),
            )
        )
    return Station(
        code=code,
        latitude=at[0],
        longitude=at[1],
        elevation_m=0.0,
        network="IM",
        technology=Technology.HYDROACOUSTIC,
        sites=tuple(sites),
    )


def recordings_of(scene: Scene, code: str = "H10N") -> list[Waveform]:
    """Return the scene as counts with an offset, as a digitiser gives them."""
    counts = np.round(scene.samples / (UPA_PER_COUNT * 1e-6)).astype(np.int32) + 65_000
    return [
        Waveform(ChannelId("IM", f"{code}{k}", "", "EDH"), START_NS, scene.rate_hz, row)
        for k, row in enumerate(counts, start=1)
    ]
