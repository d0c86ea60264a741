"""Onset pickers on real P weakened into real noise: bias, scatter and how true the errors are.

Signals: P of SNR above 200 of the Norwegian archive (11-54 deg, short period, 50 Hz), and of
the two DPRK tests at 3-6 deg (broadband, 100 Hz). Their onset is the first break: the first
excursion beyond 1.5 times the largest noise, followed back to where that half-cycle leaves
the noise (0.4 times it). Each is scaled down and added to the noise before P of another record, so
that it has the SNR of the row (peak in 8 s over rms noise, 1-4 Hz) and a known onset.

ObsPy's pickers run on the same traces: STA/LTA (classic 0.7/10 s, 1-4 Hz, threshold 4),
Baer and Kradolfer (1-8 Hz, given 45 s before to 12 s after the onset), and the AIC of Maeda
(aic_simple, 1-8 Hz, given 15 s before to 3 s after it, so that it need not find the signal).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from benchmarks._data import shared
from benchmarks.nuclear_archive import events, predicted_p, snr_at
from numpy.typing import NDArray

from vigie.records import ChannelId, Waveform, parse_iso
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic import process_station
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FloatArray = NDArray[np.float64]
Pick = tuple[float, float | None]
"""Time from the onset and stated standard error, s."""

START_NS = parse_iso("2016-01-06T00:00:00Z")
SNRS = (8.0, 20.0, 60.0)
BEFORE_S, AFTER_S = 55.0, 15.0
NEAR_S = 3.0


class Piece(NamedTuple):
    """Part of a record."""

    samples: FloatArray
    rate_hz: float
    onset: float
    """Index of the first break; NaN for noise."""


def first_break(trace: Waveform, around_ns: int, within_s: float = 2.0) -> float | None:
    """Return the index where the first excursion leaves the noise; None without a clear one.

    Clear: within a second the trace exceeds 20 times the largest noise, so that its first
    half-cycle does not hide.
    """
    about = trace.index_of(around_ns)
    low, high = (round(about + s * trace.rate_hz) for s in (-within_s, within_s))
    samples = np.asarray(trace.samples, dtype=np.float64)
    before = np.abs(samples[max(low - round(10.0 * trace.rate_hz), 0) : max(low, 0)])
    if len(before) < 2.0 * trace.rate_hz:
        return None
    noise = float(before.max())
    beyond = np.flatnonzero(np.abs(samples[max(low, 0) : high]) > 1.5 * noise)
    if len(beyond) == 0:
        return None
    at = max(low, 0) + int(beyond[0])
    if np.abs(samples[at : at + round(trace.rate_hz)]).max() < 20.0 * noise:
        return None
    side = np.sign(samples[at])
    while at > 0 and samples[at] * side > 0.4 * noise:
        at -= 1
    return float(at)


def pieces() -> Iterator[tuple[str, Piece]]:
    """Yield ``archive`` and ``dprk`` signals, and noise as ``archive noise``, ``dprk noise``."""
    folders = [("archive", p) for p in events(shared("seismic/nuclear_archive"))]
    folders += [("dprk", p.parent) for p in sorted(shared("seismic/dprk").glob("*/truth.json"))]
    for kind, folder in folders:
        for waveform, predicted_ns in predicted_p(folder):
            if waveform.rate_hz != (50.0 if kind == "archive" else 100.0):
                continue
            yield from _parts(kind, waveform, predicted_ns)


def _parts(kind: str, waveform: Waveform, predicted_ns: int) -> Iterator[tuple[str, Piece]]:
    rate_hz = waveform.rate_hz
    samples = np.asarray(waveform.samples, dtype=np.float64)
    predicted = round(waveform.index_of(predicted_ns))
    quiet = samples[max(predicted - round(120.0 * rate_hz), 0) : predicted - round(4.0 * rate_hz)]
    if len(quiet) > round((BEFORE_S + AFTER_S) * rate_hz):
        yield f"{kind} noise", Piece(quiet, rate_hz, np.nan)
    if snr_at((waveform,), predicted_ns) < 200.0:
        return
    lowest = BandPass(0.5, 0.4 * rate_hz)
    trace = waveform.with_samples(filter_causal(samples, rate_hz, lowest))
    onset = first_break(trace, add_seconds(predicted_ns, 1.0), 3.5)
    if onset is None or onset < 4.0 * rate_hz or len(samples) - onset < AFTER_S * rate_hz:
        return
    first = round(onset - 4.0 * rate_hz)
    cut = samples[first : first + round((4.0 + AFTER_S) * rate_hz)]
    yield kind, Piece(cut - cut[: round(3.5 * rate_hz)].mean(), rate_hz, onset - first)


def weakened(
    rng: np.random.Generator, signal: Piece, noise: Piece, snr: float
) -> tuple[Waveform, float] | None:
    """Return noise with the signal in it, and the index of its onset; None if it is too weak."""
    rate_hz = signal.rate_hz
    total = round((BEFORE_S + AFTER_S) * rate_hz)
    start = int(rng.integers(0, len(noise.samples) - total))
    mixed = noise.samples[start : start + total] - noise.samples[start : start + total].mean()
    at = round((BEFORE_S - rng.uniform(0.0, 1.0)) * rate_hz)
    band = BandPass(1.0, 4.0)
    rms = filter_causal(mixed, rate_hz, band)[at - round(25.0 * rate_hz) : at].std()
    wave = filter_causal(signal.samples, rate_hz, band)
    peak = np.abs(wave[int(signal.onset) : int(signal.onset + 8.0 * rate_hz)]).max()
    own = wave[round(1.5 * rate_hz) : int(signal.onset)].std()
    scale = snr * rms / peak
    # Its own noise, weakened too, must not matter.
    if own * scale > 0.2 * rms:
        return None
    t = np.arange(len(signal.samples)) / rate_hz
    faded = signal.samples * np.clip((t - 0.5) / 2.0, 0.0, 1.0) * scale
    first = at - int(signal.onset)
    length = min(len(faded), total - first)
    mixed[first : first + length] += faded[:length]
    onset = first + signal.onset
    return Waveform(ChannelId("XX", "SYN", "", "SHZ"), START_NS, rate_hz, mixed), onset


def _nearest(times_s: list[Pick]) -> Pick | None:
    near = [p for p in times_s if abs(p[0]) <= NEAR_S]
    return min(near, key=lambda p: abs(p[0]), default=None)


def pick_vigie(trace: Waveform, onset: float) -> Pick | None:
    """Pick by station processing."""
    at = trace.time_ns(onset)
    found = process_station([trace]).detections
    return _nearest([(seconds_between(d.time_ns, at), d.time_sigma_s) for d in found])


def pick_sta_lta(trace: Waveform, onset: float) -> Pick | None:
    """Pick where ObsPy's classic STA/LTA crosses 4."""
    from obspy.signal.trigger import classic_sta_lta, trigger_onset

    rate_hz = trace.rate_hz
    filtered = filter_causal(trace.samples, rate_hz, BandPass(1.0, 4.0))
    ratio = classic_sta_lta(filtered, round(0.7 * rate_hz), round(10.0 * rate_hz))
    return _nearest([((on - onset) / rate_hz, None) for on, _ in trigger_onset(ratio, 4.0, 1.5)])


