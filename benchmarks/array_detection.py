"""False alarms and detection probability of the two array detectors, GLR and PMCC.

Noise: f^-2 power, not coherent between elements, on three real geometries (those of the test data
where they are there, else a 6-element array). Stated p-values are held against observed rates.

Arrivals: bursts of 20 s, 0.5-2 Hz, on a 6-element array of 1.2 km, alone and with a second source
of the same strength 110 deg away; SNR is the power ratio in the band on one element. A burst counts
as detected where a wave of p below a threshold lies within 10 deg of its azimuth: of the GLR a
window of 10 s, of PMCC a pixel. The thresholds run from 0.1 to 1e-6; false alarms are windows (or
pixels) of noise alone below the same threshold, per hour.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.signal.glr import GlrParams, find_waves
from vigie.signal.pmcc import PmccBand, PmccParams, find_pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
SIX_KM = np.array([[0.0, 0.0], [0.25, 0.1], [-0.15, 0.2], [0.6, -0.35], [-0.55, -0.3], [0.05, 0.7]])
BRP_KM = np.array([[0.012, -0.011], [0.089, -0.022], [-0.031, 0.078], [-0.067, -0.044]])
SIXTEEN_KM = 0.75 * np.stack(
    [
        np.array([0.12, 0.3, 0.55, 1.0])[np.arange(16) % 4] * np.sin(2.399963 * np.arange(16)),
        np.array([0.12, 0.3, 0.55, 1.0])[np.arange(16) % 4] * np.cos(2.399963 * np.arange(16)),
    ],
    axis=1,
)
CASES = {
    "4 elements, 0.2 km, 1-5 Hz, 10 s": (BRP_KM, (1.0, 5.0), 10.0),
    "6 elements, 1.2 km, 0.25-2 Hz, 20 s": (SIX_KM, (0.25, 2.0), 20.0),
    "16 elements, 1.5 km, 1-5 Hz, 10 s": (SIXTEEN_KM, (1.0, 5.0), 10.0),
}
LEVELS = (0.1, 0.03, 0.01, 0.003, 0.001, 3e-4, 1e-4)
THRESHOLDS = np.logspace(-1.0, -6.0, 11)
BAND_HZ = (0.5, 2.0)
BURST_S = 20.0
SPACING_S = 120.0
SNR_DB = (-9.0, -6.0, -3.0, 0.0, 3.0, 6.0)
AZIMUTHS_DEG = (60.0, 170.0)
VELOCITY_KM_S = 0.345
WITHIN_DEG = 10.0
ROC_DB = -3.0
WINDOWS_PER_RECORD = 1000
SEED = 20120409


def measure(*, windows: int = 60_000, bursts: int = 200) -> dict[str, object]:
    """Measure false alarms in so many windows, and detection of so many bursts."""
    return {
        "stated_p_over_observed_rate": {
            name: false_alarms(case, windows) for name, case in CASES.items()
        },
        "detection_at_p_1e-4": {
            kind: {f"{db:g} dB": detected(db, bursts, second=kind == "overlapped") for db in SNR_DB}
            for kind in ("alone", "overlapped")
        },
        "roc_at_-3_dB": {
            kind: roc(bursts, second=kind == "overlapped") for kind in ("alone", "overlapped")
        },
    }


def noise(n_elements: int, seconds: float, rng: np.random.Generator) -> FloatArray:
    """Return noise of f^-2 power."""
    n = round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    white = np.fft.rfft(rng.normal(size=(n_elements, n)))
    return np.asarray(np.fft.irfft(white / np.maximum(freq, 0.01), n))


def false_alarms(
    case: tuple[FloatArray, tuple[float, float], float], windows: int
) -> dict[str, float]:
    """Return observed rate over stated p, by stated p."""
    offsets, band_hz, window_s = case
    rng = np.random.default_rng(SEED)
    params = GlrParams(band_hz=band_hz, window_s=window_s, step_s=window_s, max_waves=1)
    p_value = np.concatenate(
        [
            find_waves(
                noise(len(offsets), WINDOWS_PER_RECORD * window_s, rng), RATE_HZ, offsets, params
            )[0].p_value
            for _ in range(max(windows // WINDOWS_PER_RECORD, 1))
        ]
    )
    return {f"{x:g}": round(float(np.mean(p_value < x)) / x, 2) for x in LEVELS} | {
        "windows": float(len(p_value))
    }


def record_of_bursts(snr_db: float, bursts: int, *, second: bool) -> tuple[FloatArray, FloatArray]:
    """Return a record of bursts and their times, s."""
    rng = np.random.default_rng(SEED + round(10 * snr_db))
    seconds = (bursts + 1) * SPACING_S
    samples = noise(len(SIX_KM), seconds, rng)
    n = samples.shape[1]
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    inside = (freq >= BAND_HZ[0]) & (freq <= BAND_HZ[1])
    in_band = np.fft.irfft(np.where(inside, np.fft.rfft(samples[0]), 0.0), n)
    level = float(np.std(in_band)) * 10.0 ** (snr_db / 20.0)
    times = (np.arange(bursts, dtype=np.float64) + 0.5) * SPACING_S
    for azimuth in AZIMUTHS_DEG[: 2 if second else 1]:
        white = np.fft.rfft(rng.normal(size=n))
        source = np.fft.irfft(np.where(inside, white / np.maximum(freq, 0.01), 0.0), n)
        gate = np.zeros(n)
        for t in times:
            first = round(t * RATE_HZ)
            gate[first : first + round(BURST_S * RATE_HZ)] = 1.0
        turn = np.radians(azimuth)
        delay = SIX_KM @ (-np.array([np.sin(turn), np.cos(turn)]) / VELOCITY_KM_S)
        spectrum = np.fft.rfft(level * gate * source / float(np.std(source)))
        samples += np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * delay[:, None]), n)
    return samples, np.asarray(times, dtype=np.float64)


def glr_rows(samples: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return time, azimuth and p of all waves of the GLR."""
    params = GlrParams(band_hz=BAND_HZ, window_s=10.0, step_s=5.0, max_p_value=0.1, max_waves=2)
    waves = find_waves(samples, RATE_HZ, SIX_KM, params)
    return (
        np.concatenate([w.start_s + 5.0 for w in waves]),
        np.concatenate([w.azimuth_deg for w in waves]),
        np.concatenate([w.p_value for w in waves]),
    )


