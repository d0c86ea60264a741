"""``vigie detect`` of a triplet as users call it: charge and depth, and hydrophones that failed."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import obspy
import pytest
from click.testing import CliRunner
from scipy.signal import resample_poly
from tests.support_hydro import recordings_of

from vigie.cli.main import main
from vigie.formats import Source
from vigie.formats.vigie_json import FORMAT
from vigie.simulate.hydroacoustic import TRAINING, Scene, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams
from vigie.simulate.hydroacoustic.spectra import Explosion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from click.testing import Result

    from vigie.records import Waveform

pytestmark = pytest.mark.slow

BLAST = Explosion(
    charge_kg=100.0, depth_m=60.0, grazing_deg=6.0, bubble=0.7, bubble_width=0.004, ghost=-0.8
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    params = SceneParams(
        kind="H", snr_db=25.0, duration_s=120.0, signals=1, azimuth_deg=217.0, explosion=BLAST
    )
    # One way from source to hydrophones: what a channel does to bubble pulses is tested elsewhere.
    direct = replace(TRAINING, modes=(1.0, 1.0), ocean_share=0.0)
    return simulate_scene(np.random.default_rng(4), params, direct)


def detect(waves: Sequence[Waveform], folder: Path, *options: str) -> Result:
    stream = obspy.Stream(
        obspy.Trace(
            w.samples,
            {
                "network": w.channel.network,
                "station": w.channel.station,
                "channel": w.channel.channel,
                "sampling_rate": w.rate_hz,
                "starttime": obspy.UTCDateTime(ns=w.start_ns),
            },
        )
        for w in waves
    )
    stream.write(str(folder / "h10n.mseed"), format="MSEED")
    return CliRunner().invoke(main, ["detect", str(folder / "h10n.mseed"), *options])


def test_charge_against_depth_stands_in_text_and_json(scene: Scene, tmp_path: Path) -> None:
    done = detect(recordings_of(scene), tmp_path)
    assert done.exit_code == 0, done.output
    assert "Charges (kg of TNT that make the bubble) by depth" in done.stdout
    document = json.loads(detect(recordings_of(scene), tmp_path, "--json").stdout)
    (h,) = [d for d in document["detections"] if d["phase"] == "H"]
    assert h["bubble_period_s"] == pytest.approx(scene.truths[0].bubble_period_s, rel=0.01)
    locus = h["charge_locus"]
    assert [p["depth_m"] for p in locus] == sorted(p["depth_m"] for p in locus)
    at = math.log(BLAST.depth_m + 10.1)
    known = [math.log(p["depth_m"] + 10.1) for p in locus]
    low, high = (
        math.exp(np.interp(at, known, [math.log(p[k]) for p in locus]))
        for k in ("low_kg", "high_kg")
    )
    assert low < BLAST.charge_kg < high
    assert locus[0]["depth_m"] < BLAST.depth_m


def test_charge_against_depth_survives_the_file(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "arrivals.json"
    done = detect(recordings_of(scene), tmp_path, "-o", str(path))
    assert done.exit_code == 0, done.output
    read = FORMAT.read(Source("x.json", path.read_bytes())).bulletin
    assert read is not None
    (h,) = [d for d in read.detections if d.phase == "H"]
    assert h.charge_locus
    assert h.charge_locus[0].low_kg < h.charge_locus[0].charge_kg < h.charge_locus[0].high_kg


def test_one_hydrophone_at_another_rate_is_told_and_the_azimuth_right(
    scene: Scene, tmp_path: Path
) -> None:
    waves = recordings_of(scene)
    level = waves[1].samples.astype(np.float64)
    counts = np.round(resample_poly(level, 24, 25, padtype="line")).astype(np.int32)
    waves[1] = replace(waves[1], rate_hz=240.0, samples=counts)
    done = detect(waves, tmp_path)
    assert "resampled to the slowest rate, 240 Hz" in done.stderr
    document = json.loads(detect(waves, tmp_path, "--json").stdout)
    (h,) = [d for d in document["detections"] if d["phase"] == "H"]
    assert h["azimuth_deg"] == pytest.approx(217.0, abs=2.0)
    assert h["trace_velocity_m_s"] == pytest.approx(1483.0, abs=15.0)


def test_a_dead_hydrophone_is_told(scene: Scene, tmp_path: Path) -> None:
    waves = recordings_of(scene)
    waves[0] = waves[0].with_samples(np.zeros_like(waves[0].samples))
    done = detect(waves, tmp_path)
    assert "hydrophone H10N1 gave nothing for 2.0 of 2.0 min (dead" in done.stderr
    assert "1 of 1 signals without direction" in done.stderr
