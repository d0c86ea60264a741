"""Which families may be of an event (I), and which are of lasting or local noise (N), and why.

Rules of speed, duration, size and frequency, in the manner of the IDC's categorisation (Brachet et
al. 2010, in "Infrasound Monitoring for Atmospheric Studies", Springer). Noise is kept with its
reason, never deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vigie.infrasound.recipe import CategoryParams
    from vigie.signal.pmcc import Family

SIGNAL, NOISE = "I", "N"
SLOW, FAST = "slower than sound", "faster than sound from any height"


def category_of(family: Family, params: CategoryParams) -> tuple[str, str]:
    """Return the phase (I or N) of a family and, for N, the reason.

    Parameters
    ----------
    family : Family
    params : CategoryParams
    """
    velocity_m_s = 1e3 * family.velocity_km_s
    slack_m_s = 2e3 * family.velocity_sigma_km_s
    duration_s = family.end_s - family.start_s
    low_hz, high_hz = params.microbarom_hz
    # A sixth of a band: edges of third octaves are rounded.
    within = family.low_hz > 0.97 * low_hz and family.high_hz < 1.03 * high_hz
    rules = (
        (velocity_m_s + slack_m_s < params.min_velocity_m_s, SLOW),
        (velocity_m_s - slack_m_s > params.max_velocity_m_s, FAST),
        (family.p_value > params.max_p_value, "noise could make it"),
        (int(family.members.sum()) < params.min_elements, "too few elements agree"),
        (within and duration_s > params.microbarom_s, "microbaroms"),
        (duration_s > params.max_duration_s, "of a lasting source"),
    )
    reason = next((text for applies, text in rules if applies), "")
    return (NOISE, reason) if reason else (SIGNAL, "")
