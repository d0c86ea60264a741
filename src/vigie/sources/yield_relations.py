"""What an explosion of a given size shows at a distance: amplitude and period of infrasound.

What it computes: four relations, each with its model error for `yield_estimate.estimate_yield`:
`StevensAmplitude` log10 P = 3.37 + 0.68 log10 W - 1.36 log10 R (P Pa zero to peak, W **kt**
nuclear, R km); `LanlAmplitude` P = 59457 (R/sqrt(2 W))^-1.4072 microbar in still air, times
10^(0.018 v) with the stratospheric wind v along the path, so that the correction lowers downwind
readings; `PathAmplitude` the blast wave at 1 km (Kinney & Graham) times a transmission of the
path; `AftacPeriod` log10(E/2) = 3.34 log10 T - 2.58 up to where it meets 4.14 log10 T - 3.61 (E/2
= 52 kt). Source: Stevens, Divnov, Adams et al. 2002 (Pure Appl. Geophys. 159, 1045), Soviet tests;
Whitaker & Mutschlecner (LANL) as recalled in the field; Revelle 1997 (Ann. N. Y. Acad. Sci. 822,
284) for AFTAC. Assumptions: one station; amplitudes are averages over directions unless corrected.
Model errors: the two amplitude relations differ threefold at 1 kt and 1000 km (conventions of
peak, data, wind); as two draws of one truth that is 0.335 in log10 P, used for both. For periods
0.09 in log10 T (a factor of 2 in yield at one station) is chosen: published bolides scatter that
much and more. Accuracy: published values to their digits. Cost: microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from vigie.errors import ParameterError
from vigie.sources.blast import Burst
from vigie.sources.charge import Charge, Explosive

CHEMICAL_FACTOR = 2.0
"""A chemical charge sounds like a nuclear one of twice the yield, half of whose energy is not blast
(Green & Bowers 2010: 210 t chemical, 420 t nuclear)."""
AMPLITUDE_SIGMA_LOG10 = 0.335
"""Model error of both amplitude relations, from their disagreement: log10(0.581/0.195)/sqrt(2)."""
PERIOD_SIGMA_LOG10 = 0.09
"""Model error of the period of one station, chosen (see above)."""
PATH_SIGMA_DB = 10.0
"""Model error of a transmission, dB; that of Le Pichon et al. 2012."""
_PA_PER_MICROBAR = 0.1
_LANL_WIND = 0.018
_REFERENCE_M = 1000.0
# log10 T at which the two period relations meet.
_MEETING_LOG_T = (3.61 - 2.58) / (4.14 - 3.34)


@dataclass(frozen=True, slots=True, kw_only=True)
class StevensAmplitude:
    """Zero-to-peak amplitude, Pa, after Stevens et al. 2002.

    Examples
    --------
    >>> round(StevensAmplitude(range_km=1000.0).predict(Charge.kilotons(1.0)), 3)
    0.195
    """

    range_km: float
    kind: Explosive = Explosive.NUCLEAR
    """The relation is one of nuclear tests; a chemical charge counts twice."""
    model_sigma_log10: float = AMPLITUDE_SIGMA_LOG10
    name: str = "amplitude (Stevens et al. 2002)"
    source: str = "Stevens et al. 2002, Pure Appl. Geophys. 159, 1045-1062"

    def __post_init__(self) -> None:
        _check_range(self.range_km)

    def predict(self, charge: Charge) -> float:
        """Return the amplitude of a charge, Pa."""
        log_w = math.log10(_nuclear_kt(charge, self.kind))
        return float(10.0 ** (3.37 + 0.68 * log_w - 1.36 * math.log10(self.range_km)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LanlAmplitude:
    """Amplitude, Pa, after Whitaker and others at LANL, with the stratospheric wind.

    Examples
    --------
    >>> still = LanlAmplitude(range_km=1000.0)
    >>> round(still.predict(Charge.kilotons(1.0)), 3)
    0.581
    """

    range_km: float
    wind_m_s: float = 0.0
    """Wind near 50 km along the path, source to receiver; above 0 downwind."""
    wind_sigma_m_s: float = 0.0
    """Its standard error; adds to the model error."""
    name: str = "amplitude (LANL, wind-corrected)"
    source: str = "Whitaker & Mutschlecner (LANL), coefficients as recalled in the field"

    def __post_init__(self) -> None:
        _check_range(self.range_km)
        for name in ("wind_m_s", "wind_sigma_m_s"):
            value = getattr(self, name)
            if not abs(value) <= 200.0:
                raise ParameterError(name=name, value=value, expected="at most 200 m/s")

    @property
    def model_sigma_log10(self) -> float:
        """Standard error of the prediction, the wind's share included."""
        return math.hypot(AMPLITUDE_SIGMA_LOG10, _LANL_WIND * self.wind_sigma_m_s)

    def wind_corrected_pa(self, amplitude_pa: float) -> float:
        """Return what a measured amplitude would be in still air: less if it came downwind."""
        return float(amplitude_pa * 10.0 ** (-_LANL_WIND * self.wind_m_s))

    def predict(self, charge: Charge) -> float:
        """Return the amplitude of a charge in the wind, Pa."""
        scaled_range = self.range_km / math.sqrt(2.0 * charge.kt)
        still = 59457.0 * scaled_range**-1.4072 * _PA_PER_MICROBAR
        return float(still * 10.0 ** (_LANL_WIND * self.wind_m_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAmplitude:
    """Peak amplitude, Pa: the blast wave at 1 km times the transmission at its frequency."""

    transmission: Callable[[float], float] = field(compare=False)
    """Frequency (Hz) to pressure at the receiver over that at 1 km."""
    burst: Burst
    """Kind, ground and air; its charge is replaced."""
    sigma_db: float = PATH_SIGMA_DB
    name: str = "amplitude (blast wave and transmission)"
    source: str = "Kinney & Graham 1985; transmission as given"

    @property
    def model_sigma_log10(self) -> float:
        """Standard error of the prediction."""
        return self.sigma_db / 20.0

    def predict(self, charge: Charge) -> float:
        """Return the amplitude of a charge, Pa."""
        from dataclasses import replace

        pulse = replace(self.burst, charge=charge).pulse(_REFERENCE_M)
        return float(pulse.peak_pa * self.transmission(pulse.corner_hz))


@dataclass(frozen=True, slots=True, kw_only=True)
class AftacPeriod:
    """Period at the largest amplitude, s, after the AFTAC relations.

    Examples
    --------
    >>> [round(AftacPeriod().predict(Charge.kilotons(kt)), 2) for kt in (1.0, 100.0, 1000.0)]
    [4.81, 19.1, 33.41]
    """

    kind: Explosive = Explosive.NUCLEAR
    """The relation is one of nuclear tests; a chemical charge counts twice."""
    model_sigma_log10: float = PERIOD_SIGMA_LOG10
    name: str = "period (AFTAC)"
    source: str = "AFTAC, in ReVelle 1997, Ann. N. Y. Acad. Sci. 822, 284-302"

    def predict(self, charge: Charge) -> float:
        """Return the period of a charge, s."""
        log_half = math.log10(_nuclear_kt(charge, self.kind) / 2.0)
        log_t = (log_half + 2.58) / 3.34
        if log_t > _MEETING_LOG_T:
            log_t = (log_half + 3.61) / 4.14
        return float(10.0**log_t)


def _nuclear_kt(charge: Charge, kind: Explosive) -> float:
    return charge.kt * (CHEMICAL_FACTOR if kind is Explosive.CHEMICAL else 1.0)


def _check_range(range_km: float) -> None:
    if not (math.isfinite(range_km) and range_km > 0.0):
        raise ParameterError(name="range_km", value=range_km, expected="above 0")
