"""Classical absorption of sound in thin air.

What it computes: the amplitude absorption coefficient over frequency squared, per metre. Source:
Stokes-Kirchhoff with rotational relaxation at low frequency (Sutherland & Bass 2004, JASA 115,
1012; Pierce 1981, Acoustics, section 10.7): alpha = (2 pi f)^2 mu / (2 rho c^3) (4/3 + 0.6 +
(gamma - 1)/Pr), viscosity mu by Sutherland's law, bulk viscosity 0.6 mu (rotation), Prandtl number
0.71. Assumptions: air of sea-level composition; vibrational relaxation, which matters below some
60 km at audible frequencies only, is left out. Accuracy: at 20 C and 1 atm 1.85e-11 f^2 Np/m,
where ISO 9613-1 has 1.84e-11 f^2 for the same losses; above 90 km other gases change it by some
ten per cent. Cost: 20 us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

_GAMMA, _PRANDTL, _BULK = 1.4, 0.71, 0.6


def viscosity_pa_s(temperature_k: FloatArray) -> FloatArray:
    """Return the dynamic viscosity of air by Sutherland's law (US Standard Atmosphere 1976)."""
    return np.asarray(1.458e-6 * temperature_k**1.5 / (temperature_k + 110.4))


def absorption_per_m_hz2(profile: AtmosphereProfile) -> FloatArray:
    """Return nepers per metre and Hz^2 at the levels of a profile."""
    sum_of_losses = 4.0 / 3.0 + _BULK + (_GAMMA - 1.0) / _PRANDTL
    friction = viscosity_pa_s(profile.temperature_k) * sum_of_losses
    denominator = profile.density_kg_m3 * profile.sound_speed_m_s**3
    return np.asarray(2.0 * np.pi**2 * friction / denominator)
