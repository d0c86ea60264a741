"""Onsets of simulated infrasound arrivals: errors, and what their stated sigmas are worth.

Six elements (W420) in noise of f^-2 power, one arrival each ten minutes, of four kinds: a pulse of
one cycle, a train that begins at once and dies away, one that rises in a third of its length, and
one whose rise and fall are alike (sine squared). The truth is when the first of it crosses
the array's middle. SNR is the power ratio on one element in the arrival's band, at its loudest. The
whole chain runs (``process_array``); the middle of the first window, of the same families, stands
beside.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from benchmarks.array_detection import RATE_HZ, W420_KM, moved

from vigie.infrasound import process_array
from vigie.records import ChannelId, Site, Station, Technology, Waveform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.infrasound import ArrayResult
    from vigie.records import Detection

    FloatArray = NDArray[np.float64]

SPACING_S = 600.0
LEAD_S = 300.0
SNR_DB = (0.0, 6.0, 12.0, 20.0)
AZIMUTH_DEG = 60.0
START_NS = 1_600_000_000_000_000_000
SEED = 20120827


class Kind(NamedTuple):
    """An arrival's band, length and shape."""

    band_hz: tuple[float, float]
    length_s: float
    shape: str


KINDS = {
    "pulse, 1 cycle of 0.5 Hz": Kind((0.25, 1.0), 2.0, "pulse"),
    "sudden, 20 s, 0.5-2 Hz": Kind((0.5, 2.0), 20.0, "sudden"),
    "sudden, 90 s, 0.1-1 Hz": Kind((0.1, 1.0), 90.0, "sudden"),
    "rising, 30 s, 0.5-3 Hz": Kind((0.5, 3.0), 30.0, "rising"),
    "rising, 180 s, 0.3-2 Hz": Kind((0.3, 2.0), 180.0, "rising"),
    "sine squared, 60 s, 0.5-3 Hz": Kind((0.5, 3.0), 60.0, "swell"),
    "sine squared, 300 s, 0.1-1 Hz": Kind((0.1, 1.0), 300.0, "swell"),
}


def measure(*, arrivals: int = 40) -> dict[str, object]:
    """Measure errors of onsets of so many arrivals of each kind and SNR."""
    rows: dict[str, object] = {}
    every: list[tuple[float, float, float]] = []
    for name, kind in KINDS.items():
        for db in SNR_DB:
            found = onsets(kind, db, arrivals)
            rows[f"{name}, {db:g} dB"] = {"of": arrivals, **told(found)}
            every += found
    return {"all": told(every), "kinds": rows}


def told(found: list[tuple[float, float, float]]) -> dict[str, object]:
    """Return figures of errors, sigmas and errors of the first window's middle."""
    if not found:
        return {"found": 0}
    error, sigma, window = np.array(found).T
    pull = np.abs(error) / sigma
    return {
        "found": len(found),
        "median_s": round(float(np.median(error)), 2),
        "median_size_s": round(float(np.median(np.abs(error))), 2),
        "size_at_90_percent_s": round(float(np.quantile(np.abs(error), 0.9)), 2),
        "median_sigma_s": round(float(np.median(sigma)), 2),
        "within_1_sigma": round(float(np.mean(pull <= 1.0)), 3),
        "within_2_sigma": round(float(np.mean(pull <= 2.0)), 3),
        "window_median_s": round(float(np.median(window)), 2),
        "window_median_size_s": round(float(np.median(np.abs(window))), 2),
    }


def onsets(kind: Kind, snr_db: float, arrivals: int) -> list[tuple[float, float, float]]:
    """Return error and sigma of each onset found, and the error of the first window's middle."""
    rng = np.random.default_rng(SEED + round(10 * snr_db))
    samples = scene(kind, snr_db, arrivals, rng)
    result = process_array(waveforms(samples), station())
    assert result.pixels is not None
    found = []
    for k in range(arrivals):
        truth = LEAD_S + k * SPACING_S
        near = [
            (d, f)
            for d, f in zip(_by_family(result), result.families, strict=True)
            if abs(f.azimuth_deg - AZIMUTH_DEG) < 10.0
            and f.start_s - kind.length_s < truth < f.end_s
        ]
        if not near:
            continue
        detection, family = max(near, key=lambda x: len(x[1]))
        first = float(np.min(result.pixels.time_s[family.rows]))
        onset = (detection.time_ns - START_NS) / 1e9
        found.append((onset - truth, detection.time_sigma_s or 1e-9, first - truth))
    return found


