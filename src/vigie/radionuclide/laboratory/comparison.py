"""A laboratory's result against the station's: zeta score, E_n, and both together.

What it computes: for two results of one nuclide, corrected to one reference time,

    zeta = (x_lab - x_sta) / sqrt(o_lab^2 + o_sta^2),   E_n = zeta / 2 with k = 2 errors,

with o what each error has of its own: u^2 = o^2 + (s x)^2, s the relative error of what divides
both, as the station's air volume does. It cancels in the difference, however large that is. Graded
|zeta| <= 2 acceptable, < 3 questionable, else not acceptable; and their mean, weighted by the own
errors, with the shared part of the error, which does not average out.

Source: ISO 13528:2022 (zeta and E_n scores; 3.0 and beyond: action, between 2.0 and 3.0: warning).
Weights of the own errors: a common factor's error in the weights would draw the mean out of the
range of the two (Peelle's puzzle; D'Agostini, Nucl. Instrum. Meth. A 346 (1994) 306).

Assumptions: normal errors; the relative error of the shared volume is small (in the mean's error).

Accuracy: worked example in the tests; zeta of equal samples is standard normal (simulated).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from vigie.errors import ParameterError

_LN2 = math.log(2.0)
_MOST_HALF_LIVES = 10.0
"""Beyond, 2^10 = 1024 times the activity left is no measurement of what there was: 0.1 % of it in a
background that was not subtracted doubles the result, and 0.5 % of error in the half-life is 3.5 %.
No analysis looks for what has decayed for more than 10 to 12 half-lives either (sheet 3.6)."""


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
    """Of the laboratory in the mean."""


def grade(zeta: float) -> Grade:
    """Return the grade of a zeta score.

    Examples
    --------
    >>> [grade(z).value for z in (-2.0, 2.01, 3.0)]
    ['acceptable', 'questionable', 'not_acceptable']
    """
    size = abs(zeta)
    if size <= 2.0:
        return Grade.ACCEPTABLE
    return Grade.QUESTIONABLE if size < 3.0 else Grade.NOT_ACCEPTABLE


def compare(
    nuclide: str, station: Measured, laboratory: Measured, *, shared_relative: float = 0.0
) -> Comparison:
    """Compare a laboratory's result with the station's and combine them.

    Parameters
    ----------
    nuclide : str
    station, laboratory : Measured
        Of the same quantity at the same reference time; the errors hold the shared part.
    shared_relative : float
        Relative standard error of what divides both, as the air volume does: 0.03 for 3 %.

    Raises
    ------
    ParameterError
        The shared error is no share, or larger than one of the whole errors, or all of both.
    """
    if not 0.0 <= shared_relative < math.inf:
        raise ParameterError(
            name="shared_relative", value=shared_relative, expected="finite, not below 0"
        )
    whole = (station, laboratory)
    # A difference of squares as a product: what each has of its own may be a small part.
    own = [
        (m.sigma - shared_relative * abs(m.value)) * (m.sigma + shared_relative * abs(m.value))
        for m in whole
    ]
    if any(part < -1e-9 * m.sigma**2 for part, m in zip(own, whole, strict=True)):
        raise ParameterError(
            name="shared_relative",
            value=shared_relative,
            expected="no more than the whole error of each result, of which it is a part",
        )
    variances = (max(own[0], 0.0), max(own[1], 0.0))
    if sum(variances) <= 0.0:
        raise ParameterError(
            name="shared_relative", value=shared_relative, expected="less than the whole errors"
        )
    return _compared(nuclide, whole, variances, shared_relative)


def compare_own(
    nuclide: str, station: Measured, laboratory: Measured, *, shared_relative: float = 0.0
) -> Comparison:
    """Compare and combine as ``compare``, from errors that hold nothing of what is shared.

    Where the shared error is by far the larger, it would drown the own one in a sum of both.

    Parameters
    ----------
    nuclide : str
    station, laboratory : Measured
        With the error that each has of its own.
    shared_relative : float
        Relative standard error of what divides both; it is in the errors of what is returned.
    """
    whole = (_with_shared(station, shared_relative), _with_shared(laboratory, shared_relative))
    return _compared(nuclide, whole, (station.sigma**2, laboratory.sigma**2), shared_relative)


def _with_shared(own: Measured, shared_relative: float) -> Measured:
    return Measured(value=own.value, sigma=math.hypot(own.sigma, shared_relative * own.value))


def _compared(
    nuclide: str,
    whole: tuple[Measured, Measured],
    own_variances: tuple[float, float],
    shared_relative: float,
) -> Comparison:
    """Return the comparison of two results with the variances that each has of its own."""
    (station, laboratory), (of_station, of_laboratory) = whole, own_variances
    variance = of_station + of_laboratory
    zeta = (laboratory.value - station.value) / math.sqrt(variance)
    weight = of_station / variance
    mean = weight * laboratory.value + (1.0 - weight) * station.value
    sigma = math.hypot(math.sqrt(of_laboratory * weight), shared_relative * mean)
    return Comparison(
        nuclide=nuclide,
        station=station,
        laboratory=laboratory,
        zeta=zeta,
        e_n=zeta / 2.0,
        grade=grade(zeta),
        combined=Measured(value=mean, sigma=sigma),
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
        The nuclide has decayed away: more than 10 half-lives have passed.

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
