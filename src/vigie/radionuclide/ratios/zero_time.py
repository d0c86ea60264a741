"""When two xenon isotopes were made, under three scenarios.

What it computes: the time at which a fission must have happened for a ratio to be as it is:
``full_ingrowth`` (everything stays together, xenon grows from iodine and its precursors),
``fractionated`` (at a time after the fission xenon alone leaves, then only decays),
``pure_decay`` (from a known ratio at time 0, t = ln(R0/R) / (l_num - l_den)). Curves of the first
two come from fission yields of all precursors and the chains of ``vigie.radionuclide.decay``, by
exact exponentials; the time is where the falling part of the curve meets the ratio. Source: sheet
8.4; yields ENDF/B-VIII.1 and JEFF-3.3 (``vigie.facts.nuclides``). The interval is that of the
ratio, joined over all fissile nuclides, spectra and evaluations: which was it is not known. A
fission that never gives as much as the interval's low end is left out.
Assumes one short fission and nothing before it. Accuracy: the published ratios of sheet 8.1
within 10 % (yields differ). Cost: 60 ms for a scenario, then cached.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.facts.nuclides import fission_yields, nuclide, yield_sets
from vigie.radionuclide.decay import chain_of, evolve
from vigie.radionuclide.ratios.discrimination import allowed_range
from vigie.records import IsotopeRatio, RatioKind, Reason, ZeroTime

if TYPE_CHECKING:
    from vigie.facts.nuclides import FissionYield
    from vigie.radionuclide.decay import Chain

FloatArray = NDArray[np.float64]
XENONS = ("Xe-131m", "Xe-133m", "Xe-133", "Xe-135")
MASSES = ("131", "133", "135")
TIMES_S = np.geomspace(600.0, 120.0 * 86_400.0, 120)
"""Ages looked at: 10 minutes to 120 days."""
PEAK_TOLERANCE = 1.2
"""Times the peak of a curve up to which a ratio still fits: yields are known to about as much."""
USUAL_SET = ("ENDF/B-VIII.1", "U-235", "fast")
"""Set of yields of the value itself."""
DEFAULT_FRACTIONATION_S = 900.0
"""Iodine is lost a quarter of an hour after the fission, as in the sheet's case."""


def zero_times(
    ratio: IsotopeRatio, *, fractionated_s: float = DEFAULT_FRACTIONATION_S
) -> tuple[ZeroTime, ...]:
    """Return the zero time by full ingrowth and by fractionation.

    Parameters
    ----------
    ratio : IsotopeRatio
        Of two xenon isotopes, numerator the shorter-lived; with ``at_ns``.
    fractionated_s : float
        Time from the fission to the loss of iodine.
    """
    return tuple(
        _zero_time(ratio, scenario, separated)
        for scenario, separated in (("full_ingrowth", None), ("fractionated", fractionated_s))
    )


def pure_decay_time(ratio: IsotopeRatio, initial_ratio: float) -> ZeroTime:
    """Return when the ratio was ``initial_ratio``, if both only decayed since.

    Raises
    ------
    ParameterError
        The initial ratio is not above 0, the numerator does not decay faster, or the ratio has no
        time.
    """
    if ratio.at_ns is None or not initial_ratio > 0.0:
        raise ParameterError(
            name="initial_ratio", value=initial_ratio, expected="above 0, of a ratio with a time"
        )
    faster = (
        nuclide(ratio.numerator).decay_constant_per_s
        - nuclide(ratio.denominator).decay_constant_per_s
    )
    if faster <= 0.0:
        raise ParameterError(
            name="numerator", value=ratio.numerator, expected="shorter-lived than the denominator"
        )

    def age(value: float | None) -> float | None:
        if value is None or value <= 0.0:
            return None
        return float(np.log(initial_ratio / value) / faster)

    low, high = allowed_range(ratio)
    return _result(ratio, "pure_decay", (age(ratio.value), age(low), age(high)))


def ratio_curve(
    numerator: str,
    denominator: str,
    yields: tuple[str, str, str],
    *,
    separated_s: float | None = None,
) -> FloatArray:
    """Return the activity ratio at ``TIMES_S`` after a fission.

    Parameters
    ----------
    yields : tuple of str
        Evaluation, fissile nuclide, spectrum.
    separated_s : float, optional
        When xenon left its precursors; before, they are together.
    """
    curves = _activities(yields, separated_s)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(curves[XENONS.index(numerator)] / curves[XENONS.index(denominator)])


