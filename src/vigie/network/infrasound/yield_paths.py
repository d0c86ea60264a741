"""Relations of ``vigie.sources`` set for one path through the atmosphere.

What it computes: the effective sound speed ratio toward an azimuth and the wind near 50 km along
it, each with its standard error, and from these what a charge shows at a range: the blast wave of
a surface burst at 1 km (Kinney & Graham 1985) times the transmission of Le Pichon et al. 2012, the
wind-corrected amplitude of LANL, that of Stevens et al. 2002, the period of AFTAC. Assumptions:
one profile along the path; the burst is on the ground and at the lowest level of the profile.
Accuracy: that of the relations. Cost: 0.3 ms.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.atmosphere.attenuation import transmission
from vigie.earth.atmosphere.ducting import velocity_ratio, velocity_ratio_sigma
from vigie.earth.atmosphere.profile import wind_along_m_s, wind_sigma_m_s
from vigie.sources import (
    AftacPeriod,
    Ambient,
    Burst,
    Charge,
    Explosive,
    LanlAmplitude,
    PathAmplitude,
    StevensAmplitude,
)
from vigie.sources.yield_relations import AMPLITUDE_SIGMA_LOG10, PATH_SIGMA_DB, PERIOD_SIGMA_LOG10

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile
    from vigie.sources import YieldRelation

WIND_KM = 50.0
"""Height of the wind that the relation of LANL corrects for."""
FASTEST_M_S = 200.0
"""Winds count up to this."""
TRIED_HZ = 0.4
"""Frequency at which the part of the winds in the error of a transmission is found."""
LEAST_RATIO = 0.5
MODEL_SIGMA_LOG10 = {
    "kinney_graham": PATH_SIGMA_DB / 20.0,
    "lanl": AMPLITUDE_SIGMA_LOG10,
    "stevens": AMPLITUDE_SIGMA_LOG10,
    "aftac": PERIOD_SIGMA_LOG10,
}
"""Of log10 of what is read, winds apart."""


class SoundPath(NamedTuple):
    """What the air does to amplitudes toward an azimuth."""

    ratio: float
    """Effective sound speed ratio."""
    ratio_sigma: float
    wind_m_s: float
    """Near 50 km, above 0 downwind."""
    wind_sigma_m_s: float
    air: Ambient
    """At the ground."""


def path_toward(profile: AtmosphereProfile, azimuth_deg: float) -> SoundPath:
    """Return what a profile tells of the paths toward an azimuth.

    Raises
    ------
    ParameterError
        The profile does not reach 60 km.
    """
    turn = math.radians(azimuth_deg)
    zonal, meridional = wind_sigma_m_s(profile)
    across = np.hypot(math.sin(turn) * zonal, math.cos(turn) * meridional)
    along = wind_along_m_s(profile, azimuth_deg)
    wind = float(np.interp(WIND_KM, profile.height_km, along))
    return SoundPath(
        float(velocity_ratio(profile, azimuth_deg)),
        float(velocity_ratio_sigma(profile, azimuth_deg)),
        min(max(wind, -FASTEST_M_S), FASTEST_M_S),
        float(np.interp(WIND_KM, profile.height_km, across)),
        Ambient(
            pressure_pa=float(profile.pressure_pa[0]),
            temperature_k=float(profile.temperature_k[0]),
        ),
    )


def relation_of(name: str, kind: Explosive, path: SoundPath, range_km: float) -> YieldRelation:
    """Return a relation for a path: ``kinney_graham``, ``lanl``, ``stevens`` or ``aftac``.

    Raises
    ------
    ParameterError
        The range makes no sense.
    """
    if name == "aftac":
        return AftacPeriod(kind=kind)
    if name == "stevens":
        return StevensAmplitude(range_km=range_km, kind=kind)
    if name == "lanl":
        return LanlAmplitude(
            range_km=range_km, wind_m_s=path.wind_m_s, wind_sigma_m_s=path.wind_sigma_m_s
        )
    return _blast(kind, path, range_km)


def _blast(kind: Explosive, path: SoundPath, range_km: float) -> PathAmplitude:
    """Return the blast wave of a surface burst with the transmission of the path."""

    def left(freq_hz: float, ratio: float = path.ratio) -> float:
        return float(transmission(freq_hz, range_km, max(ratio, LEAST_RATIO)).ratio[0])

    low, high = (left(TRIED_HZ, path.ratio + k * path.ratio_sigma) for k in (-1.0, 1.0))
    by_wind_db = 10.0 * abs(math.log10(high / low))
    return PathAmplitude(
        transmission=left,
        burst=Burst(charge=Charge.kilotons(1.0), kind=kind, on_surface=True, ambient=path.air),
        sigma_db=math.hypot(PATH_SIGMA_DB, by_wind_db),
    )
