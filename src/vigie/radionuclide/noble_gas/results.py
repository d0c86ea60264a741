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
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.decay import SampleTimes, decay_factors
from vigie.radionuclide.noble_gas.reported_interval import with_scale_error
from vigie.radionuclide.noble_gas.timing import ingrowth_in_activity
from vigie.radionuclide.noble_gas.xenon import XE133, XE133M, isotope
from vigie.radionuclide.particulate.iso11929 import characteristic_limits
from vigie.records import CharacteristicLimits, LineEvidence, NuclideResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.radionuclide.noble_gas.gas_input import AirSample
    from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit, NuclideFit

PHOTON_KEV = {"Xe-131m": 30.0, "Xe-133": 80.998, "Xe-133m": 30.0, "Xe-135": 249.794}


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
    plain = record(
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
        limits=iso_limits(value, sigma, (fit.sigma_at_zero * per, slope * per, relative), to),
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


def iso_limits(
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


def record(
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
