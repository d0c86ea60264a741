"""What the events found so far tell of the data: event rate, labels, noise and coda.

A first round of the search assumes what holds world-wide; each number is then estimated with that
assumption as its prior, and a second round looks at what is left (empirical Bayes).

* Rate of events: Gamma prior of one event.
* Share of right labels: Beta prior of ten readings.
* Chance that the SNR tells signals from noise, where nothing was found with it: one fact of the
  list, so the log likelihood ratios of all readings add up to its log odds.
* Coda: the wake of an event, as ``kernels.wave_train.wake`` gives it, is scaled by the factor that
  maximises the likelihood of the detections left over in all wakes, Poisson with noise and wake
  added; Gamma prior of 20 detections. Expectation-maximisation, which always converges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.labels import LABEL_TRUST, SNR_TRUST, kind_of, snr_gains
from vigie.network.association.loudness import TRUST, Ratios

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.prepare import Columns

    FloatArray = NDArray[np.float64]

LABEL_PRIOR = 10.0
CODA_PRIOR = 20.0
DOUBTED = 0.5
"""Trust in an SNR with which nothing was found."""
SNR_TRUST_WITHIN = (0.01, DOUBTED)
"""Of an SNR that was doubted."""
SURE = 0.9
"""Readings less likely than this teach nothing."""
BIN_S = 600.0
"""A span of this length without any detection was not observed."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Numbers of the noise and event model."""

    events_per_hour: float
    label_trust: float = LABEL_TRUST
    """Share of right labels."""
    coda_scale: float = 1.0
    """Factor on the assumed coda."""
    loud_trust: Ratios = (TRUST, TRUST)
    """Chances that A/T and SNR fall with distance as amplitudes do."""
    snr_trust: float = SNR_TRUST
    """Chance that the SNR tells signals from noise."""


def event_rate(prior_per_hour: float, n_events: int, columns: Columns) -> float:
    """Return events per hour of observed time."""
    hours = len(np.unique((columns.time_s / BIN_S).astype(np.int64))) * BIN_S / 3600.0
    return (n_events + 1.0) / (hours + 1.0 / prior_per_hour)


def label_trust(events: Sequence[Hypothesis], columns: Columns) -> float:
    """Return the share of labels that agree with what their detections turned out to be."""
    right = n = 0
    for h in events:
        for row, kind, pick in h.defining():
            name = kind_of(columns.detections[pick].phase)
            if name and h.member[row, kind] > SURE:
                n += 1
                right += name == "PS"[kind]
    return (LABEL_PRIOR * LABEL_TRUST + right) / (LABEL_PRIOR + n)


def snr_trust(events: Sequence[Hypothesis], columns: Columns, before: float) -> float:
    """Return the chance that the SNR tells signals from noise, by the events found.

    Even where none is found, since a wrong SNR may be why. Where some are found with a trusted
    SNR, it stays trusted: to doubt it then brought glass3 from 159 events to 192, two of them
    split, although its SNRs tell little.
    """
    gains = snr_gains(columns.detections)
    if not events:
        return DOUBTED if gains.any() else before
    if before > DOUBTED:
        return before
    log_odds = 0.0
    for h in events:
        log_odds += sum(h.member[row, kind] * gains[pick] for row, kind, pick in h.defining())
    return float(np.clip(1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0))), *SNR_TRUST_WITHIN))


def coda_scale(noise_hz: FloatArray, wake_hz: FloatArray, expected: float) -> float:
    """Return the factor on the wake.

    Parameters
    ----------
    noise_hz, wake_hz : ndarray
        Rates at the detections that nothing explains.
    expected : float
        Detections that all wakes should have held at a factor of one.
    """
    use = wake_hz > 0.0
    noise_hz, wake_hz = noise_hz[use], wake_hz[use]
    scale = 1.0
    for _ in range(50):
        coda = float(np.sum(scale * wake_hz / (noise_hz + scale * wake_hz)))
        scale = (CODA_PRIOR + coda) / (CODA_PRIOR + expected)
    return scale
