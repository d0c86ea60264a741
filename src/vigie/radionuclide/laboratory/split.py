"""A portion of a sample, measured again at a laboratory, beside the station's result.

What it computes: the laboratory's activity of a portion is corrected for decay to the start of the
station's acquisition, divided by the portion's share of the sample, and turned into a
concentration with the same decay factors and air volume as the station's. So the volume's error is
shared, and the comparison (``comparison``) knows it.

Assumptions: the nuclide is spread evenly over the filter to within ``share_sigma``; a nuclide kept
by its parent decays with the parent's half-life, as its result says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.radionuclide.laboratory.comparison import Comparison, Measured, compare, to_reference
from vigie.radionuclide.laboratory.srid import is_portion_of
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from vigie.records.nuclide_result import NuclideResult, SampleAnalysis

_S_PER_NS = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A portion of a sample at a laboratory.

    Raises
    ------
    ParameterError
        The share is not in (0, 1].
    """

    sample_id: str
    """SRID of the whole sample."""
    portion_id: str
    """SRID of the portion."""
    laboratory: str
    """``FRL08``."""
    share: float = 1.0
    """Of the sample, by mass or area; 1 where the whole sample was sent."""
    share_sigma: float = 0.0
    """Standard error of the share, evenness of the filter included."""
    volume_relative: float = 0.0
    """Relative standard error of the station's air volume, that both results share."""

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0 or self.share_sigma < 0.0:
            raise ParameterError(
                name="share", value=f"{self.share} +- {self.share_sigma}", expected="in (0, 1]"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitComparison:
    """All nuclides of a portion against the whole sample."""

    split: Split
    comparisons: tuple[Comparison, ...]
    """By nuclide; concentrations in the station's unit."""
    unit: str
    left_out: tuple[Reason, ...]
    """Nuclides that could not be compared, and why."""


def compare_split(
    station: SampleAnalysis, laboratory: SampleAnalysis, split: Split
) -> SplitComparison:
    """Compare a laboratory's analysis of a portion with the station's of the sample.

    Parameters
    ----------
    station, laboratory : SampleAnalysis
        The laboratory's with activities at the start of its own acquisition.
    split : Split

    Raises
    ------
    ParameterError
        The identifications do not name a sample and a portion of it, or an analysis has no time
        of acquisition.
    BadRecordError
        An identification cannot be read.
    """
    _check_ids(station, laboratory, split)
    times = station.acquisition_start_ns, laboratory.acquisition_start_ns
    if times[0] is None or times[1] is None:
        raise ParameterError(
            name="acquisition_start_ns", value="None", expected="known of both analyses"
        )
    elapsed_s = (times[1] - times[0]) * _S_PER_NS
    found: list[Comparison] = []
    left_out: list[Reason] = []
    seen = {r.nuclide for a in (station, laboratory) for r in a.nuclides if r.detected}
    for name in sorted(seen):
        pair = station.nuclide(name), laboratory.nuclide(name)
        outcome = _one(name, *pair, elapsed_s=elapsed_s, split=split)
        if isinstance(outcome, Reason):
            left_out.append(outcome)
        else:
            found.append(outcome)
    unit = next((r.unit for r in station.nuclides if r.concentration is not None), "Bq")
    return SplitComparison(
        split=split, comparisons=tuple(found), unit=unit, left_out=tuple(left_out)
    )


def _check_ids(station: SampleAnalysis, laboratory: SampleAnalysis, split: Split) -> None:
    if station.sample_id != split.sample_id or laboratory.sample_id != split.portion_id:
        raise ParameterError(
            name="split",
            value=f"{split.portion_id} of {split.sample_id}",
            expected=f"must name {laboratory.sample_id} of {station.sample_id}",
        )
    if not is_portion_of(split.portion_id, split.sample_id):
        raise ParameterError(
            name="split",
            value=split.portion_id,
            expected=f"must be a portion of {split.sample_id}",
        )


def _one(
    name: str,
    at_station: NuclideResult | None,
    at_laboratory: NuclideResult | None,
    *,
    elapsed_s: float,
    split: Split,
) -> Comparison | Reason:
    if at_station is None or at_laboratory is None:
        where = "station" if at_station is None else "laboratory"
        return Reason.of("laboratory.not_reported", nuclide=name, where=where)
    half_life = at_laboratory.half_life_s or at_station.half_life_s
    factor = _per_activity(at_station)
    if half_life is None or factor is None:
        return Reason.of("laboratory.no_factor", nuclide=name)
    activity, sigma = at_laboratory.activity_bq, at_laboratory.activity_sigma_bq
    if activity is None or not sigma or sigma < 0.0 or at_station.uncertainty is None:
        return Reason.of("laboratory.no_error", nuclide=name)
    measured = Measured(
        value=activity / split.share,
        sigma=math.hypot(sigma, activity * split.share_sigma / split.share) / split.share,
    )
    try:
        back = to_reference(measured, elapsed_s, half_life)
    except ParameterError:
        return Reason.of("laboratory.decayed_away", nuclide=name)
    shared = split.volume_relative
    value = factor * back.value
    laboratory = Measured(value=value, sigma=math.hypot(factor * back.sigma, shared * value))
    concentration = at_station.concentration or 0.0
    station = Measured(
        value=concentration, sigma=max(at_station.uncertainty, shared * abs(concentration))
    )
    return compare(name, station, laboratory, shared_relative=shared)


def _per_activity(result: NuclideResult) -> float | None:
    """Return concentration per activity of a station's result: decay factors over the volume."""
    if result.concentration is None or not result.activity_bq:
        return None
    return result.concentration / result.activity_bq
