"""What tells a bubble pulse, weighed into one probability.

Of each delay that may be a bubble period: how much better ghost and bubble pulses fit the spectrum
than the ghost alone, than an echo of any phase, than one pulse (``comb``), on the hydrophones'
spectrum and on that of the equalised beam; height, phase and deviations of its peak in the rated
cepstrum; a second pulse where one must be; other peaks; second period, bandwidth, duration. A
logistic regression turns them into the probability that the period is right. Its weights
(``bubble.json``) come from simulated explosions with and without bubble, over one path, drawn modes
and normal modes (``builders/build_bubble_model.py``); it says how often that was right there, not
how often bubbles are in the sea.

Cost: 10 ms for one delay, with its fits 40 ms.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.explosion import SECOND_BUBBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.hydroacoustic.cepstrum.comb import Fit
    from vigie.hydroacoustic.cepstrum.params import BubbleParams
    from vigie.hydroacoustic.cepstrum.rated import Rated

FloatArray = NDArray[np.float64]

LEAST_GAIN = 3e-3
SHORT_S = 0.16
USUAL_S = 0.3
OWN_CELLS = 1.2
OWN_SHARE = 0.06
"""About a peak and its multiples, what is its own: inverses of the bandwidth, or share of it."""
MULTIPLES = 8
SECOND_MULTIPLES = (1.72, 2.72, 3.44)
SECOND_SHARE = 0.1
LEAST_RIVAL_S, RIVAL_CELLS = 0.04, 2.0
"""Shorter delays hold the trend."""
SAME_SHARE, SECOND_AS_FIRST = 0.03, 0.1
"""Fits that are no rivals: of the same period, and of the second pulse taken for the first."""


class View(NamedTuple):
    """One spectrum's fit and cepstrum at a delay."""

    fit: Fit
    rated: Rated
    rival: float
    """Largest gain of a fit at another period."""


@dataclass(frozen=True, slots=True, eq=False)
class BubbleModel:
    """The logistic regression."""

    mean: FloatArray
    scale: FloatArray
    weights: FloatArray
    """Of 1 and the standardised features."""

    def probability(self, features: FloatArray) -> float:
        """Return the probability that a period is right."""
        z = np.clip((features - self.mean) / self.scale, -LIMIT, LIMIT)
        logit = float(self.weights[0] + self.weights[1:] @ z)
        return float(1.0 / (1.0 + np.exp(-np.clip(logit, -50.0, 50.0))))


LIMIT = 5.0
"""Beyond so many deviations a feature tells no more."""


@lru_cache(maxsize=1)
def bubble_model() -> BubbleModel:
    """Return the model that is shipped."""
    text = files("vigie.hydroacoustic").joinpath("bubble.json").read_text(encoding="utf-8")
    held = json.loads(text)
    return BubbleModel(*(np.array(held[k]) for k in ("mean", "scale", "weights")))


def rivals(fits: Sequence[Fit], at: int) -> float:
    """Return the largest gain of a fit at another period than one."""
    own = fits[at].period_s
    ratios = [(f.period_s / own, f.gain) for f in fits]
    second = 1.0 + SECOND_BUBBLE
    return max(
        (
            gain
            for ratio, gain in ratios
            if abs(ratio - 1.0) > SAME_SHARE and abs(ratio / second - 1.0) > SECOND_AS_FIRST
        ),
        default=0.0,
    )


def features(
    views: tuple[View, View], width_hz: float, duration_s: float, wanted: BubbleParams
) -> FloatArray:
    """Return what tells for and against a period, in the order of ``FEATURES``.

    Parameters
    ----------
    views : (View, View)
        Of the hydrophones' spectrum, and of the equalised beam.
    width_hz, duration_s : float
        Bandwidth that holds signal, and time in which most of it arrives.
    wanted : BubbleParams
    """
    named = _named(views, width_hz, duration_s, wanted)
    return np.array([named[name] for name in FEATURES])


