"""The share of a sample that a second measurement is of, and where it is known from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.radionuclide.laboratory import parse_srid, volume_relative
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.records import SampleAnalysis

STATED = "stated"
EQUAL_PORTIONS = "equal_portions"
VOLUMES = "volumes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Part of a sample that a portion is, as a person states it."""

    value: float
    """In (0, 1]."""
    sigma: float = 0.0
    """Standard error, evenness of the filter included."""


def share_of(
    original: SampleAnalysis, portion: SampleAnalysis, stated: Share | None
) -> tuple[Share, str] | Reason:
    """Return the share and where it is known from, or why it is not known.

    As stated; of a filter that of equal portions, by the SRIDs; of a gas, of which no SRID says
    how much was sent, the volume at the laboratory by that at the station, with both errors.
    """
    if stated is not None:
        return stated, STATED
    if original.technology == "noble_gas":
        found = _by_volumes(original, portion)
        return found if isinstance(found, Reason) else (found, VOLUMES)
    return Share(value=_equal(portion.sample_id, original.sample_id)), EQUAL_PORTIONS


def _by_volumes(original: SampleAnalysis, portion: SampleAnalysis) -> Share | Reason:
    whole, part = _volume_m3(original), _volume_m3(portion)
    if whole is None or part is None:
        where = "station" if whole is None else "laboratory"
        return Reason.of("laboratory.no_gas_share", where=where)
    value = part / whole
    sigma = value * math.hypot(volume_relative(original), volume_relative(portion))
    if value > 1.0 + 3.0 * sigma:
        return Reason.of("laboratory.gas_share_above_one", laboratory_m3=part, station_m3=whole)
    return Share(value=value, sigma=sigma)


def _volume_m3(one: SampleAnalysis) -> float | None:
    volume = one.air_volume_m3
    return volume if volume is not None and 0.0 < volume < math.inf else None


def _equal(portion: str, whole: str) -> float:
    """Return the share of a portion of equal ones in what the station measured."""
    return parse_srid(whole).portions / parse_srid(portion).portions
