"""What the label and the strength of a detection tell: P, S or noise.

A column called SNR need not be one (rank of a picker, a number drawn to fill a form). Where no
event is found with it, its log likelihood ratio g counts with the chance q that it tells signals
from noise, log(1 - q + q e^g), and q is learned from what is found then (``learn.snr_trust``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.records import Detection

    FloatArray = NDArray[np.float64]

LABEL_TRUST = 0.9
"""Share of right labels in a data set whose labels discriminate (NMSOP-2 quotes about 0.9)."""
SNR_TRUST = 1.0
"""Chance that an SNR tells signals from noise, unless nothing is found with it."""

FEW = 20
"""SNRs from which they tell what noise is like here."""
LEAST_SPREAD = 0.01
"""Of the logarithm of SNRs; measured ones differ."""


def label_gains(
    rows: Sequence[Detection], trust: float, snr_trust: float
) -> tuple[FloatArray, FloatArray]:
    """Return log p(label, SNR | phase) / p(label, SNR | noise) for P and S.

    Parameters
    ----------
    rows : sequence of Detection
    trust : float
        Share of right labels.
    snr_trust : float
        Chance that the SNR tells signals from noise.
    """
    kinds = np.array([kind_of(d.phase) for d in rows])
    counts = Counter(kinds.tolist())
    labelled = counts["P"] + counts["S"]
    # Labels that never say S, or never P, tell nothing.
    informative = labelled > 0 and min(counts["P"], counts["S"]) > 0.02 * labelled
    snr_gain = snr_gains(rows)
    if snr_trust < 1.0:
        snr_gain = np.logaddexp(np.log1p(-snr_trust), np.log(snr_trust) + snr_gain)
    gain_p, gain_s = snr_gain.copy(), 0.5 * snr_gain
    if informative:
        for kind, right in (("P", gain_p), ("S", gain_s)):
            share = counts[kind] / labelled
            right += np.where(kinds == kind, np.log(trust / share), 0.0)
            other = "S" if kind == "P" else "P"
            wrong = (1.0 - trust) / max(counts[other] / labelled, 1e-3)
            right += np.where(kinds == other, np.log(wrong), 0.0)
    return gain_p, gain_s


def kind_of(phase: str | None) -> str:
    """Return ``P`` or ``S`` by the last leg of a phase name; empty where it tells nothing."""
    name = (phase or "").strip()
    if name in {"tx", "N", ""} or name.lower() == "none":
        return ""
    for letter in reversed(name):
        if letter in "PS":
            return letter
        if letter in "ps":
            return letter.upper()
        if letter == "L":
            return "S"
    return ""


def snr_gains(rows: Sequence[Detection]) -> FloatArray:
    """Return log p(SNR | signal) / p(SNR | noise).

    The logarithm of SNR over its least value is taken as exponential for both, with the median
    of all picks (mostly noise) as the scale of noise and three times that for signals.
    """
    snr = optional([d.snr for d in rows])
    known = np.isfinite(snr) & (snr > 0.0)
    if not known.any():
        return np.zeros(len(snr))
    if known.sum() < FEW:
        # Too few to tell what noise is like here: 1.6 e-folds per factor of e is typical.
        scale, floor = 0.6, 3.0
    else:
        values = np.log(snr[known])
        floor = float(np.exp(np.percentile(values, 1.0)))
        scale = max(float(np.median(values) - np.log(floor)) / np.log(2.0), 0.1)
    excess = np.maximum(np.log(np.where(known, snr, floor) / floor), 0.0)
    gain = np.clip(np.log(1.0 / 3.0) + excess * (1.0 - 1.0 / 3.0) / scale, -1.1, 3.0)
    if np.ptp(np.log(snr[known])) < LEAST_SPREAD:
        # The same for all: a column that was filled in, not measured.
        return np.zeros(len(snr))
    return np.where(known, gain, 0.0)


def optional(values: Sequence[float | None], default: float = np.nan) -> FloatArray:
    """Return values as a column, None as a default."""
    return np.array([default if v is None else v for v in values], dtype=np.float64)
