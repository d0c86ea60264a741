"""Relative size of two events from the same stations: log10 ratio of peak P amplitudes.

Path, site and (if unchanged) instrument cancel, so records without responses will do. Each
station's ratio has a standard error from its noise; stations below an SNR are left out, and
the rest meet in a weighted median, which a few noise-ridden or misread stations cannot move.

Assumes that the instrument's gain did not change between the events.
Accuracy: DPRK 2016-09-09 over 2016-01-06, see ``docs/methods/amplitude.md``. Cost: 1 ms per trace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records.time import add_seconds
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.records import Waveform

FloatArray = NDArray[np.float64]

RELATIVE_BAND = BandPass(1.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeParams:
    """How peak amplitudes are compared."""

    band: BandPass = RELATIVE_BAND
    signal_window_s: tuple[float, float] = (-1.0, 8.0)
    noise_window_s: tuple[float, float] = (-25.0, -3.0)
    min_snr: float = 8.0
    """Peak over noise rms; the largest of some seconds of noise itself is 3 to 4."""
    scatter: float = 0.05
    """log10 units by which stations differ beyond noise (radiation, depth)."""


DEFAULT_RELATIVE = RelativeParams()


class PickedTrace(NamedTuple):
    """An unfiltered vertical record with its P onset."""

    waveform: Waveform
    onset_ns: int


@dataclass(frozen=True, slots=True)
class StationRatio:
    """What one station says."""

    station: str
    log10_ratio: float
    sigma: float
    snr: float
    """The lower of the two."""
    used: bool


@dataclass(frozen=True, slots=True)
class RelativeAmplitude:
    """How much larger the second event is than the first."""

    log10_ratio: float
    """NaN where no station could be used."""
    sigma: float
    stations: tuple[StationRatio, ...]


def relative_amplitude(
    first: Mapping[str, PickedTrace],
    second: Mapping[str, PickedTrace],
    params: RelativeParams = DEFAULT_RELATIVE,
) -> RelativeAmplitude:
    """Compare two events at their common stations.

    Parameters
    ----------
    first, second : mapping
        Station (or channel) to its picked trace. Stations in both are used.
    params : RelativeParams
        Band and windows.
    """
    stations = tuple(
        ratio
        for code in sorted(first.keys() & second.keys())
        if (ratio := _station_ratio(code, first[code], second[code], params)) is not None
    )
    used = [s for s in stations if s.used]
    if not used:
        return RelativeAmplitude(math.nan, math.nan, stations)
    values = np.array([s.log10_ratio for s in used])
    weights = np.array([s.sigma for s in used]) ** -2
    middle = weighted_median(values, weights)
    pull = 1.4826 * float(np.median(np.abs(values - middle) * np.sqrt(weights)))
    # A median is 25 % less sharp than a mean; scatter beyond the stated one widens it.
    sigma = 1.2533 * max(pull, 1.0) / math.sqrt(float(weights.sum()))
    return RelativeAmplitude(middle, sigma, stations)


def weighted_median(
    values: FloatArray,
    weights: FloatArray,
) -> float:
    """Return the value with half of the weight on each side, interpolated.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 9.0]), np.ones(3))
    2.0
    """
    order = np.argsort(values)
    middle = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(0.5 * weights.sum(), middle, values[order]))


def _station_ratio(
    code: str, first: PickedTrace, second: PickedTrace, params: RelativeParams
) -> StationRatio | None:
    peaks = [_peak(t, params) for t in (first, second)]
    if peaks[0] is None or peaks[1] is None:
        return None
    (a1, n1), (a2, n2) = peaks[0], peaks[1]
    noise = math.hypot(n1 / a1, n2 / a2) / math.log(10.0)
    snr = min(a1 / n1, a2 / n2)
    return StationRatio(
        code, math.log10(a2 / a1), math.hypot(noise, params.scatter), snr, snr >= params.min_snr
    )


def _peak(trace: PickedTrace, params: RelativeParams) -> tuple[float, float] | None:
    """Return the peak amplitude and the rms of the noise before it."""
    run, onset_ns = trace
    settle_s = 2.0 * params.band.ring_s
    cut = run.slice(
        add_seconds(onset_ns, params.noise_window_s[0] - settle_s),
        add_seconds(onset_ns, params.signal_window_s[1]),
    )
    if len(cut.samples) == 0 or not params.band.fits(cut.rate_hz):
        return None
    filtered = filter_causal(cut.samples, cut.rate_hz, params.band)
    a, b, c, d = (
        max(round(cut.index_of(add_seconds(onset_ns, t))), 0)
        for t in (*params.noise_window_s, *params.signal_window_s)
    )
    noise, signal = filtered[max(a, round(settle_s * cut.rate_hz)) : b], filtered[c:d]
    if len(noise) < 2.0 * cut.rate_hz or len(signal) < (d - c) - 2:
        return None
    rms, peak = float(np.sqrt(np.mean(noise**2))), float(np.max(np.abs(signal)))
    return (peak, rms) if rms > 0.0 and peak > 0.0 else None
