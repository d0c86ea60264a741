"""A portion of a sample, measured again at a laboratory, beside the station's result.

What it computes: the laboratory's activity of a portion is corrected for decay to the start of the
station's acquisition, divided by the portion's share of the sample, and turned into a
concentration with the same decay factors and air volume as the station's, K_c K_d / V. Both are
thus activities over one volume: its error is no reason to differ and counts in neither of the
errors compared (those of the activities); it is told of both results and of their mean.

A daughter that its parent keeps (La-140 of Ba-140, I-132 of Te-132) grew in the filter for longer
at the laboratory than at the station and follows no half-life (Bateman). The analyses fit parent
and daughter as one amount, so it has no evidence of its own: the parent's comparison judges both.

Assumptions: the nuclide is spread evenly over the filter to within ``share_sigma``; a nuclide that
no parent keeps decays with its own half-life.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.radionuclide.laboratory.comparison import Comparison, Measured, compare, to_reference
from vigie.radionuclide.laboratory.side import Side, not_of_one_thing
from vigie.radionuclide.laboratory.srid import is_portion_of
from vigie.records.reason import Reason
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from vigie.records.nuclide_result import NuclideResult, SampleAnalysis

_S_PER_NS = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A portion of a sample at a laboratory.

    Raises
    ------
    ParameterError
        The share is not in (0, 1], its error below 0 or not finite, or that of the volume not in
        [0, 1).
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
    volume_relative: float | None = None
    """Relative standard error of the station's air volume, told of both results; None for the one
    that the station's uncertainty holds. The zeta score does not depend on it."""

    def __post_init__(self) -> None:
        if not (0.0 < self.share <= 1.0 and 0.0 <= self.share_sigma < math.inf):
            raise ParameterError(
                name="share", value=f"{self.share} +- {self.share_sigma}", expected="in (0, 1]"
            )
        if self.volume_relative is not None and not 0.0 <= self.volume_relative < 1.0:
            raise ParameterError(
                name="volume_relative", value=self.volume_relative, expected="in [0, 1)"
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
        The identifications do not name a sample and a portion of it, an analysis has no time of
        acquisition, or the laboratory measured before the collection ended.
    BadRecordError
        An identification cannot be read.
    """
    _check_ids(station, laboratory, split)
    elapsed_s = _elapsed_s(station, laboratory)
    found: list[Comparison] = []
    left_out: list[Reason] = []
    seen = {r.nuclide for a in (station, laboratory) for r in a.main_results if r.detected}
    for name in sorted(seen):
        outcome = _outcome(name, station, laboratory, elapsed_s=elapsed_s, split=split)
        if isinstance(outcome, Reason):
            left_out.append(outcome)
        else:
            found.append(outcome)
    unit = next((r.unit for r in station.nuclides if r.concentration is not None), "Bq")
    return SplitComparison(
        split=split, comparisons=tuple(found), unit=unit, left_out=tuple(left_out)
    )


def _elapsed_s(station: SampleAnalysis, laboratory: SampleAnalysis) -> float:
    """Return the time from the station's acquisition to the laboratory's, s."""
    first, second = station.acquisition_start_ns, laboratory.acquisition_start_ns
    if first is None or second is None:
        raise ParameterError(
            name="acquisition_start_ns", value="None", expected="known of both analyses"
        )
    if station.collection_stop_ns is not None and second < station.collection_stop_ns:
        raise ParameterError(
            name="acquisition_start_ns",
            value=format_iso(second),
            expected="must be, at the laboratory, after the end of the collection "
            f"({format_iso(station.collection_stop_ns)})",
        )
    return (second - first) * _S_PER_NS


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


def _outcome(
    name: str,
    station: SampleAnalysis,
    laboratory: SampleAnalysis,
    *,
    elapsed_s: float,
    split: Split,
) -> Comparison | Reason:
    """Compare the results of one nuclide, or say why that cannot be."""
    at_station, at_laboratory = station.nuclide(name), laboratory.nuclide(name)
    if at_station is None or at_laboratory is None:
        where = "station" if at_station is None else "laboratory"
        return Reason.of("laboratory.not_reported", nuclide=name, where=where)
    first = Side("station", at_station, station)
    second = Side("laboratory", at_laboratory, laboratory)
    if told := not_of_one_thing(name, first, second):
        return told
    back = _back(name, second, at_station.half_life_s, elapsed_s=elapsed_s, split=split)
    return back if isinstance(back, Reason) else _compared(name, first, back, split)


def _back(
    name: str, side: Side, half_life_s: float | None, *, elapsed_s: float, split: Split
) -> Measured | Reason:
    """Return the whole sample's activity at the station's acquisition, Bq, by the laboratory."""
    half_life_s = side.result.half_life_s or half_life_s
    if half_life_s is None:
        return Reason.of("laboratory.no_factor", nuclide=name)
    activity, sigma = side.activity_bq, side.result.activity_sigma_bq
    if activity is None or not sigma or sigma < 0.0:
        return Reason.of("laboratory.no_error", nuclide=name)
    measured = Measured(
        value=activity / split.share,
        sigma=math.hypot(sigma, activity * split.share_sigma / split.share) / split.share,
    )
    try:
        return to_reference(measured, elapsed_s, half_life_s)
    except ParameterError:
        return Reason.of("laboratory.decayed_away", nuclide=name)


def _compared(name: str, station: Side, back: Measured, split: Split) -> Comparison | Reason:
    """Compare as concentrations, with the errors of the activities and what is shared."""
    result, factor = station.result, station.per_activity
    if factor is None or result.concentration is None:
        return Reason.of("laboratory.no_factor", nuclide=name)
    sigma = result.activity_sigma_bq
    if not sigma or sigma < 0.0:
        return Reason.of("laboratory.no_error", nuclide=name)
    shared = split.volume_relative
    if shared is None:
        shared = _volume_relative(result, factor * sigma)
    return compare(
        name,
        _with_shared(result.concentration, factor * sigma, shared),
        _with_shared(factor * back.value, factor * back.sigma, shared),
        shared_relative=shared,
    )


def _with_shared(value: float, own: float, shared: float) -> Measured:
    return Measured(value=value, sigma=math.hypot(own, shared * value))


def _volume_relative(result: NuclideResult, own: float) -> float:
    """Return the relative error of the volume in a concentration's, beyond the activity's."""
    if not result.concentration or result.uncertainty is None:
        return 0.0
    return math.sqrt(max(result.uncertainty**2 - own**2, 0.0)) / abs(result.concentration)
