"""Modelled against measured concentrations: the statistics of tracer experiments and challenges.

What it computes: R, FB, NMSE, FMS, KSP, FA2, FA5, FOEX and Draxler's rank over the pairs of which
one value at least is detected; POD, FAR and threat score at a threshold over all pairs. Each has a
bootstrap interval. Formulas and sources: ``vigie.scoring.concentration_statistics``.

Values below a limit of detection count as 0 or as half the limit, in both columns; the result says
which. Pairs that are both 0 or both below the limit are left out of everything but POD, FAR and
threat score. With half the limit FMS still counts what is detected, else it would always be 100.

Assumes that the model was averaged over the window of each sample, and one unit in both columns.
Where a statistic is not defined it is None: R where a column is constant; FB, FMS, KSP, FA2, FA5
and FOEX without a detected value; NMSE where a mean is 0; POD, FAR and threat score without events.
A constant model (zeros) of measurements that vary has a rank, with R^2 taken as 0; constant
measurements give none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError
from vigie.scoring.concentration_statistics import NAMES, Pairs, contingency, statistics
from vigie.scoring.resampling import interval, resampled_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray = NDArray[np.float64]


class BelowLimit(StrEnum):
    """What a value below the limit of detection counts as."""

    ZERO = "zero"
    HALF = "half of the limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcentrationParams:
    """How concentrations are scored.

    Raises
    ------
    ParameterError
        A value is out of its range.
    """

    threshold: float = 0.0
    """For POD, FAR and threat score: what is detected and above it is an event; unit of the
    pairs."""
    below: BelowLimit = BelowLimit.ZERO
    n_resamples: int = 1000
    """Of the bootstrap; 0 for no intervals."""
    level: float = 0.9
    """Of the intervals."""
    seed: int = 1

    def __post_init__(self) -> None:
        ranges = {
            "threshold": (0.0 <= self.threshold < np.inf, "0 or more"),
            "n_resamples": (self.n_resamples >= 0, "0 or more"),
            "level": (0.0 < self.level < 1.0, "between 0 and 1"),
            "seed": (self.seed >= 0, "0 or more"),
        }
        for name, (is_good, expected) in ranges.items():
            if not is_good:
                raise ParameterError(name=name, value=getattr(self, name), expected=expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One statistic and its interval; None where not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcentrationScores:
    """How well a model gives the measured concentrations.

    Percentages are 0 to 100, FOEX -50 to 50 (ties count as not above: -50 for a perfect model).
    """

    n_pairs: int
    n_scored: int
    """Pairs of which one value at least is detected: those of all but POD, FAR, threat score."""
    n_both: int
    """Pairs of which both values are detected."""
    hits: int
    misses: int
    false_alarms: int
    correct_negatives: int
    """Accuracy is (hits + correct negatives) / pairs."""
    correlation: Statistic
    fractional_bias: Statistic
    nmse: Statistic
    fms_percent: Statistic
    ksp_percent: Statistic
    fa2_percent: Statistic
    fa5_percent: Statistic
    foex_percent: Statistic
    pod: Statistic
    far: Statistic
    """False alarm ratio: of what is modelled above the threshold, the share not measured there."""
    threat_score: Statistic
    rank: Statistic
    params: ConcentrationParams
    detection_limits: tuple[float, float] | None = None
    """Lowest and highest limit that was applied; None without one."""
    n_groups: int | None = None
    """Groups that the bootstrap draws; None where it draws pairs."""

    def as_dict(self) -> dict[str, Any]:
        """Return the scores as JSON has them."""
        return asdict(self)


def score_concentrations(
    measured: ArrayLike,
    modelled: ArrayLike,
    params: ConcentrationParams | None = None,
    *,
    detection_limit: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> ConcentrationScores:
    """Score modelled against measured concentrations.

    Parameters
    ----------
    measured, modelled : array_like, shape (n,)
        Concentrations of the samples in one unit, 0 or more; below its limit a value may be
        negative.
    params : ConcentrationParams, optional
    detection_limit : array_like, optional
        Of all samples or of each, above 0.
    groups : array_like, shape (n,), optional
        What belongs together in the bootstrap, such as the station of each sample.

    Returns
    -------
    ConcentrationScores

    Raises
    ------
    ParameterError
        No pairs, columns of unlike length, a value that is no number or negative and not below its
        limit, or a limit that is not above 0.

    Examples
    --------
    >>> scores = score_concentrations([1.0, 2.0, 0.0], [2.0, 4.0, 0.0])
    >>> scores.correlation.value, scores.fa2_percent.value, scores.n_scored
    (1.0, 100.0, 2)
    """
    params = params or ConcentrationParams()
    limits = None if detection_limit is None else _limits(detection_limit)
    pairs = _pairs(measured, modelled, limits, params)
    n = len(pairs.measured)
    once = np.ones((1, n))
    values = {name: float(column[0]) for name, column in statistics(pairs, once).items()}
    table = contingency(pairs, once)
    group_of = np.arange(n) if groups is None else _group_numbers(groups, n)
    scored = pairs.measured_detected | pairs.modelled_detected
    return ConcentrationScores(
        n_pairs=n,
        n_scored=int(scored.sum()),
        n_both=int((pairs.measured_detected & pairs.modelled_detected).sum()),
        hits=round(float(table.hits[0])),
        misses=round(float(table.misses[0])),
        false_alarms=round(float(table.false_alarms[0])),
        correct_negatives=round(float(table.correct_negatives[0])),
        **_with_intervals(pairs, values, group_of, params),
        params=params,
        detection_limits=None if limits is None else (float(limits.min()), float(limits.max())),
        n_groups=None if groups is None else int(group_of.max()) + 1,
    )


def _limits(detection_limit: ArrayLike) -> FloatArray:
    limits = np.atleast_1d(np.asarray(detection_limit, dtype=np.float64))
    if limits.ndim > 1 or not len(limits) or not np.all((limits > 0.0) & (limits < np.inf)):
        shown = f"{limits.ravel()[:3].tolist()}"
        raise ParameterError(name="detection_limit", value=shown, expected="numbers above 0")
    return limits


def _pairs(
    measured: ArrayLike,
    modelled: ArrayLike,
    limits: FloatArray | None,
    params: ConcentrationParams,
) -> Pairs:
    columns = {"measured": np.asarray(measured, float), "modelled": np.asarray(modelled, float)}
    shape = columns["measured"].shape
    if len(shape) != 1 or not shape[0]:
        raise ParameterError(name="measured", value=f"of shape {shape}", expected="a row of values")
    if columns["modelled"].shape != shape:
        found = f"of shape {columns['modelled'].shape}"
        raise ParameterError(name="modelled", value=found, expected=f"{shape[0]} values")
    if limits is not None and len(limits) not in {1, shape[0]}:
        expected = f"one value or {shape[0]}"
        raise ParameterError(name="detection_limit", value=len(limits), expected=expected)
    treated, detected = {}, {}
    for name, column in columns.items():
        below = np.zeros(shape, bool) if limits is None else column < limits
        floor = 0.0 if limits is None or params.below is BelowLimit.ZERO else 0.5 * limits
        treated[name] = np.where(below, floor, column)
        detected[name] = ~below & (column > 0.0)
        _check(name, treated[name])
    return Pairs(
        treated["measured"],
        treated["modelled"],
        detected["measured"],
        detected["modelled"],
        params.threshold,
    )


def _check(name: str, column: FloatArray) -> None:
    bad = ~((column >= 0.0) & (column < np.inf))
    if np.any(bad):
        at = int(np.argmax(bad))
        expected = "concentrations of 0 or more; leave out samples without one"
        raise ParameterError(name=f"{name}[{at}]", value=float(column[at]), expected=expected)


def _group_numbers(groups: ArrayLike, n: int) -> NDArray[np.intp]:
    labels = np.asarray(groups)
    if labels.shape != (n,):
        found = f"of shape {labels.shape}"
        raise ParameterError(name="groups", value=found, expected=f"{n} values, one for each pair")
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.intp)


def _with_intervals(
    pairs: Pairs,
    values: Mapping[str, float],
    group_of: NDArray[np.intp],
    params: ConcentrationParams,
) -> dict[str, Any]:
    rng = np.random.default_rng(params.seed)
    blocks = [
        statistics(pairs, weights)
        for weights in resampled_weights(group_of, params.n_resamples, rng)
    ]
    found = {}
    for name in NAMES:
        if not np.isfinite(values[name]):
            found[name] = Statistic(value=None)
            continue
        drawn = np.concatenate([block[name] for block in blocks]) if blocks else np.empty(0)
        low, high = interval(drawn, params.level) or (None, None)
        found[name] = Statistic(value=values[name], low=low, high=high)
    return found
