"""Initial wave type of a detection: N (noise), T (teleseismic P), P or S (regional).

A naive Bayes rule over what was measured: the log probability of each type is its prior plus,
for every measured feature, the log density of a normal law of that type; what was not
measured adds nothing. All numbers stand in ``WaveTypeParams``.

Where they come from: *slowness* from ak135 (teleseismic P at 20-98 deg: 4.6-10.5 s/deg;
Pn, Pg 13.7-19; Sn, Lg, Rg 24-33) with the scatter of public station corrections (2.5 s/deg);
*frequency* from t* of 0.3 (shields) to 1 s for teleseismic P and 0.1-0.2 s for regional P on
short-period instruments, about a corner of 1-3 Hz; *H/V* from the incidence angles of those
slownesses; *duration* and *SNR*: noise triggers last a few seconds and hardly exceed the
threshold, so log10(SNR / threshold) of noise is exponential-like with mean 0.1.
Checked, not fitted, on real signals: see ``docs/methods/phase-identification.md``.
Cost: 20 us.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

TYPES = ("N", "T", "P", "S")

Law = tuple[float, float]
"""Mean and standard deviation of a normal law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveTypeParams:
    """Laws of each feature for N, T, P, S in this order, and their prior."""

    prior: tuple[float, float, float, float] = (0.4, 0.25, 0.2, 0.15)
    slowness_s_per_deg: tuple[Law, Law, Law, Law] = (
        (20.0, 15.0),
        (7.5, 2.5),
        (14.5, 3.0),
        (27.0, 4.0),
    )
    log10_freq_hz: tuple[Law, Law, Law, Law] = (
        (0.35, 0.35),
        (0.25, 0.20),
        (0.50, 0.25),
        (0.30, 0.25),
    )
    log10_hv: tuple[Law, Law, Law, Law] = ((0.05, 0.25), (-0.30, 0.20), (-0.20, 0.20), (0.15, 0.15))
    """Horizontal over vertical amplitude."""
    rectilinearity: tuple[Law, Law, Law, Law] = (
        (0.55, 0.18),
        (0.85, 0.12),
        (0.80, 0.12),
        (0.65, 0.15),
    )
    log10_snr: tuple[Law, Law, Law, Law] = ((0.55, 0.12), (0.95, 0.45), (1.1, 0.5), (0.8, 0.35))
    log10_duration_s: tuple[Law, Law, Law, Law] = (
        (0.35, 0.35),
        (1.2, 0.4),
        (1.4, 0.4),
        (1.4, 0.4),
    )
    turned: float = 0.05
    """Chance that what turns to the horizontals behind P is no S, and that what it follows is no P
    of a near event; both measured below 0.02 (``docs/methods/detection.md``)."""
    feature_weight: float = 0.8
    """Below 1, since the features are not independent."""


class Features(NamedTuple):
    """What was measured; None where it was not."""

    slowness_s_per_deg: float | None = None
    slowness_sigma: float | None = None
    freq_hz: float | None = None
    hv_ratio: float | None = None
    rectilinearity: float | None = None
    snr: float | None = None
    duration_s: float | None = None
    on_horizontal: bool = False
    """The signal was strongest on a horizontal channel."""
    behind_p: bool = False
    """The motion turned from the vertical to the horizontals seconds after a P (``s_after_p``)."""
    before_s: bool = False
    """Such a wave followed within seconds."""


DEFAULT_WAVE_TYPE = WaveTypeParams()


def wave_type_probabilities(
    features: Features, params: WaveTypeParams = DEFAULT_WAVE_TYPE
) -> tuple[tuple[str, float], ...]:
    """Return the probability of each wave type; they sum to 1.

    Examples
    --------
    >>> p = dict(wave_type_probabilities(Features(slowness_s_per_deg=28.0, hv_ratio=1.5)))
    >>> max(p, key=p.get)
    'S'
    """
    log_p = [math.log(p) for p in params.prior]
    sigma = features.slowness_sigma or 0.0
    terms: list[tuple[float | None, tuple[Law, Law, Law, Law], float]] = [
        (features.slowness_s_per_deg, params.slowness_s_per_deg, sigma),
        (_log10(features.freq_hz), params.log10_freq_hz, 0.0),
        (_clipped(_log10(features.hv_ratio), -0.6, 0.4), params.log10_hv, 0.0),
        (features.rectilinearity, params.rectilinearity, 0.0),
        (_clipped(_log10(features.snr), 0.0, 1.3), params.log10_snr, 0.0),
        (_log10(features.duration_s), params.log10_duration_s, 0.0),
    ]
    for value, laws, extra_sigma in terms:
        if value is None or not math.isfinite(value):
            continue
        for i, (mean, sd) in enumerate(laws):
            width = math.hypot(sd, extra_sigma)
            log_p[i] -= params.feature_weight * (
                math.log(width) + 0.5 * ((value - mean) / width) ** 2
            )
    if features.on_horizontal:
        # A P wave moves the vertical more: one chance in ten to be seen first on a horizontal.
        log_p[1] += math.log(0.1)
        log_p[2] += math.log(0.1)
    for told, types in ((features.behind_p, "NTP"), (features.before_s, "NTS")):
        for kind in types if told else "":
            log_p[TYPES.index(kind)] += math.log(params.turned)
    peak = max(log_p)
    weights = [math.exp(v - peak) for v in log_p]
    total = sum(weights)
    return tuple((t, w / total) for t, w in zip(TYPES, weights, strict=True))


def _clipped(value: float | None, low: float, high: float) -> float | None:
    """Limit a feature: beyond, it tells no more, whatever the tails of the laws say."""
    return None if value is None else min(max(value, low), high)


def _log10(value: float | None) -> float | None:
    return math.log10(value) if value is not None and value > 0.0 else None