def _by_family(result: ArrayResult) -> list[Detection]:
    """Return detections in the order of the families.

    Not by azimuth: that of a detection in doubt holds all hypotheses.
    """
    left = list(result.detections)
    found = []
    for family in result.families:
        middle_ns = result.start_ns + round(0.5e9 * (family.start_s + family.end_s))
        same = [d for d in left if d.family_size == len(family)]
        nearest = min(same, key=lambda d: abs(d.time_ns - middle_ns))
        left.remove(nearest)
        found.append(nearest)
    return found


def scene(kind: Kind, snr_db: float, arrivals: int, rng: np.random.Generator) -> FloatArray:
    """Return one record with arrivals at equal distances, shape (elements, samples)."""
    n = round((LEAD_S + arrivals * SPACING_S) * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    inside = (freq >= kind.band_hz[0]) & (freq <= kind.band_hz[1])
    white = np.fft.rfft(rng.normal(size=(len(W420_KM), n)))
    noise = np.fft.irfft(white / np.maximum(freq, 0.02), n)
    level = float(np.std(np.fft.irfft(np.where(inside, np.fft.rfft(noise[0]), 0.0), n)))
    wave = np.fft.irfft(np.where(inside, np.fft.rfft(rng.normal(size=n)), 0.0), n)
    wave /= float(np.std(wave))
    t = np.arange(n) / RATE_HZ
    total = np.zeros(n)
    for k in range(arrivals):
        own = t - (LEAD_S + k * SPACING_S)
        total += _pulse(own, kind) if kind.shape == "pulse" else wave * _envelope(own, kind)
    spectrum = np.fft.rfft(level * 10.0 ** (snr_db / 20.0) * total)
    return np.asarray(noise + moved(spectrum, n, W420_KM, AZIMUTH_DEG))


def _pulse(t: FloatArray, kind: Kind) -> FloatArray:
    """Return one cycle with a smooth beginning and end, of rms 1."""
    inside = (t > 0.0) & (t < kind.length_s)
    shape = np.sin(np.pi * t / kind.length_s) ** 2 * np.sin(2.0 * np.pi * t / kind.length_s)
    return np.asarray(np.where(inside, 2.0 * shape, 0.0))


def _envelope(t: FloatArray, kind: Kind) -> FloatArray:
    x = t / kind.length_s
    if kind.shape == "sudden":
        return np.asarray(np.where(x >= 0.0, np.exp(-2.0 * np.maximum(x, 0.0)), 0.0))
    if kind.shape == "rising":
        rise = np.clip(3.0 * x, 0.0, 1.0)
        fall = np.exp(-3.0 * np.maximum(x - 1.0 / 3.0, 0.0))
        return np.asarray(rise * fall)
    return np.asarray(np.where((x > 0.0) & (x < 1.0), np.sin(np.pi * np.clip(x, 0.0, 1.0)) ** 2, 0))


def waveforms(samples: FloatArray) -> list[Waveform]:
    """Return the record as pressure channels of a digitiser."""
    scaled = np.round(samples * 1e3 / float(np.std(samples)))
    return [
        Waveform(ChannelId("XX", f"S{k}", "", "BDF"), START_NS, RATE_HZ, row)
        for k, row in enumerate(scaled)
    ]


def station() -> Station:
    """Return the station of the six elements."""
    sites = tuple(
        Site(
            code=f"S{k}",
            latitude=north / 111.195,
            longitude=east / 111.195,
            elevation_m=0.0,
        )
        for k, (east, north) in enumerate(W420_KM.tolist())
    )
    return Station(
        code="S",
        latitude=0.0,
        longitude=0.0,
        elevation_m=0.0,
        technology=Technology.INFRASOUND,
        sites=sites,
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
