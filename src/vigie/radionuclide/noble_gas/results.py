"""Results of one isotope by each method, as records.

What it computes: activities to concentrations (mBq/m3, effective volume, collection, decay), with
Xe-133 freed of what Xe-133m made before and while counting; the standard error with all that is
stated (counting, efficiency, shares of decays, xenon volume), and an interval with the same errors
(``reported_interval``); limits by ISO 11929 beside those of each method. The interval of the counts
alone stays in the fit (``NuclideFit``). Activities are those in the cell at the start of the
acquisition, by all methods: Xe-133 with what had grown from Xe-133m by then, not with what grows
while counting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.decay import SampleTimes, decay_factors
from vigie.radionuclide.noble_gas.matrix import K_ALPHA, MatrixResult, systematic_sigma_at_zero
from vigie.radionuclide.noble_gas.reported_interval import with_scale_error
from vigie.radionuclide.noble_gas.timing import ingrowth_in_activity
from vigie.radionuclide.noble_gas.xenon import XE133, XE133M, isotope
from vigie.radionuclide.particulate.iso11929 import characteristic_limits
from vigie.records import CharacteristicLimits, LineEvidence, LineState, NuclideResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.radionuclide.noble_gas.gas_input import AirSample
    from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit, NuclideFit
    from vigie.radionuclide.noble_gas.net_counts import NetCounts
    from vigie.radionuclide.noble_gas.unstated import Unstated

PHOTON_KEV = {"Xe-131m": 30.0, "Xe-133": 80.998, "Xe-133m": 30.0, "Xe-135": 249.794}
MATRIX_ROW = {"Xe-135": 1, "Xe-133": 2, "Xe-131m": 4, "Xe-133m": 5}
NET_ROW = {"Xe-135": 1, "Xe-133": 2, "Xe-131m": 3, "Xe-133m": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """From Bq at the start of the measurement to the unit of results."""

    air_volume_m3: float | None
    volume_relative: float
    per_bq: dict[str, float]
    """Unit per Bq, by isotope."""
    unit: str
    times: SampleTimes | None
    ingrowth: tuple[float, float]
    """Of Xe-133 per Bq of Xe-133m: counted in all (collection on), and while counting."""

    @property
    def air_volume_sigma_m3(self) -> float | None:
        """Standard error of the air volume; None where no error is stated."""
        if self.air_volume_m3 is None or self.volume_relative <= 0.0:
            return None
        return self.volume_relative * self.air_volume_m3

    def factors(self, name: str) -> tuple[float, float, float] | None:
        """Return K_c, K_d, K_a; None without a collection."""
        if self.times is None:
            return None
        found = decay_factors(isotope(name).half_life_s, self.times)
        return found.collection, found.decay, found.acquisition


def conversion(air: AirSample | None, real_s: float) -> Conversion:
    """Return the conversion of a sample; Bq where no air was collected."""
    counted = ingrowth_in_activity(XE133M.decay_per_s, XE133.decay_per_s, real_s)
    if air is None:
        return Conversion(
            air_volume_m3=None,
            volume_relative=0.0,
            per_bq=dict.fromkeys(PHOTON_KEV, 1.0),
            unit="Bq",
            times=None,
            ingrowth=(counted, counted),
        )
    per_bq = {name: 1e3 * air.per_activity(name) for name in PHOTON_KEV}
    grown = air.ingrowth(real_s) * per_bq["Xe-133m"] / per_bq["Xe-133"]
    return Conversion(
        air_volume_m3=air.volume_m3,
        volume_relative=air.volume_sigma_m3 / air.volume_m3,
        per_bq=per_bq,
        unit="mBq/m3",
        times=SampleTimes(collection_s=air.collect_s, decay_s=air.process_s, acquisition_s=real_s),
        ingrowth=(grown, counted),
    )


def likelihood_result(
    fit: NuclideFit,
    to: Conversion,
    *,
    relative: float = 0.0,
    parent_bq: float = 0.0,
    evidence: tuple[LineEvidence, ...] = (),
) -> NuclideResult:
    """Return the result of the likelihood.

    Parameters
    ----------
    relative : float
        Relative error of efficiency and share of decays, where the fit does not hold it already.
    parent_bq : float
        Xe-133m in the cell, for the activity of Xe-133.
    """
    per = to.per_bq[fit.name]
    value, sigma = fit.free_estimate * per, fit.sigma * per
    grown = (to.ingrowth[0] - to.ingrowth[1]) * parent_bq if fit.name == "Xe-133" else 0.0
    slope = (fit.sigma_at_limit**2 - fit.sigma_at_zero**2) / max(fit.detection_limit, 1e-300)
    plain = _record(
        fit.name,
        to,
        activity=(fit.estimate + grown, hypot(fit.sigma, fit.estimate * relative)),
        value=(max(value, 0.0), hypot(sigma, value * hypot(relative, to.volume_relative))),
        limits=(fit.critical_level * per, fit.detection_limit * per),
    )
    low, high = with_scale_error(
        fit.free_estimate,
        (fit.low, fit.high),
        sigma=max(fit.sigma, fit.sigma_at_zero),
        relative=hypot(relative, to.volume_relative),
    )
    return replace(
        plain,
        method="likelihood",
        detected=fit.detected,
        low=low * per,
        high=None if high is None else high * per,
        limits=_iso(value, sigma, (fit.sigma_at_zero * per, slope * per, relative), to),
        p_value=fit.p_value,
        evidence=evidence,
    )


def concentration_covariance(
    fit: LikelihoodFit, names: Sequence[str], to: Conversion, relative: Mapping[str, float]
) -> tuple[tuple[float, ...], ...]:
    """Return the covariance of the likelihood's results, with the squares of their errors.

    Efficiencies and shares of decays are stated for each isotope by itself, so their errors stand
    on the diagonal alone (where the fit does not hold them already); the volume is that of all.

    Parameters
    ----------
    names : sequence of str
        The isotopes in the order wanted.
    relative : mapping
        Relative error of efficiency and share of decays where the fit does not hold it.
    """
    place = {one.name: k for k, one in enumerate(fit.nuclides)}
    order = [place[name] for name in names]
    per = np.array([to.per_bq[name] for name in names])
    values = fit.activities[order] * per
    own = np.array([relative.get(name, 0.0) for name in names]) * values
    counted = fit.covariance[np.ix_(order, order)] * np.outer(per, per)
    whole = counted + np.diag(own**2) + to.volume_relative**2 * np.outer(values, values)
    return tuple(tuple(row) for row in whole.tolist())


def matrix_result(
    name: str, solved: MatrixResult, errors: tuple[np.ndarray, Unstated], to: Conversion
) -> NuclideResult:
    """Return the result of the matrix method; Xe-133 combined of both signatures.

    Parameters
    ----------
    errors : (ndarray, Unstated)
        From the errors of the response, and from interferences that are not stated.
    """
    row, (systematic, unstated) = MATRIX_ROW[name], errors
    own: tuple[int, ...] = (row,)
    weights = np.eye(len(solved.activity))[row]
    level, limit = float(solved.critical_level[row]), float(solved.detection_limit[row])
    system = float(systematic[row])
    counted = present = weights
    if name == "Xe-133":
        level, limit = solved.xe133_critical_level, solved.xe133_detection_limit
        own, weights = (2, 3), np.zeros(len(solved.activity))
        weights[2:4] = solved.weight, 1.0 - solved.weight
        system = float(np.sqrt(((weights[2:4] * systematic[2:4]) ** 2).sum()))
        parent = np.eye(len(solved.activity))[5]
        counted, present = (weights - grown * parent for grown in to.ingrowth)
    interfering = K_ALPHA * hypot(
        systematic_sigma_at_zero(solved, weights, own), unstated.sigma(weights, without=name)
    )
    limit += 2.0 * (hypot(level, interfering) - level)
    level = hypot(level, interfering)

    def measured(w: np.ndarray) -> tuple[float, float, float]:
        variance = max(float(w @ solved.covariance @ w), 0.0)
        return float(w @ solved.activity), hypot(sqrt(variance), unstated.sigma(w)), system

    return _plain(name, "matrix", to, (measured(counted), measured(present)), (level, limit))


def net_result(
    name: str, net: NetCounts, unstated: Unstated, to: Conversion, *, relative: float
) -> NuclideResult:
    """Return the result of net counts; ``relative``: error of efficiency and share."""
    row = NET_ROW[name]
    unit = np.eye(len(net.activity))
    present = counted = unit[row]
    if name == "Xe-133":
        counted = present - (to.ingrowth[0] - to.ingrowth[1]) * unit[NET_ROW["Xe-133m"]]
    level, limit = float(net.critical_level[row]), float(net.detection_limit[row])
    raised = hypot(level, K_ALPHA * unstated.sigma(counted, without=name))

    def measured(w: np.ndarray) -> tuple[float, float, float]:
        bq = float(w @ net.activity)
        variance = max(float(w @ net.covariance @ w), 0.0)
        return bq, hypot(sqrt(variance), unstated.sigma(w)), abs(bq) * relative

    both = (measured(counted), measured(present))
    return _plain(name, "net_counts", to, both, (raised, limit + 2.0 * (raised - level)))


def region_evidence(
    net: NetCounts, fit: NuclideFit, *, observed: bool = True
) -> tuple[LineEvidence, ...]:
    """Return net counts of the main region beside what the likelihood expects there."""
    row, one = NET_ROW[fit.name], isotope(fit.name)
    return (
        LineEvidence(
            energy_kev=PHOTON_KEV[fit.name],
            intensity=one.share,
            expected_counts=fit.estimate * float(net.per_bq[row]),
            observed_counts=float(net.net[row]) if observed else None,
            observed_sigma=sqrt(max(float(net.net_covariance[row, row]), 0.0))
            if observed
            else None,
            state=LineState.SEEN if fit.detected else LineState.WEAK,
        ),
    )


def _plain(
    name: str,
    method: str,
    to: Conversion,
    measured: tuple[tuple[float, float, float], tuple[float, float, float]],
    limits: tuple[float, float],
) -> NuclideResult:
    """Return a result of Bq, error by counting and of what scales it.

    First for the concentration, then for the activity in the cell: for Xe-133 they differ by what
    grew from Xe-133m.
    """
    (bq, sigma, system), present = measured
    level, limit = limits
    per = to.per_bq[name]
    relative = system / abs(bq) if bq else 0.0
    # Normal laws: what widens with the activity is the counts' own share of the detection limit.
    zero = level / K_ALPHA
    slope = max(limit - 2.0 * level, 0.0) / K_ALPHA**2
    plain = _record(
        name,
        to,
        activity=(present[0], hypot(present[1], present[2])),
        value=(bq * per, per * hypot(sigma, hypot(system, bq * to.volume_relative))),
        limits=(level * per, limit * per),
    )
    iso = _iso(bq * per, sigma * per, (zero * per, slope * per, relative), to)
    return replace(plain, method=method, detected=bool(bq > level), limits=iso)


def _iso(
    value: float, sigma: float, law: tuple[float, float, float], to: Conversion
) -> CharacteristicLimits | None:
    """Return limits by ISO 11929 of u^2(y) = zero^2 + slope y + (y relative)^2."""
    zero, slope, relative = law
    if not (slope > 0.0 and zero >= 0.0):
        return None
    total = hypot(relative, to.volume_relative)
    return characteristic_limits(
        value,
        hypot(sigma, value * total),
        factor=slope,
        null_variance=(zero / slope) ** 2,
        factor_error=total,
    )


def _record(
    name: str,
    to: Conversion,
    *,
    activity: tuple[float, float],
    value: tuple[float, float],
    limits: tuple[float, float],
) -> NuclideResult:
    """Return what all methods state alike; method and decision follow."""
    collected = to.times is not None
    return NuclideResult(
        nuclide=name,
        method="",
        activity_bq=float(activity[0]),
        activity_sigma_bq=float(activity[1]),
        concentration=float(value[0]) if collected else None,
        uncertainty=float(value[1]) if collected else None,
        unit=to.unit,
        critical_level=float(limits[0]),
        mdc=float(limits[1]),
        detected=False,
        half_life_s=isotope(name).half_life_s,
        decay_factors=to.factors(name),
    )
