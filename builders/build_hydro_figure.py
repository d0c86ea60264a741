"""Draw the figure of the documentation page: the panel of a simulated explosion.

python -m builders.build_hydro_figure
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vigie.hydroacoustic import process_hydrophones
from vigie.products.figures.hydro_panel import hydro_panel
from vigie.records import Channel, ChannelId, Site, Station, Technology, Waveform, parse_iso
from vigie.simulate.hydroacoustic import TRAINING, Scene, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams
from vigie.simulate.hydroacoustic.spectra import Explosion

OUT = Path(__file__).parents[1] / "docs" / "images" / "hydroacoustic.png"
BLAST = Explosion(
    charge_kg=300.0, depth_m=90.0, grazing_deg=9.0, bubble=0.6, bubble_width=0.008, ghost=-0.85,
    second=0.5,
)  # fmt: skip
START_NS = parse_iso("2026-01-01T00:00:00Z")
UPA_PER_COUNT = 560.6
DEG_KM = 111.19


def records_of(scene: Scene) -> tuple[list[Waveform], Station]:
    """Return a scene as counts of three hydrophones, and their station at the equator."""
    waves, sites = [], []
    for k, (samples, place) in enumerate(zip(scene.samples, scene.offsets_km, strict=True), 1):
        name = f"SIM{k}"
        where = {"latitude": place[1] / DEG_KM, "longitude": place[0] / DEG_KM}
        counts = np.round(samples / (UPA_PER_COUNT * 1e-6)).astype(np.int32)
        identity = ChannelId("XX", name, "", "EDH")
        waves.append(Waveform(identity, START_NS, scene.rate_hz, counts))
        channel = Channel(
            id=identity, **where, elevation_m=-900.0, calib=UPA_PER_COUNT, calper_s=0.1
        )
        sites.append(Site(code=name, **where, elevation_m=-900.0, channels=(channel,)))
    station = Station(
        code="SIM", latitude=0.0, longitude=0.0, elevation_m=0.0,
        technology=Technology.HYDROACOUSTIC, sites=tuple(sites),
    )  # fmt: skip
    return waves, station


def main() -> None:
    """Draw it."""
    params = SceneParams(
        kind="H", snr_db=20.0, duration_s=400.0, signals=2, range_km=2600.0, explosion=BLAST,
        azimuth_deg=217.6,
    )  # fmt: skip
    scene = simulate_scene(np.random.default_rng(11), params, TRAINING)
    waves, station = records_of(scene)
    looks = process_hydrophones(waves, station, looks=True).looks
    shown = next(k for k in looks if k.detection.bubble_period_s is not None)
    command = "python -m builders.build_hydro_figure"
    OUT.write_bytes(hydro_panel(shown).encoded(".png", command=command))


if __name__ == "__main__":
    main()
