"""A portion of a sample, measured again at a laboratory, beside the station's result.

What it computes: the laboratory's activity of a portion is corrected for decay to the start of the
station's acquisition, divided by the portion's share of the sample, and turned into a
concentration with the same decay factors and air volume as the station's, K_c K_d / V. Both are
thus activities over one volume: its error is no reason to differ and counts in neither of the
errors compared (those of the activities); it is told of both results and of their mean. A portion
of a gas is known by the volume measured at either place: then each result has its own volume, and
nothing is shared.

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
from vigie.radionuclide.laboratory.comparison import (
    Comparison,
    Measured,
    compare_own,
    to_reference,
)
from vigie.radionuclide.laboratory.side import Side, not_of_one_thing
from vigie.radionuclide.laboratory.srid import is_portion_of
from vigie.radionuclide.laboratory.volumes import own_sigma, volume_relative
from vigie.records.reason import Reason
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from vigie.records.nuclide_result import SampleAnalysis

_S_PER_NS = 1e-9
IMPOSSIBLE = "laboratory.impossible"
"""Reason of a nuclide with a number that no measurement can give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A portion of a sample at a laboratory.

    Raises
    ------
    ParameterError
        The share is not in (0, 1] (by volumes: not above 1 by more than three of its errors), its
        error below 0 or not finite, or that of the volume not in [0, 1).
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
    that the station's analysis states or its uncertainties hold (``volume_relative``). The zeta
    score does not depend on it."""
    by_volumes: bool = False
    """Whether the share is the laboratory's volume by the station's: ``share_sigma`` holds the
    errors of both, and each result has that of its own."""

    def __post_init__(self) -> None:
        most = 1.0 + 3.0 * self.share_sigma if self.by_volumes else 1.0
        if not (0.0 < self.share <= most and 0.0 <= self.share_sigma < math.inf):
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
        try:
            outcome = _outcome(name, station, laboratory, elapsed_s=elapsed_s, split=split)
        except (ParameterError, ArithmeticError, ValueError):
            # A number beyond all bounds in one nuclide says nothing of the others.
            outcome = Reason.of(IMPOSSIBLE, nuclide=name)
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
    for where, one in (("station", at_station), ("laboratory", at_laboratory)):
        if one.withheld:
            return Reason.of("laboratory.withheld", nuclide=name, where=where)
        if one.activity_bq is None:
            return Reason.of("laboratory.no_activity", nuclide=name, where=where)
    first = Side("station", at_station, station)
    second = Side("laboratory", at_laboratory, laboratory)
    if told := not_of_one_thing(name, first, second):
        return told
    shared = split.volume_relative
    if shared is None:
        shared = volume_relative(station)
    back = _back(name, (first, second), elapsed_s=elapsed_s, split=split, shared=shared)
    return back if isinstance(back, Reason) else _compared(name, first, back, split, shared)


def _back(
    name: str, sides: tuple[Side, Side], *, elapsed_s: float, split: Split, shared: float
) -> Measured | Reason:
    """Return the whole sample's activity at the station's acquisition, Bq, by the laboratory."""
    half_life_s = next((h for one in reversed(sides) if (h := _half_life_s(one))), None)
    if half_life_s is None:
        return Reason.of("laboratory.no_factor", nuclide=name)
    side = sides[1]
    activity, sigma = side.activity_bq, side.result.activity_sigma_bq
    if activity is None or not sigma or sigma < 0.0:
        return Reason.of("laboratory.no_error", nuclide=name)
    relative = split.share_sigma / split.share
    if split.by_volumes:
        # The station's volume is in the share and in K_c K_d / V: it cancels in this result.
        relative = math.sqrt(max(relative**2 - shared**2, 0.0))
    measured = Measured(
        value=activity / split.share, sigma=math.hypot(sigma, activity * relative) / split.share
    )
    try:
        return to_reference(measured, elapsed_s, half_life_s)
    except ParameterError:
        return Reason.of("laboratory.decayed_away", nuclide=name)


def _half_life_s(side: Side) -> float | None:
    """Return the half-life that a side states; None where it states none that can be."""
    stated = side.result.half_life_s
    return stated if stated is not None and 0.0 < stated < math.inf else None


def _compared(
    name: str, station: Side, back: Measured, split: Split, shared: float
) -> Comparison | Reason:
    """Compare as concentrations, with the errors of the activities and what is shared."""
    result, factor = station.result, station.per_activity
    if factor is None or result.concentration is None:
        return Reason.of("laboratory.no_factor", nuclide=name)
    sigma = result.activity_sigma_bq
    if not sigma or sigma < 0.0:
        return Reason.of("laboratory.no_error", nuclide=name)
    own = factor * sigma
    if split.volume_relative is None:
        own = own_sigma(station, shared) or own
    if split.by_volumes:
        own, shared = math.hypot(own, shared * result.concentration), 0.0
    return compare_own(
        name,
        Measured(value=result.concentration, sigma=own),
        Measured(value=factor * back.value, sigma=factor * back.sigma),
        shared_relative=shared,
    )