@lru_cache(maxsize=64)
def _activities(yields: tuple[str, str, str], separated_s: float | None) -> FloatArray:
    """Return activities of the four xenons per fission at ``TIMES_S``, shape (4, n)."""
    evaluation, fissile, spectrum = yields
    table = fission_yields(fissile, spectrum, evaluation=evaluation)
    members = [name for name in table if name.split("-")[1].rstrip("m") in MASSES]
    chain = chain_of(*members, longest_s=3.2e8)
    atoms = _first_atoms(chain, table)
    is_xenon = np.array([name.startswith("Xe-") for name in chain.names])
    constants = np.array(chain.decay_constants_per_s)
    places = [chain.names.index(name) for name in XENONS]
    out = np.zeros((len(XENONS), len(TIMES_S)))
    now, done = 0.0, separated_s is None
    for i, time_s in enumerate(TIMES_S):
        if not done and separated_s is not None and time_s >= separated_s:
            atoms, _ = evolve(chain, atoms, separated_s - now)
            atoms, now, done = np.where(is_xenon, atoms, 0.0), separated_s, True
        atoms, _ = evolve(chain, atoms, float(time_s) - now)
        now = float(time_s)
        out[:, i] = (constants * atoms)[places]
    return out


def _first_atoms(chain: Chain, table: dict[str, FissionYield]) -> FloatArray:
    """Return atoms per fission at once: cumulative yields less what members of the chain feed.

    Precursors too short-lived to be in the table have then decayed already. Xenon has its
    independent yield: its cumulative one was made with other branches to the isomers, and the
    difference would drown it.
    """
    cumulative = np.array(
        [table[name].cumulative if name in table else 0.0 for name in chain.names]
    )
    fed = np.zeros(len(cumulative))
    for parent, daughter, fraction in chain.feeds:
        fed[daughter] += fraction * cumulative[parent]
    prompt = np.maximum(cumulative - fed, 0.0)
    for place, name in enumerate(chain.names):
        if name.startswith("Xe-") and name in table:
            prompt[place] = table[name].independent
    return prompt


def _zero_time(ratio: IsotopeRatio, scenario: str, separated_s: float | None) -> ZeroTime:
    low, high = allowed_range(ratio)
    value = None
    ages = []
    for one in yield_sets():
        curve = ratio_curve(ratio.numerator, ratio.denominator, one, separated_s=separated_s)
        falling = _falling(curve)
        found = None if falling is None else _ages(falling, low, high)
        if found is None or falling is None:
            continue
        ages.append(found)
        if one == USUAL_SET and ratio.value is not None and ratio.value <= _most(falling):
            value = _age(falling, ratio.value)
    if not ages:
        return _result(ratio, scenario, (None, None, None))
    known = [old for _, old in ages if old is not None]
    old = max(known) if len(known) == len(ages) else None
    young = min(one for one, _ in ages) if high is not None else None
    return _result(ratio, scenario, (value, old, young))


def _falling(curve: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return the falling part of a curve and its ages; None where it has none."""
    top = int(np.nanargmax(np.where(np.isfinite(curve), curve, -np.inf)))
    falling, ages = curve[top:], TIMES_S[top:]
    good = falling > 0.0
    return (falling[good], ages[good]) if good.sum() >= 2 else None


def _most(falling: tuple[FloatArray, FloatArray]) -> float:
    """Return the largest ratio that still counts as one of the peak: yields have errors."""
    return PEAK_TOLERANCE * float(falling[0][0])


def _ages(
    falling: tuple[FloatArray, FloatArray], low: float, high: float | None
) -> tuple[float, float | None] | None:
    """Return the youngest and the oldest age that an interval of the ratio allows one fission.

    None where this fission never gives so much; None for the oldest where the ratio may be less
    than what is left at the last age looked at.
    """
    if low > _most(falling):
        return None
    youngest = float(falling[1][0]) if high is None else _age(falling, high)
    return (float(TIMES_S[-1]) if youngest is None else youngest), _age(falling, low)


def _age(falling: tuple[FloatArray, FloatArray], ratio: float) -> float | None:
    """Return the age at which a ratio is met; that of the peak for more, None for too little."""
    values, ages = falling
    if ratio <= values[-1]:
        return None
    # Late, the logarithm of a ratio of two exponentials is linear in time.
    return float(np.interp(-np.log(ratio), -np.log(values), ages))


def _result(
    ratio: IsotopeRatio, scenario: str, ages_s: tuple[float | None, float | None, float | None]
) -> ZeroTime:
    value, oldest, youngest = ages_s

    def before(age_s: float | None) -> int | None:
        return None if age_s is None or ratio.at_ns is None else ratio.at_ns - round(age_s * 1e9)

    remarks: tuple[Reason, ...] = ()
    if ratio.kind is not RatioKind.UNBOUNDED and ages_s == (None, None, None):
        pair = f"{ratio.numerator}/{ratio.denominator}"
        remarks = (
            Reason.of("noble_gas.no_zero_time", ratio=pair, scenario=f"scenario.{scenario}"),
        )
    return ZeroTime(
        numerator=ratio.numerator,
        denominator=ratio.denominator,
        scenario=scenario,
        time_ns=before(value),
        earliest_ns=before(oldest),
        latest_ns=before(youngest),
        probability=ratio.probability,
        remarks=remarks,
    )