def _named(
    views: tuple[View, View], width_hz: float, duration_s: float, wanted: BubbleParams
) -> dict[str, float]:
    period_s = views[0].fit.period_s
    out: dict[str, float] = {}
    for view, name in zip(views, ("", "equalised "), strict=True):
        fitted = _of_fit(view) | _of_peak(view.rated, period_s, wanted)
        out |= {name + key: value for key, value in fitted.items()}
    short = float(period_s < SHORT_S)
    gains = out["gain"] + out["equalised gain"]
    heights = out["peak"] + out["equalised peak"]
    length, lasting = np.log(period_s / USUAL_S), np.log(duration_s + 0.1)
    return out | {
        "second period": abs(views[0].fit.second - SECOND_BUBBLE),
        "period": length,
        "period squared": length**2,
        "duration": lasting,
        "duration in periods": float(np.log((duration_s + 0.1) / period_s)),
        "bandwidth": float(np.log(width_hz)),
        "short": short,
        "gain short": short * out["gain"],
        "equalised gain short": short * out["equalised gain"],
        "peaks short": short * heights,
        "gains by period": gains * length,
        "gains by duration": gains * lasting,
        "gains squared": gains**2 / 4.0,
        "peaks by period": heights * length,
        "peaks by duration": heights * lasting,
        "peaks squared": heights**2 / 10.0,
        "peaks by phase": heights * (out["phase"] + out["equalised phase"]),
        "peaks by second": heights * (out["second"] + out["equalised second"]),
        "peaks by height": heights * out["height"],
        "gains by peaks": gains * heights,
    }


def _of_fit(view: View) -> dict[str, float]:
    fit = view.fit
    return {
        "gain": _log(fit.gain),
        "gain over echo": float(np.log1p(10.0 * max(fit.gain - fit.echo_gain, 0.0))),
        "gain over one pulse": float(np.log1p(10.0 * max(fit.gain - fit.lone_gain, 0.0))),
        "explained": fit.explained,
        "ghost explains": fit.ghost_explained,
        "rival gain": _log(view.rival),
    }


def _of_peak(rated: Rated, period_s: float, wanted: BubbleParams) -> dict[str, float]:
    peak = rated.near(period_s, 0.3)[0]
    around = rated.near(period_s, 0.8)[1]
    at = min(round(period_s / rated.step_s), len(rated.delay_s) - 1)
    others = rated.value[_apart(rated, period_s)]
    return {
        "peak": _signed(peak),
        "phase": (peak / max(around, 0.1)) ** 4,
        "second": float(np.log1p(_second(rated, period_s, wanted))),
        "height": float(np.log(np.clip(rated.height[at], 0.01, 1.0))),
        "other peaks": _signed(float(others.real.max(initial=0.0))),
        "peaks of other phase": _signed(float(np.abs(others.imag).max(initial=0.0))),
    }


def _second(rated: Rated, period_s: float, wanted: BubbleParams) -> float:
    """Return -ln of the chance that noise reaches the highest peak where a second pulse may be."""
    from scipy.special import log_ndtr

    first, last = (round(share * period_s / rated.step_s) for share in wanted.second)
    cut = rated.value[first : last + 1].real
    if len(cut) == 0:
        return 0.0
    cells = max(1.0, (wanted.second[1] - wanted.second[0]) * period_s * rated.width_hz)
    return float(max(-np.log(cells) - log_ndtr(-float(cut.max())), 0.1))


def _apart(rated: Rated, period_s: float) -> NDArray[np.bool_]:
    """Return which delays belong neither to a period's multiples nor to the trend."""
    delays = rated.delay_s
    own_s = max(OWN_CELLS / rated.width_hz, OWN_SHARE * period_s)
    multiples = period_s * np.arange(1, MULTIPLES + 1)
    apart = np.all(np.abs(delays - multiples[:, None]) >= own_s, axis=0)
    wide_s = own_s + SECOND_SHARE * period_s
    for share in SECOND_MULTIPLES:
        apart &= np.abs(delays - share * period_s) >= wide_s
    least_s = max(LEAST_RIVAL_S, RIVAL_CELLS / rated.width_hz)
    return np.asarray(apart & (delays > least_s))


def _signed(value: float) -> float:
    return float(np.sign(value) * np.log1p(abs(value)))


def _log(gain: float) -> float:
    return float(np.log(max(gain, LEAST_GAIN)))


_OF_FIT = ("gain", "gain over echo", "gain over one pulse", "explained", "ghost explains",
           "rival gain")  # fmt: skip
_OF_PEAK = ("peak", "phase", "second", "height", "other peaks", "peaks of other phase")
FEATURES = (
    *_OF_FIT,
    *_OF_PEAK,
    *(f"equalised {name}" for name in (*_OF_FIT, *_OF_PEAK)),
    "second period",
    "period",
    "period squared",
    "duration",
    "duration in periods",
    "bandwidth",
    "short",
    "gain short",
    "equalised gain short",
    "peaks short",
    "gains by period",
    "gains by duration",
    "gains squared",
    "peaks by period",
    "peaks by duration",
    "peaks squared",
    "peaks by phase",
    "peaks by second",
    "peaks by height",
    "gains by peaks",
)
"""In the order of a model's weights."""