def pmcc_rows(samples: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return time, azimuth and p of all pixels of PMCC."""
    edges = [10.0 ** (-2.0 + k / 10.0) for k in range(17, 24)]
    bands = tuple(PmccBand(a, b, 30.0) for a, b in pairwise(edges))
    pixels = find_pixels(samples, RATE_HZ, SIX_KM, PmccParams(bands=bands, max_p_value=0.1))
    return pixels.time_s, pixels.azimuth_deg, pixels.p_value


def share_found(
    rows: tuple[FloatArray, FloatArray, FloatArray],
    times: FloatArray,
    azimuths: tuple[float, ...],
    threshold: float,
) -> float:
    """Return the share of bursts with a wave of their azimuth below a threshold."""
    at, azimuth, p_value = rows
    found = 0
    for direction in azimuths:
        off = np.abs((azimuth - direction + 180.0) % 360.0 - 180.0)
        good = np.sort(at[(p_value < threshold) & (off < WITHIN_DEG)])
        first = np.searchsorted(good, times - 10.0)
        last = np.searchsorted(good, times + BURST_S + 10.0)
        found += int(np.sum(last > first))
    return found / (len(times) * len(azimuths))


def detected(snr_db: float, bursts: int, *, second: bool) -> dict[str, float]:
    """Return the share of bursts that each detector finds at p below 1e-4."""
    samples, times = record_of_bursts(snr_db, bursts, second=second)
    azimuths = AZIMUTHS_DEG[: 2 if second else 1]
    return {
        name: round(share_found(rows(samples), times, azimuths, 1e-4), 3)
        for name, rows in (("glr", glr_rows), ("pmcc", pmcc_rows))
    }


def roc(bursts: int, *, second: bool) -> dict[str, list[list[float]]]:
    """Return false alarms per hour and share detected, for each threshold."""
    samples, times = record_of_bursts(ROC_DB, bursts, second=second)
    seconds = 4.0 * 3600.0
    quiet = noise(len(SIX_KM), seconds, np.random.default_rng(SEED + 1))
    azimuths = AZIMUTHS_DEG[: 2 if second else 1]
    curves: dict[str, list[list[float]]] = {}
    for name, rows in (("glr", glr_rows), ("pmcc", pmcc_rows)):
        waves, alarms = rows(samples), rows(quiet)[2]
        curves[name] = [
            [
                round(float(np.sum(alarms < x)) / seconds * 3600.0, 3),
                round(share_found(waves, times, azimuths, float(x)), 3),
            ]
            for x in THRESHOLDS
        ]
    return curves


def draw(result: dict[str, Any]) -> Any:  # noqa: ANN401 — a figure of matplotlib
    """Draw detection against SNR and the ROC."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for kind, line in (("alone", "-"), ("overlapped", "--")):
        table = result["detection_at_p_1e-4"][kind]
        db = [float(k.split()[0]) for k in table]
        for name, colour in (("glr", "#0072b2"), ("pmcc", "#d55e00")):
            label = f"{name.upper()}, {kind}"
            left.plot(db, [v[name] for v in table.values()], line, color=colour, label=label)
            curve = np.array(result["roc_at_-3_dB"][kind][name])
            right.plot(np.maximum(curve[:, 0], 0.1), curve[:, 1], line, color=colour, label=label)
    left.set_xlabel("SNR on one element, dB")
    left.set_ylabel("Share of bursts detected")
    left.set_title("p below 1e-4")
    right.set_xscale("log")
    right.set_xlabel("False windows or pixels per hour (0.1: none in 4 h)")
    right.set_title("SNR -3 dB, thresholds 0.1 to 1e-6")
    left.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.set_ylim(0.0, 1.02)
        axes.grid(color="#d9d9de", linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
