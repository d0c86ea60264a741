"""The columns of a PMCC bulletin: order, unit and what values each may have.

Source: the description of the 26-band bulletins of BGR that openVIS reads (``src/db_vis.py`` of
github.com/rodrum/openVIS, ``load_bgr_data``). There the speed is in km/s and the time a MATLAB date
number; the parameters are those of Hupe et al. 2022, Earth Syst. Sci. Data 14, 4201, table 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    key: str
    """Its name in files with names, unit included."""
    unit: str
    title: str
    expected: str = "a number"
    """What a value must be, in words."""
    holds: Callable[[float], bool] = lambda _: True


def _positive(value: float) -> bool:
    return value > 0.0


def _not_negative(value: float) -> bool:
    return value >= 0.0


def _count(value: float) -> bool:
    return 0.0 <= value < 1e9 and value.is_integer()


COLUMNS: tuple[Column, ...] = (
    Column("start_datenum", "d", "start (MATLAB date number, UTC)"),
    Column("duration_s", "s", "duration", "0 or above", _not_negative),
    Column("back_azimuth_deg", "deg", "back azimuth", "between -360 and 360",
           lambda value: abs(value) <= 360.0),
    Column("apparent_velocity_km_s", "km/s", "apparent velocity", "a speed in km/s, 0 to 100",
           lambda value: 0.0 < value <= 100.0),
    Column("rms_amplitude_pa", "Pa", "rms amplitude", "0 or above", _not_negative),
    Column("freq_hz", "Hz", "centre frequency", "above 0", _positive),
    Column("min_freq_hz", "Hz", "lowest frequency", "0 or above", _not_negative),
    Column("max_freq_hz", "Hz", "highest frequency", "above 0", _positive),
    Column("family_size", "1", "family size", "a whole number", _count),
    Column("period_at_max_s", "s", "period at the maximum amplitude", "above 0", _positive),
    Column("pseudo_period_s", "s", "pseudo-period", "above 0", _positive),
    Column("max_amplitude_pa", "Pa", "maximum amplitude", "0 or above", _not_negative),
    Column("fisher_ratio", "1", "Fisher ratio", "0 or above", _not_negative),
    Column("n_sensors", "1", "number of sensors", "a whole number", _count),
    Column("consistency_s", "s", "consistency", "0 or above", _not_negative),
    Column("correlation", "1", "correlation", "between -1 and 1", lambda value: abs(value) <= 1.0),
)  # fmt: skip
"""All sixteen, in their order."""
KEYS = tuple(column.key for column in COLUMNS)
OLD_KEYS = (*KEYS[:9], "max_amplitude_pa")
"""The older form of ten columns: what the ninth is no description says; openVIS uses it as the
family size."""
LAYOUTS = {len(KEYS): KEYS, len(OLD_KEYS): OLD_KEYS}
"""Names of the columns by their number."""

TEXTS = (
    "station",
    "network",
    "phase",
    "id",
    "time_utc",
    "elements",
    "first_motion",
    "onset",
    "analysis",
    "group",
    "author",
    "method",
)
"""Further columns of texts, which vigie writes beside the sixteen where they are needed."""
NUMBERS = (
    "time_sigma_s",
    "duration_s_sigma",
    "azimuth_deg_sigma",
    "trace_velocity_m_s",
    "trace_velocity_m_s_sigma",
    "slowness_s_per_deg",
    "slowness_s_per_deg_sigma",
    "freq_hz_sigma",
    "snr",
    "snr_sigma",
    "p_value",
)
"""The same of numbers. A trace velocity or slowness stands here where the column cannot hold all of
its digits."""
