"""A laboratory's result against the station's: zeta score, E_n, and both together.

What it computes: for two results of one nuclide, corrected to one reference time,

    zeta = (x_lab - x_sta) / sqrt(u_lab^2 + u_sta^2 - 2 c),   E_n = zeta / 2 with k = 2 errors,

with c the covariance that both share (the air volume of the station divides both), graded
|zeta| <= 2 acceptable, <= 3 questionable, else not acceptable; and their weighted mean with the
shared part of the error, which does not average out.

Source: ISO 13528:2022, 9.7 (zeta) and 9.6 (E_n); grades as usual in proficiency tests; best linear
unbiased estimate of two correlated values: Lyons, Gibaut & Clifford, Nucl. Instrum. Meth. A 270
(1988) 110.

Assumptions: normal errors; the relative error of the shared volume is small (first order).

Accuracy: worked example in the tests; zeta of equal samples is standard normal (simulated).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from vigie.errors import ParameterError

_LN2 = math.log(2.0)
_MOST_HALF_LIVES = 72.0
"""Beyond, 2^72 times the activity left is no longer a measurement."""


class Grade(StrEnum):
    """How two results agree."""

    ACCEPTABLE = "acceptable"
    QUESTIONABLE = "questionable"
    NOT_ACCEPTABLE = "not_acceptable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One result with its standard error (k = 1), in the unit of the other.

    Raises
    ------
    ParameterError
        The error is not above zero, or a number is not finite.
    """

    value: float
    sigma: float
    """Whole error, the shared part included."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.sigma) and self.sigma > 0.0):
            raise ParameterError(
                name="result", value=f"{self.value} +- {self.sigma}", expected="finite, error > 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a laboratory's and a station's result agree, and what they say together."""

    nuclide: str
    station: Measured
    laboratory: Measured
    zeta: float
    e_n: float
    grade: Grade
    combined: Measured
    weight_laboratory: float
    """Of the laboratory in the mean; may lie outside 0 to 1 where errors are strongly shared."""


def grade(zeta: float) -> Grade:
    """Return the grade of a zeta score.

    Examples
    --------
    >>> [grade(z).value for z in (-2.0, 2.01, 3.01)]
    ['acceptable', 'questionable', 'not_acceptable']
    """
    size = abs(zeta)
    if size <= 2.0:
        return Grade.ACCEPTABLE
    return Grade.QUESTIONABLE if size <= 3.0 else Grade.NOT_ACCEPTABLE


def compare(
    nuclide: str, station: Measured, laboratory: Measured, *, shared_relative: float = 0.0
) -> Comparison:
    """Compare a laboratory's result with the station's and combine them.

    Parameters
    ----------
    nuclide : str
    station, laboratory : Measured
        Of the same quantity at the same reference time.
    shared_relative : float
        Relative standard error of what divides both, as the air volume does: 0.03 for 3 %.

    Raises
    ------
    ParameterError
        The shared error is larger than one of the whole errors.
    """
    covariance = shared_relative**2 * station.value * laboratory.value
    if any(shared_relative * abs(m.value) > m.sigma * (1 + 1e-9) for m in (station, laboratory)):
        raise ParameterError(
            name="shared_relative",
            value=shared_relative,
            expected="no more than the whole error of each result, of which it is a part",
        )
    variance = station.sigma**2 + laboratory.sigma**2 - 2.0 * covariance
    if variance <= 0.0:
        raise ParameterError(
            name="shared_relative", value=shared_relative, expected="less than the whole errors"
        )
    zeta = (laboratory.value - station.value) / math.sqrt(variance)
    weight = (station.sigma**2 - covariance) / variance
    mean = weight * laboratory.value + (1.0 - weight) * station.value
    both = (station.sigma**2 * laboratory.sigma**2 - covariance**2) / variance
    return Comparison(
        nuclide=nuclide,
        station=station,
        laboratory=laboratory,
        zeta=zeta,
        e_n=zeta / 2.0,
        grade=grade(zeta),
        combined=Measured(value=mean, sigma=math.sqrt(max(both, 1e-300))),
        weight_laboratory=weight,
    )


def to_reference(
    measured: Measured, elapsed_s: float, half_life_s: float, half_life_sigma_s: float = 0.0
) -> Measured:
    """Return a result corrected for decay back to a reference time.

    Parameters
    ----------
    measured : Measured
        At the time of measurement.
    elapsed_s : float
        From the reference to the measurement, s; negative where the reference is later.
    half_life_s, half_life_sigma_s : float
        s; a nuclide kept by its parent has the parent's.

    Raises
    ------
    ParameterError
        The nuclide has decayed away: more than 72 half-lives have passed.

    Examples
    --------
    >>> to_reference(Measured(value=1.0, sigma=0.1), 10.0, 10.0).value
    2.0
    """
    if half_life_s <= 0.0 or elapsed_s / half_life_s > _MOST_HALF_LIVES:
        raise ParameterError(
            name="elapsed_s",
            value=elapsed_s,
            expected=f"no more than {_MOST_HALF_LIVES:.0f} half-lives of {half_life_s} s",
        )
    factor = math.exp(_LN2 * elapsed_s / half_life_s)
    # The error of the half-life grows with the time over which it is used.
    relative = _LN2 * elapsed_s / half_life_s * half_life_sigma_s / half_life_s
    sigma = factor * math.hypot(measured.sigma, measured.value * relative)
    return Measured(value=factor * measured.value, sigma=sigma)
