"""Speed of infrasound processing: a day of PMCC, and f-k on the grid of a peer.

The day: nine elements of 2.6 km at 20 Hz, continuous microbaroms of 0.1-0.5 Hz from one direction
at twice the noise, 26 bands. The f-k: 147 x 147 slownesses (21,609; InfraPy's 180 azimuths x 120
speeds are 21,600), 41 frequencies, four elements; ObsPy's array_processing on 41 x 41 slownesses
and nine elements scales the machine (5.39 ms per window where InfraPy took 110 ms on its grid).
"""

from __future__ import annotations

import json
import resource
import time
from typing import TYPE_CHECKING

import numpy as np

from vigie.signal.fk_kernels import maxima
from vigie.signal.pmcc import FamilyParams, PmccParams, find_pixels, link_families

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
DAY_S = 86_400.0
SEED = 1


def measure(*, seconds: float = DAY_S) -> dict[str, object]:
    """Measure the day, or a part of it, and the f-k."""
    return {"pmcc": pmcc(seconds), "fk": fk()}


def nine_elements() -> FloatArray:
    """Return offsets of a centre, a small triangle and a pentagon, km."""
    inner = 0.15 * np.stack([np.sin([0.5, 2.6, 4.7]), np.cos([0.5, 2.6, 4.7])], axis=1)
    turn = np.array([0.2, 1.4, 2.7, 3.9, 5.2])
    outer = 1.3 * np.stack([np.sin(turn), np.cos(turn)], axis=1)
    return np.concatenate([np.zeros((1, 2)), inner, outer])


def microbaroms(seconds: float) -> FloatArray:
    """Return one record of microbaroms across the array, with noise."""
    rng = np.random.default_rng(SEED)
    offsets, n = nine_elements(), round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    shape = np.exp(-0.5 * (np.log(np.maximum(freq, 1e-3) / 0.2) / 0.35) ** 2)
    source = shape * np.exp(2j * np.pi * rng.random(len(freq)))
    turn = np.radians(250.0)
    delay = -offsets @ np.array([np.sin(turn), np.cos(turn)]) / 0.345
    colour = 1.0 / np.maximum(freq, 0.01)
    inside = (freq > 0.1) & (freq < 0.5)
    rows = np.empty((len(offsets), n))
    for row, late in zip(rows, delay, strict=True):
        wave = np.fft.irfft(source * np.exp(-2j * np.pi * freq * late), n)
        white = rng.normal(size=(2, len(freq)))
        noise_spectrum = colour * (white[0] + 1j * white[1])
        level = float(np.std(np.fft.irfft(np.where(inside, noise_spectrum, 0.0), n)))
        row[:] = wave / np.std(wave) + 0.5 * np.fft.irfft(noise_spectrum, n) / level
    return rows


def pmcc(seconds: float) -> dict[str, float]:
    """Measure CPU time and memory of PMCC; compilation is not counted."""
    offsets, params = nine_elements(), PmccParams()
    samples = microbaroms(seconds)
    find_pixels(samples[:, : round(700.0 * RATE_HZ)], RATE_HZ, offsets, params)
    started = time.process_time()
    pixels = find_pixels(samples, RATE_HZ, offsets, params)
    families = link_families(pixels, FamilyParams(), step=params.step)
    return {
        "seconds_of_data": seconds,
        "cpu_s": round(time.process_time() - started, 1),
        "pixels": float(len(pixels)),
        "families": float(len(families)),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def fk() -> dict[str, float]:
    """Measure ms per window on the peer's grid, and of ObsPy on its own."""
    rng = np.random.default_rng(SEED)
    freq, axis = np.linspace(1.0, 5.0, 41), np.linspace(-1.0 / 0.3, 1.0 / 0.3, 147)
    result: dict[str, float] = {}
    for n in (4, 9):
        values = rng.normal(size=(240, n, 41)) + 1j * rng.normal(size=(240, n, 41))
        offsets = rng.normal(size=(n, 2))
        maxima(values[:4], freq, offsets, axis)
        started = time.process_time()
        maxima(values, freq, offsets, axis)
        elapsed = (time.process_time() - started) / len(values)
        result[f"vigie, {n} elements, 21,609 slownesses, ms per window"] = round(1e3 * elapsed, 2)
    result["ObsPy, 9 elements, 1,681 slownesses, ms per window"] = obspy_fk()
    return result


def obspy_fk() -> float:
    """Return ms per window of ObsPy: 41 x 41 slownesses, windows of 4 s every 0.4 s at 20 Hz."""
    from obspy import Stream, Trace, UTCDateTime
    from obspy.core import AttribDict
    from obspy.signal.array_analysis import array_processing

    rng = np.random.default_rng(SEED)
    stream = Stream()
    for east, north in nine_elements():
        trace = Trace(rng.normal(size=2400), {"sampling_rate": RATE_HZ})
        trace.stats.coordinates = AttribDict({"x": east, "y": north, "elevation": 0.0})
        stream.append(trace)
    started = time.process_time()
    found = array_processing(
        stream, win_len=4.0, win_frac=0.1, sll_x=-3.2, slm_x=3.2, sll_y=-3.2, slm_y=3.2,
        sl_s=0.16, semb_thres=-1e9, vel_thres=-1e9, frqlow=0.5, frqhigh=4.0,
        stime=UTCDateTime(0), etime=UTCDateTime(0) + 119.0, prewhiten=0, coordsys="xy",
        timestamp="julsec", method=0,
    )  # fmt: skip
    return round(1e3 * (time.process_time() - started) / len(found), 2)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
