"""Speed and truth of array processing beside ObsPy, in one run.

``python -m benchmarks.fk`` prints JSON: f-k of a 10-element array on the 81 x 81 grid of the
processing configuration of a peer (windows of 4 s every second, 20 Hz, 1 to 3 Hz) by
``vigie.signal.fk`` and by ``obspy.signal.array_analysis.array_processing`` with the same windows,
taper and bins; largest difference of the maxima in grid steps; kernel alone; a day's beam.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.signal.array_spectra import window_spectra
from vigie.signal.elements import ElementData
from vigie.signal.fk import fk_analysis, grid_maxima
from vigie.signal.fk_params import FkParams, SlownessGrid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
BAND_HZ = (1.0, 3.0)
MAX_S_PER_KM = 40.0 / KM_PER_DEG


def scene(seconds: float, seed: int = 20160106) -> tuple[FloatArray, FloatArray]:
    """Return samples (10, m) and offsets: a P wave train in noise on an array of 10 km."""
    rng = np.random.default_rng(seed)
    radius = 5.0 * np.sqrt(rng.uniform(size=10))
    angle = rng.uniform(0.0, 2.0 * np.pi, 10)
    offsets = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    offsets -= offsets.mean(axis=0)
    count = round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=count)) * ((freq > 0.6) & (freq < 4.0))
    delays = offsets @ np.array([-0.05, 0.055])
    waves = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    return waves + 0.3 * waves.std() * rng.normal(size=waves.shape), offsets


def obspy_fk(samples: FloatArray, offsets: FloatArray, window_s: float) -> FloatArray:
    """Run ObsPy on the scene; columns: time, relative power, power, azimuth, slowness."""
    from obspy import Stream, Trace, UTCDateTime
    from obspy.core import AttribDict
    from obspy.signal.array_analysis import array_processing

    stream = Stream()
    for row, (east, north) in zip(samples, offsets, strict=True):
        trace = Trace(row.copy(), {"sampling_rate": RATE_HZ, "starttime": UTCDateTime(0)})
        trace.stats.coordinates = AttribDict({"x": east, "y": north, "elevation": 0.0})
        stream.append(trace)
    step = 2.0 * MAX_S_PER_KM / 80.0
    end = UTCDateTime(0) + (samples.shape[1] - 1) / RATE_HZ
    return np.asarray(
        array_processing(
            stream,
            win_len=window_s,
            win_frac=1.0 / window_s,
            sll_x=-MAX_S_PER_KM,
            slm_x=MAX_S_PER_KM + step / 2.0,
            sll_y=-MAX_S_PER_KM,
            slm_y=MAX_S_PER_KM + step / 2.0,
            sl_s=step,
            semb_thres=-1e9,
            vel_thres=-1e9,
            frqlow=BAND_HZ[0],
            frqhigh=BAND_HZ[1],
            stime=UTCDateTime(0),
            etime=end,
            prewhiten=0,
            coordsys="xy",
            timestamp="julsec",
            method=0,
        )
    )


def best_of(repeats: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least processor time of several runs, s, and the last result."""
    times = []
    result = None
    for _ in range(repeats):
        begin = time.process_time()
        result = work()
        times.append(time.process_time() - begin)
    return min(times), result


def measure(seconds: float = 600.0, peer_seconds: float = 60.0) -> dict[str, object]:
    """Run both and compare."""
    window_s = 4.0
    samples, offsets = scene(seconds)
    # ObsPy tapers 22 %, pads windows to a power of two (128 samples for 80) and begins at the
    # bin nearest to the band's edge, 0.9375 Hz: so do we here, that the maxima be comparable.
    params = FkParams(
        band_hz=(BAND_HZ[0] - 0.07, BAND_HZ[1]),
        window_s=window_s,
        step_s=1.0,
        taper_fraction=0.22,
        pad_factor=1.6,
        grid=SlownessGrid(max_s_per_km=MAX_S_PER_KM, nodes=81),
    )
    fk_analysis(samples[:, :200], RATE_HZ, offsets, params)
    ours_s, ours = best_of(3, lambda: fk_analysis(samples, RATE_HZ, offsets, params))
    spectra = window_spectra(samples, RATE_HZ, params)
    kernel_s, _ = best_of(3, lambda: grid_maxima(spectra, offsets, params.grid))
    peer_count = round(peer_seconds * RATE_HZ)
    peer_s, peer = best_of(2, lambda: obspy_fk(samples[:, :peer_count], offsets, window_s))
    windows, peer_windows = len(ours.start_s), len(peer)
    azimuth, slowness = np.radians(peer[:, 3]), peer[:, 4]
    theirs = np.stack([-slowness * np.sin(azimuth), -slowness * np.cos(azimuth)], axis=1)
    mine = np.stack([ours.east_s_per_km, ours.north_s_per_km], axis=1)[:peer_windows]
    nodes = grid_maxima(spectra, offsets, params.grid)[0][:peer_windows]
    step = params.grid.step_s_per_km
    apart = np.abs(params.grid.axis_s_per_km[nodes] - theirs).max(axis=1) / step
    return {
        "windows": windows,
        "us_per_window": 1e6 * ours_s / windows,
        "us_per_window_kernel": 1e6 * kernel_s / windows,
        "obspy_us_per_window": 1e6 * peer_s / peer_windows,
        "times_obspy": peer_s / peer_windows / (ours_s / windows),
        "times_obspy_kernel": peer_s / peer_windows / (kernel_s / windows),
        "times_real_time": windows * params.step_s / ours_s,
        "largest_difference_of_nodes_steps": float(np.max(apart)),
        "largest_difference_refined_steps": float(np.max(np.abs(mine - theirs)) / step),
        "beam_day_s": beam_day_s(),
    }


def beam_day_s(hours: float = 6.0) -> float:
    """Return the processor time of one coherent beam of 10 elements and a day at 40 Hz, s."""
    from vigie.records import ChannelId
    from vigie.signal.beams import Steering, beam

    rng = np.random.default_rng(1)
    samples = rng.normal(size=(10, round(hours * 3600 * 40)))
    channels = tuple(ChannelId("", f"A{i}", "", "SHZ") for i in range(10))
    data = ElementData(channels, rng.normal(size=(10, 2)), 0, 40.0, samples)
    steering = Steering(name="B", slowness_s_per_km=(0.05, 0.03))
    seconds, _ = best_of(1, lambda: beam(data, steering))
    return seconds * 24.0 / hours


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
