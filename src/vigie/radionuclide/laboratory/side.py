"""A nuclide's result at a station or a laboratory, and whether two are of the same nuclei."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.facts.nuclides import has_nuclide, nuclide
from vigie.radionuclide.decay import chain_of
from vigie.radionuclide.particulate.sources import SERIES
from vigie.records.nuclide_result import NuclideResult, SampleAnalysis
from vigie.records.reason import Reason

_NOT_COLLECTED = "particulate.not_collected"
_PER_BQ = {"uBq/m3": 1e6, "mBq/m3": 1e3}
"""Units of concentrations per Bq/m3."""


@dataclass(frozen=True, slots=True)
class Side:
    """A nuclide's result and the analysis that it is of."""

    where: str
    """``station`` or ``laboratory``."""
    result: NuclideResult
    analysis: SampleAnalysis

    @property
    def per_activity(self) -> float | None:
        """Return concentration per activity: K_c K_d / V, also where both are 0.

        A record without factors or volume has it in its concentration, if that is not 0.
        """
        one, volume = self.result, self.analysis.air_volume_m3
        scale = _PER_BQ.get(one.unit)
        if scale and volume and volume > 0.0 and one.decay_factors is not None:
            return one.decay_factors[0] * one.decay_factors[1] * scale / volume
        if not one.concentration or not one.activity_bq:
            return None
        return one.concentration / one.activity_bq

    @property
    def activity_bq(self) -> float | None:
        """Return the activity at the start of the acquisition that a concentration stands for.

        It is without what a parent made since the collection began (Xe-133 of Xe-133m), which
        the activity counted holds. Where there is no concentration it is the activity.
        """
        factor = self.per_activity
        if self.result.concentration is None or factor is None:
            return self.result.activity_bq
        return self.result.concentration / factor


def not_of_one_thing(name: str, station: Side, laboratory: Side) -> Reason | None:
    """Return why two results are not of the same nuclei; None where they are.

    Not compared: what is about the detector and not in the filter, members of the natural series
    where an analysis does not know the collection and so cannot tell the two apart, and a daughter
    that its parent keeps, which the parent's comparison judges.

    Parameters
    ----------
    name : str
        Of the nuclide.
    station, laboratory : Side
    """
    for side in (station, laboratory):
        # Of a count without a collection all is told so, and says nothing of the filter.
        beside = any(told.code == _NOT_COLLECTED for told in side.result.remarks)
        if beside and _knows_collection(side.analysis):
            return Reason.of("laboratory.not_collected", nuclide=name, where=side.where)
        unknown = side.result.concentration is None and not _knows_collection(side.analysis)
        if name in SERIES and unknown:
            return Reason.of("laboratory.unknown_origin", nuclide=name, where=side.where)
    parent = station.result.supported_by or laboratory.result.supported_by
    if not parent and not _knows_collection(laboratory.analysis):
        parent = _longer_parent(name, laboratory.analysis)
    if parent:
        return Reason.of("laboratory.judged_by_parent", nuclide=name, parent=parent)
    return None


def _knows_collection(analysis: SampleAnalysis) -> bool:
    return any(one.decay_factors is not None for one in analysis.nuclides)


def _longer_parent(name: str, analysis: SampleAnalysis) -> str:
    """Return what was found that decays to a nuclide and outlives it; empty where nothing was.

    An analysis that does not know the collection gives all of the daughter there is; one that
    does gives apart what did not grow from the parent.
    """
    if not has_nuclide(name):
        return ""
    for one in analysis.nuclides:
        if not one.detected or one.nuclide == name or not has_nuclide(one.nuclide):
            continue
        outlives = nuclide(one.nuclide).half_life_s > nuclide(name).half_life_s
        if outlives and nuclide(name).name in chain_of(one.nuclide).names:
            return one.nuclide
    return ""
