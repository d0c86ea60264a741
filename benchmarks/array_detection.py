"""False alarms and detection probability of the two array detectors, GLR and PMCC.

False alarms: noise of f^-2 power, not coherent between elements, at the geometries of three real
arrays. Stated p-values are held against observed rates: of the GLR the strongest wave of each
window, and the second one behind a strong plane wave; of PMCC the cells, a window of a band.
Windows do not overlap and bands do not touch, so that events are independent and their number has
the Poisson interval that is given (95 %).

Arrivals: bursts of 20 s, 0.5-2 Hz, at the six elements of W420, alone and with a second source
of the same strength 110 deg away; SNR is the power ratio in the band on one element. A burst counts
as detected where a wave within 10 deg of its azimuth lies below the threshold: of the GLR a window
of 10 s, of PMCC a pixel, or a family. False alarms are minutes of noise alone with any wave below
the same threshold.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from vigie.signal.glr import GlrParams, find_waves
from vigie.signal.pmcc import FamilyParams, PmccBand, PmccParams, find_pixels, link_families

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
BRP_KM = np.array([[-0.067, -0.045], [-0.032, 0.078], [0.088, -0.022], [0.011, -0.011]])
W420_KM = np.array(
    [
        [0.089, 0.032], [-0.126, 0.026], [0.341, 0.274],
        [-0.256, 0.258], [0.257, -0.276], [-0.303, -0.314],
    ]
)  # fmt: skip
KNMI_KM = np.array(
    [
        [0.377, 0.394], [0.618, 0.270], [0.721, 0.115], [0.206, -0.789],
        [-0.008, -0.788], [-0.204, -0.787], [-0.728, 0.082], [-0.670, 0.262],
        [-0.593, 0.495], [0.312, -0.074], [0.602, -0.305], [-0.117, 0.153],
        [-0.363, 0.307], [0.066, -0.159], [-0.725, -0.181], [0.120, 0.619],
    ]
)  # fmt: skip
"""Of the YJ, XH and NL arrays in ../shared/data, east and north, to the metre."""


class Case(NamedTuple):
    """An array and what is searched there."""

    offsets_km: FloatArray
    band_hz: tuple[float, float]
    window_s: float


CASES = {
    "BRP, 4 elements, 1-5 Hz, 10 s": Case(BRP_KM, (1.0, 5.0), 10.0),
    "W420, 6 elements, 0.25-2 Hz, 20 s": Case(W420_KM, (0.25, 2.0), 20.0),
    "KNMI, 16 elements, 1-5 Hz, 10 s": Case(KNMI_KM, (1.0, 5.0), 10.0),
}
LEVELS = (0.1, 0.03, 0.01, 0.003, 0.001, 3e-4, 1e-4)
WINDOWS_PER_RECORD = 1000
PMCC_WINDOW_S = 30.0
STRONG_DB = 10.0

THRESHOLDS = np.logspace(-1.0, -8.0, 29)
AT_1E4 = 12
"""Index of 1e-4 in them."""
BAND_HZ = (0.5, 2.0)
BURST_S = 20.0
SPACING_S = 120.0
SNR_DB = (-12.0, -10.5, -9.0, -7.5, -6.0, -4.5, -3.0, -1.5, 0.0, 1.5, 3.0, 4.5, 6.0)
ROC_DB = (-6.0, -3.0, 0.0)
AZIMUTHS_DEG = (60.0, 170.0)
VELOCITY_KM_S = 0.345
WITHIN_DEG = 10.0
RECORD_S = 14400.0
PER_HOUR = 0.1
"""False alarms at which the detectors are compared."""
SEED = 20120409

Rows = tuple["FloatArray", "FloatArray", "FloatArray"]
"""Time, azimuth and p of waves."""


def measure(
    *, windows: int = 100_000, behind: int = 10_000, cells: int = 50_000, bursts: int = 200,
    hours: float = 120.0,
) -> dict[str, object]:  # fmt: skip
    """Measure rates of false alarms in so many windows, and the detection of so many bursts."""
    alarms = noise_minutes(hours)
    result: dict[str, object] = {
        "glr": {name: false_alarms(case, windows) for name, case in CASES.items()},
        "glr_behind_a_strong_wave": {
            name: false_seconds(case, behind) for name, case in CASES.items()
        },
        "pmcc": {name: false_pixels(case, cells) for name, case in CASES.items()},
        "hours_of_noise": hours,
        "bursts": bursts,
        "false_minutes_per_hour": {
            name: {f"{x:.1e}": round(n, 3) for x, n in zip(THRESHOLDS, rate, strict=True)}
            for name, rate in alarms.items()
        },
    }
    for kind in ("alone", "overlapped"):
        found = {db: shares(db, bursts, second=kind == "overlapped") for db in SNR_DB}
        result[kind] = {
            f"detected_at_{PER_HOUR:g}_false_alarms_per_hour": {
                f"{db:g} dB": {n: at_rate(share[n], alarms[n]) for n in share}
                for db, share in found.items()
            },
            "detected_at_p_1e-4": {
                f"{db:g} dB": {n: share[n][AT_1E4] for n in share} for db, share in found.items()
            },
            "roc": {
                f"{db:g} dB": {
                    n: [[round(a, 4), s] for a, s in zip(alarms[n], found[db][n], strict=True)]
                    for n in alarms
                }
                for db in ROC_DB
            },
        }
    return result


def noise(n_elements: int, seconds: float, rng: np.random.Generator) -> FloatArray:
    """Return noise of f^-2 power."""
    n = round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    white = np.fft.rfft(rng.normal(size=(n_elements, n)))
    return np.asarray(np.fft.irfft(white / np.maximum(freq, 0.01), n))


def counted(p_value: FloatArray, trials: int) -> dict[str, object]:
    """Return observed rate over stated p, by stated p, with events and their interval."""
    from scipy.stats import chi2

    table: dict[str, object] = {"trials": trials}
    for level in LEVELS:
        events = int(np.sum(p_value < level))
        expected = level * trials
        low = chi2.ppf(0.025, 2 * events) / 2.0 if events else 0.0
        high = chi2.ppf(0.975, 2 * events + 2) / 2.0
        table[f"{level:g}"] = {
            "observed_over_stated": round(events / expected, 3),
            "events": events,
            "interval_95": [round(float(low) / expected, 3), round(float(high) / expected, 3)],
        }
    return table


def false_alarms(case: Case, windows: int) -> dict[str, object]:
    """Count waves that the GLR finds in windows of noise."""
    return _glr(case, windows, order=0)


def false_seconds(case: Case, windows: int) -> dict[str, object]:
    """Count second waves that the GLR finds behind a strong one that is there all the time."""
    return _glr(case, windows, order=1)


def _glr(case: Case, windows: int, *, order: int) -> dict[str, object]:
    rng = np.random.default_rng(SEED)
    params = GlrParams(
        band_hz=case.band_hz, window_s=case.window_s, step_s=case.window_s, max_waves=order + 1
    )
    p_value = []
    for _ in range(max(windows // WINDOWS_PER_RECORD, 1)):
        samples = noise(len(case.offsets_km), WINDOWS_PER_RECORD * case.window_s, rng)
        if order:
            samples = samples + strong_wave(case, samples.shape[1], rng)
        p_value.append(find_waves(samples, RATE_HZ, case.offsets_km, params)[order].p_value)
    every = np.concatenate(p_value)
    return counted(every, len(every))


def strong_wave(case: Case, n: int, rng: np.random.Generator) -> FloatArray:
    """Return a plane wave of the colour of the noise, ten times as powerful."""
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    source = np.fft.rfft(rng.normal(size=n)) / np.maximum(freq, 0.01)
    wave = moved(source, n, case.offsets_km, AZIMUTHS_DEG[0])
    return np.asarray(10.0 ** (STRONG_DB / 20.0) * wave)


def moved(source: NDArray[Any], n: int, offsets_km: FloatArray, azimuth_deg: float) -> FloatArray:
    """Return the wave of a spectrum at the elements."""
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    turn = np.radians(azimuth_deg)
    delay = offsets_km @ (-np.array([np.sin(turn), np.cos(turn)]) / VELOCITY_KM_S)
    return np.asarray(np.fft.irfft(source * np.exp(-2j * np.pi * freq * delay[:, None]), n))


def false_pixels(case: Case, cells: int) -> dict[str, object]:
    """Count cells of noise in which PMCC finds a pixel."""
    edges = [10.0 ** (k / 10.0) for k in range(-20, 10)]
    inside = [e for e in edges if case.band_hz[0] < 1.02 * e and e < 1.02 * case.band_hz[1]]
    bands = tuple(PmccBand(a, b, PMCC_WINDOW_S) for a, b in list(pairwise(inside))[::2])
    params = PmccParams(bands=bands, step=1.0, max_p_value=1.0)
    rng = np.random.default_rng(SEED)
    per_record = round(RECORD_S / PMCC_WINDOW_S) * len(bands)
    p_value = [
        find_pixels(
            noise(len(case.offsets_km), RECORD_S, rng), RATE_HZ, case.offsets_km, params
        ).p_value
        for _ in range(max(cells // per_record, 1))
    ]
    return counted(np.concatenate(p_value), len(p_value) * per_record)


def record_of_bursts(snr_db: float, bursts: int, *, second: bool) -> tuple[FloatArray, FloatArray]:
    """Return a record of bursts and their times, s."""
    rng = np.random.default_rng(SEED + round(10 * snr_db))
    seconds = (bursts + 1) * SPACING_S
    samples = noise(len(W420_KM), seconds, rng)
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
        spectrum = np.fft.rfft(level * gate * source / float(np.std(source)))
        samples += moved(spectrum, n, W420_KM, azimuth)
    return samples, np.asarray(times, dtype=np.float64)


def glr_rows(samples: FloatArray) -> Rows:
    """Return all waves of the GLR."""
    params = GlrParams(band_hz=BAND_HZ, window_s=10.0, step_s=5.0, max_p_value=0.1, max_waves=2)
    waves = find_waves(samples, RATE_HZ, W420_KM, params)
    return (
        np.concatenate([w.start_s + 5.0 for w in waves]),
        np.concatenate([w.azimuth_deg for w in waves]),
        np.concatenate([w.p_value for w in waves]),
    )


def pmcc_params(max_p_value: float) -> PmccParams:
    """Return the seven third octaves of 0.5 to 2.5 Hz."""
    edges = [10.0 ** (-2.0 + k / 10.0) for k in range(17, 24)]
    bands = tuple(PmccBand(a, b, PMCC_WINDOW_S) for a, b in pairwise(edges))
    return PmccParams(bands=bands, max_p_value=max_p_value)


def pixel_rows(samples: FloatArray) -> Rows:
    """Return all pixels of PMCC."""
    pixels = find_pixels(samples, RATE_HZ, W420_KM, pmcc_params(0.1))
    return pixels.time_s, pixels.azimuth_deg, pixels.p_value


def family_rows(samples: FloatArray) -> Rows:
    """Return all families of PMCC, with the threshold of pixels that stations have."""
    params = pmcc_params(PmccParams().max_p_value)
    pixels = find_pixels(samples, RATE_HZ, W420_KM, params)
    families = link_families(pixels, FamilyParams(), step=params.step)
    return (
        np.array([0.5 * (f.start_s + f.end_s) for f in families]),
        np.array([f.azimuth_deg for f in families]),
        np.array([f.p_value for f in families]),
    )


DETECTORS: dict[str, Callable[[FloatArray], Rows]] = {
    "glr": glr_rows,
    "pmcc_pixel": pixel_rows,
    "pmcc_family": family_rows,
}


def noise_minutes(hours: float) -> dict[str, list[float]]:
    """Return minutes per hour of noise with a false alarm, by threshold."""
    rng = np.random.default_rng(SEED + 1)
    records = max(round(hours * 3600.0 / RECORD_S), 1)
    count = {name: np.zeros(len(THRESHOLDS)) for name in DETECTORS}
    for _ in range(records):
        samples = noise(len(W420_KM), RECORD_S, rng)
        for name, rows in DETECTORS.items():
            at, _, p_value = rows(samples)
            count[name] += [len(np.unique(at[p_value < x] // 60.0)) for x in THRESHOLDS]
    return {name: (n / (records * RECORD_S / 3600.0)).tolist() for name, n in count.items()}


def shares(snr_db: float, bursts: int, *, second: bool) -> dict[str, list[float]]:
    """Return the share of bursts that each detector finds, by threshold."""
    samples, times = record_of_bursts(snr_db, bursts, second=second)
    azimuths = AZIMUTHS_DEG[: 2 if second else 1]
    found = {}
    for name, rows in DETECTORS.items():
        waves = rows(samples)
        found[name] = [round(share_found(waves, times, azimuths, x), 4) for x in THRESHOLDS]
    return found


def share_found(
    rows: Rows, times: FloatArray, azimuths: tuple[float, ...], threshold: float
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


def at_rate(share: list[float], alarms: list[float]) -> float:
    """Return the share found at the loosest threshold of few enough false alarms."""
    return next((s for s, a in zip(share, alarms, strict=True) if a <= PER_HOUR), 0.0)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
