"""Backgrounds that cannot be subtracted from their sample: left out, and told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.radionuclide.noble_gas.gas_input import OVERLAP_S
from vigie.records import PulseHeight, Reason
from vigie.records.pulse_height import LEAST_BACKGROUND_S

if TYPE_CHECKING:
    from vigie.pipeline.radionuclide.backgrounds import Backgrounds
    from vigie.records import SampleAnalysis, Spectrum

BACKGROUND_SHORT = "sample.background_short"
"""Remark on a background that was counted too shortly to say anything."""
GAS_MISPLACED = "sample.gas_background_misplaced"
"""Remark on a gas background, named by the header, that is not before the sample."""
_MISSING = {
    "gas": {"noble_gas.no_gas_background"},
    "detector": {"noble_gas.no_detector_background", "noble_gas.no_germanium_background"},
}
"""Remarks of an analysis without a background: untrue where one was left out."""


def usable_backgrounds(
    message: PulseHeight, chosen: Backgrounds, given: Backgrounds
) -> tuple[Backgrounds, tuple[Reason, ...]]:
    """Return the backgrounds that can be subtracted, and what is told of the others.

    A gas background that overlaps the sample, or comes after it, is left out where the header names
    it; the analysis refuses one that a person gave.

    Parameters
    ----------
    message : PulseHeight
        The sample.
    chosen, given : Backgrounds
        All that were found; those that a person gave.
    """
    told = []
    for role in ("detector", "gas", "blank"):
        one: PulseHeight | Spectrum | None = getattr(chosen, role)
        live_s = _live_s(one)
        if live_s is not None and live_s < LEAST_BACKGROUND_S:
            stated = {"live_s": live_s, "least_s": LEAST_BACKGROUND_S}
            reason = Reason.of(BACKGROUND_SHORT, id=_name(one), role=role, **stated)
        elif role == "gas" and chosen.gas is not given.gas and _misplaced(message, chosen.gas):
            reason = Reason.of(GAS_MISPLACED, id=_name(one), role=role)
        else:
            continue
        told.append(reason)
        chosen = replace(chosen, **{role: None})
    return chosen, tuple(told)


def _live_s(one: PulseHeight | Spectrum | None) -> float | None:
    """Return the stated live time; of a message without acquisition the analysis tells."""
    if isinstance(one, PulseHeight):
        return None if one.acquisition is None else one.acquisition.live_time_s
    return None if one is None else one.live_time_s


def _name(one: PulseHeight | Spectrum | None) -> str:
    if isinstance(one, PulseHeight):
        return one.measurement_id or one.sample_id or str(one.type)
    return "-" if one is None else one.title or "-"


def _misplaced(sample: PulseHeight, gas: PulseHeight | None) -> bool:
    """Tell whether a gas background is not known to have ended before the sample began."""
    if gas is None or sample.acquisition is None:
        return False
    if gas.acquisition is None:
        return True
    delay_s = (sample.acquisition.start_ns - gas.acquisition.start_ns) / 1e9
    return delay_s < 0.0 or delay_s - gas.acquisition.real_time_s < -OVERLAP_S


def without_missing(analysis: SampleAnalysis, told: tuple[Reason, ...]) -> SampleAnalysis:
    """Return the analysis without its remark that a background was not given, if it was left out.

    Parameters
    ----------
    analysis : SampleAnalysis
    told : tuple of Reason
        Of ``usable_backgrounds``, among others.
    """
    codes = {
        code
        for one in told
        if one.code in (BACKGROUND_SHORT, GAS_MISPLACED)
        for code in _MISSING.get(str(dict(one.params)["role"]), ())
    }
    kept = tuple(one for one in analysis.remarks if one.code not in codes)
    return replace(analysis, remarks=kept)