def pick_baer(trace: Waveform, onset: float) -> Pick | None:
    """Pick by ObsPy's Baer and Kradolfer picker, 1-8 Hz."""
    from obspy.signal.trigger import pk_baer

    rate_hz = trace.rate_hz
    samples = _about(filter_causal(trace.samples, rate_hz, BandPass(1.0, 8.0)), rate_hz, onset)
    found, _ = pk_baer(samples.astype(np.float32), rate_hz, 20, 60, 7.0, 12.0, 100, 100)
    return _nearest([(found / rate_hz - min(45.0, onset / rate_hz), None)]) if found > 0 else None


def pick_aic(trace: Waveform, onset: float) -> Pick | None:
    """Pick the minimum of ObsPy's AIC, 1-8 Hz."""
    from obspy.signal.trigger import aic_simple

    rate_hz = trace.rate_hz
    first = round(onset - 15.0 * rate_hz)
    filtered = filter_causal(trace.samples, rate_hz, BandPass(1.0, 8.0))
    cut = filtered[first : round(onset + 3.0 * rate_hz)]
    return _nearest([((first + int(np.argmin(aic_simple(cut))) - onset) / rate_hz, None)])


def _about(samples: FloatArray, rate_hz: float, onset: float) -> FloatArray:
    first = max(round(onset - 45.0 * rate_hz), 0)
    return samples[first : round(onset + 12.0 * rate_hz)]


PICKERS: dict[str, Callable[[Waveform, float], Pick | None]] = {
    "vigie": pick_vigie,
    "sta_lta": pick_sta_lta,
    "baer": pick_baer,
    "aic": pick_aic,
}


def _spread(values: FloatArray) -> float:
    """Return the standard deviation of a normal law with this median absolute deviation."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def row_of(picks: list[Pick | None]) -> dict[str, object]:
    """Summarise the picks of one picker."""
    found = [p for p in picks if p is not None]
    errors = np.array([e for e, _ in found])
    median = float(np.median(errors))
    row: dict[str, object] = {
        "found": round(len(found) / len(picks), 3),
        "median_error_s": round(median, 3),
        "spread_s": round(_spread(errors), 3),
        "beyond_0.3_s": round(float(np.mean(np.abs(errors) > 0.3)), 3),
    }
    sigmas = [s for _, s in found if s is not None]
    if len(sigmas) == len(errors):
        pulls = errors / np.array(sigmas)
        row |= {
            "median_sigma_s": round(float(np.median(sigmas)), 3),
            "pull_median": round(float(np.median(pulls)), 2),
            "pull_spread": round(_spread(pulls), 2),
            "within_1_sigma": round(float(np.mean(np.abs(pulls) < 1.0)), 3),
            "within_2_sigma": round(float(np.mean(np.abs(pulls) < 2.0)), 3),
        }
    return row


def measure(
    trials: int = 150, seed: int = 31, pickers: tuple[str, ...] = tuple(PICKERS)
) -> dict[str, object]:
    """Return error and pull of every picker, by kind of signal and SNR."""
    rng = np.random.default_rng(seed)
    parts: dict[str, list[Piece]] = {}
    for kind, piece in pieces():
        parts.setdefault(kind, []).append(piece)
    rows: list[dict[str, object]] = []
    for kind in ("archive", "dprk"):
        signals, noises = parts[kind], parts[f"{kind} noise"]
        for snr in SNRS:
            traces: list[tuple[Waveform, float]] = []
            while len(traces) < trials:
                pair = (signals[rng.integers(len(signals))], noises[rng.integers(len(noises))])
                if (made := weakened(rng, *pair, snr)) is not None:
                    traces.append(made)
            for name in pickers:
                picks = [PICKERS[name](*t) for t in traces]
                rows.append({"signals": kind, "snr": snr, "picker": name, **row_of(picks)})
    counts = {k: len(v) for k, v in parts.items()}
    return {"trials": trials, "pieces": counts, "rows": rows}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
