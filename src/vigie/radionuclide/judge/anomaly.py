"""Probability that a sample is anomalous, calibrated by observed exceedances.

What it computes: each nuclide's chance of as much in an ordinary sample (``baseline``) makes one
number of the sample, the smallest chance; how seldom earlier samples of the station had one so
small is the chance of the sample. Nuclides that go together (the radon daughters, the xenons of
one plume) so need no independence, and an ordinary sample has a chance below p with probability
p, whatever the distributions: the ranks of the station's own history say so.

Beside it, how well known emitters explain a value: the predicted contribution, uncertain by a
factor, against the measured concentration. That is told, never subtracted in silence.

Source: rank (conformal) p-values, ``tail``; field sheet 5.2 and 9.

Accuracy as measured: docs/methods/judgement.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.radionuclide.judge.baseline import BaselineParams, running_chances
from vigie.radionuclide.judge.tail import upper_tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.radionuclide.judge.observation import Observation
    from vigie.records.nuclide_result import NuclideResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """How unusual a sample is."""

    chance: float
    """That an ordinary sample of the station is as unusual."""
    nuclide: str
    """The most unusual one; empty where no nuclide is detected."""
    n_history: int

    @property
    def probability(self) -> float:
        """1 - chance: near 1 for what ordinary samples are not."""
        return 1.0 - self.chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What a known emitter is predicted to add to a sample."""

    source: str
    concentration: float
    """In the unit of the result."""
    factor: float
    """Geometric standard deviation of the prediction, > 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How well known emitters explain a concentration."""

    share: float
    """Predicted over measured."""
    chance_of_more: float
    """That the emitters make as much as was measured."""
    sources: tuple[str, ...]
    """The largest first."""


def sample_anomaly(
    chances: Mapping[str, float], earlier: Sequence[float], *, fewest: int = 30
) -> Anomaly | None:
    """Return how unusual a sample is among earlier ones.

    Parameters
    ----------
    chances : mapping of nuclide to chance
        Of the sample; those without history left out.
    earlier : sequence of float
        Smallest chance of each earlier sample, as ``smallest_chance`` gives it, newest last.
    fewest : int
        Earlier samples that are needed; None is returned with fewer.
    """
    if len(earlier) < fewest:
        return None
    nuclide, smallest = smallest_chance(chances)
    unusual = -np.log(np.clip(np.asarray(earlier, dtype=np.float64), 1e-300, 1.0))
    tail = upper_tail(unusual)
    chance = 1.0 if smallest >= 1.0 else min(tail.chance(-math.log(max(smallest, 1e-300))), 1.0)
    return Anomaly(chance=chance, nuclide=nuclide, n_history=len(earlier))


def earlier_chances(
    histories: Mapping[str, Sequence[Observation]], params: BaselineParams | None = None
) -> tuple[float, ...]:
    """Return the smallest chance of each earlier sample, as ``sample_anomaly`` wants it.

    Parameters
    ----------
    histories : mapping of nuclide to sequence of Observation
        Of one detector; samples are told apart by their time.
    params : BaselineParams, optional
    """
    smallest: dict[int, float] = {}
    for samples in histories.values():
        for one, chance in zip(samples, running_chances(samples, params), strict=True):
            if chance is not None and not one.excluded:
                smallest[one.time_ns] = min(smallest.get(one.time_ns, 1.0), chance)
    return tuple(smallest[time_ns] for time_ns in sorted(smallest))


def smallest_chance(chances: Mapping[str, float]) -> tuple[str, float]:
    """Return the most unusual nuclide and its chance; an empty name and 1 where there is none."""
    nuclide = min(chances, key=lambda name: chances[name], default="")
    return (nuclide, chances[nuclide]) if nuclide and chances[nuclide] < 1.0 else ("", 1.0)


def explained_by(
    result: NuclideResult, contributions: Sequence[Contribution]
) -> Explanation | None:
    """Return how well known emitters explain a result; None where there is nothing to explain.

    The contributions are added; the sum is taken as log-normal with the mean and variance of the
    sum of independent log-normal terms (Fenton, IRE Trans. Commun. Syst. 8 (1960) 57), each with
    its predicted value as median.

    Raises
    ------
    ParameterError
        A factor is not above 1, or a concentration is below 0.
    """
    for one in contributions:
        if one.factor <= 1.0 or one.concentration < 0.0:
            raise ParameterError(
                name=one.source,
                value=f"{one.concentration} factor {one.factor}",
                expected="a concentration of 0 or more and a factor above 1",
            )
    given = [one for one in contributions if one.concentration > 0.0]
    measured = result.concentration
    if not given or measured is None or measured <= 0.0:
        return None
    sigmas = [math.log(one.factor) for one in given]
    means = [one.concentration * math.exp(s**2 / 2.0) for one, s in zip(given, sigmas, strict=True)]
    variances = [m**2 * math.expm1(s**2) for m, s in zip(means, sigmas, strict=True)]
    mean, variance = sum(means), sum(variances)
    spread2 = math.log1p(variance / mean**2)
    # The error of the measurement widens the comparison, in logarithms.
    relative = (result.uncertainty or 0.0) / measured
    width = math.sqrt(spread2 + relative**2)
    z = (math.log(measured) - math.log(mean) + spread2 / 2.0) / width
    by_size = sorted(given, key=lambda one: -one.concentration)
    return Explanation(
        share=sum(one.concentration for one in given) / measured,
        chance_of_more=0.5 * math.erfc(z / math.sqrt(2.0)),
        sources=tuple(one.source for one in by_size),
    )
