"""The quantities that quality flags check, taken from a message and its analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.radionuclide.judge.flags import NEVER, FlagLimits, check, default_limits

if TYPE_CHECKING:
    from collections.abc import Collection as Names

    from vigie.records.nuclide_result import Peak, QualityFlag, SampleAnalysis
    from vigie.records.pulse_height import PulseHeight

NS_PER_H = 3_600_000_000_000
K40_KEV = 1460.822
BE7_KEV = 477.604
"""Lines of decay_2012, as in the table of nuclides."""
_NEAR_KEV = 3.0
"""A peak so near a line that no other natural line of filters is meant."""
XENON_CM3_PER_M3 = 0.087
"""Xenon in air at standard conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleContext:
    """What is known of a sample besides its message: the station's other messages and clock.

    What is None was not told; its flags are then not checked.
    """

    received_ns: int | None = None
    """When the message arrived."""
    reported_ns: int | None = None
    """When the report went out."""
    previous_stop_ns: int | None = None
    """End of the previous collection."""
    previous_known: bool = False
    """Whether the station's history was looked at: then no previous sample is a failure."""
    gain_kev: float | None = None
    """Of the sample after recalibration, keV per channel."""
    reference_gain_kev: float | None = None
    k40_channel: float | None = None
    """Where K-40 is expected, and with what error."""
    k40_channel_sigma: float = 0.0
    gas_background_start_ns: int | None = None
    """Start of its acquisition."""
    gain_drift: float | None = None
    """Relative, of a beta-gamma system against its last quality-control message."""
    memory_fraction: float | None = None
    """Share of the gross signal that an earlier sample left."""
    usual_xenon_cm3: float | None = None
    """Median xenon volume of earlier samples."""


def sample_flags(
    message: PulseHeight,
    analysis: SampleAnalysis,
    context: SampleContext | None = None,
    *,
    limits: FlagLimits | None = None,
    activation: Names[str] | None = None,
) -> tuple[QualityFlag, ...]:
    """Return all quality flags of a sample.

    Parameters
    ----------
    message : PulseHeight
    analysis : SampleAnalysis
        Of this message; its ``technology`` chooses the flags.
    context : SampleContext, optional
    limits : FlagLimits, optional
        By default those of the package.
    activation : collection of str, optional
        Names of activation products; by default the list of the table of nuclides.

    Raises
    ------
    ParameterError
        A limit names a flag that does not exist.
    """
    context = context or SampleContext()
    limits = limits or default_limits()
    if analysis.technology == "noble_gas":
        return check(limits.noble_gas, gas_quantities(message, context))
    if activation is None:
        from vigie.facts.nuclides import nuclide_list

        activation = nuclide_list("activation")
    quantities = particulate_quantities(message, analysis, context, activation=activation)
    return check(limits.particulate, quantities)


def particulate_quantities(
    message: PulseHeight,
    analysis: SampleAnalysis,
    context: SampleContext,
    *,
    activation: Names[str],
) -> dict[str, float | None]:
    """Return the quantities of a particulate sample, by name of the flag."""
    collection, acquisition = message.collection, message.acquisition
    start = collection.start_ns if collection else None
    stop = collection.stop_ns if collection else None
    counted = acquisition.start_ns if acquisition else None
    hours = _hours(start, stop)
    barium = analysis.nuclide("Ba-140")
    products = [n for n in analysis.main_results if n.detected and n.nuclide in set(activation)]
    be7 = peak_at(analysis, BE7_KEV)
    return {
        "collection_time": hours,
        "acquisition_time": acquisition.real_time_s / 3600.0 if acquisition else None,
        "decay_time": _hours(stop, counted),
        "arrival_time": _hours(start, context.received_ns),
        "previous_sample": _gap_h(start, context),
        "flow_rate": collection.air_volume_m3 / hours if collection and hours else None,
        "ba140_mdc": barium.mdc if barium and barium.unit == "uBq/m3" else None,
        "k40_position": _k40_sigmas(analysis, context),
        "gain_difference": _gain_difference(context),
        "be7_fwhm": be7.fwhm_kev if be7 else None,
        "activation_products": float(len(products)),
        "live_ratio": _live_ratio(message),
    }


def gas_quantities(message: PulseHeight, context: SampleContext) -> dict[str, float | None]:
    """Return the quantities of a noble gas sample, by name of the flag."""
    collection, acquisition = message.collection, message.acquisition
    xenon = message.processing
    volume = xenon.volume_cm3 if xenon else None
    hours = _hours(collection.start_ns, collection.stop_ns) if collection else None
    counted = acquisition.start_ns if acquisition else None
    stop = collection.stop_ns if collection else None
    error = (xenon.volume_sigma_cm3 or 0.0) if xenon else 0.0
    usual = context.usual_xenon_cm3
    return {
        "xenon_volume": None if volume is None else volume + error,
        "xenon_volume_low": volume,
        "collection_time": hours,
        "collection_too_long": hours,
        "acquisition_time": acquisition.real_time_s / 3600.0 if acquisition else None,
        "response_time": _hours(stop, context.reported_ns),
        "processing_time": _hours(stop, counted),
        "gas_background_interval": _hours(context.gas_background_start_ns, counted),
        "live_ratio": _live_ratio(message),
        "gain_drift": None if context.gain_drift is None else abs(context.gain_drift),
        "coincidence_share": _coincidence_share(message),
        "memory_fraction": context.memory_fraction,
        "volume_ratio": _volume_ratio(message),
        "volume_trend": volume / usual if volume is not None and usual else None,
        "missing_blocks": float(len(message.blocks_missing)),
    }


def peak_at(analysis: SampleAnalysis, energy_kev: float) -> Peak | None:
    """Return the largest peak within 3 keV of a line, if there is one."""
    near = [p for p in analysis.peaks if abs(p.energy_kev - energy_kev) <= _NEAR_KEV]
    return max(near, key=lambda p: p.area, default=None)


def _hours(start_ns: int | None, stop_ns: int | None) -> float | None:
    return None if start_ns is None or stop_ns is None else (stop_ns - start_ns) / NS_PER_H


def _gap_h(start_ns: int | None, context: SampleContext) -> float | None:
    if context.previous_stop_ns is None:
        return NEVER if context.previous_known else None
    return _hours(context.previous_stop_ns, start_ns)


def _k40_sigmas(analysis: SampleAnalysis, context: SampleContext) -> float | None:
    peak = peak_at(analysis, K40_KEV)
    if peak is None or context.k40_channel is None:
        return None
    sigma = math.hypot(peak.channel_sigma, context.k40_channel_sigma)
    off = abs(peak.channel - context.k40_channel)
    return off / sigma if sigma > 0.0 else None


def _gain_difference(context: SampleContext) -> float | None:
    if context.gain_kev is None or not context.reference_gain_kev:
        return None
    return abs(context.gain_kev / context.reference_gain_kev - 1.0)


def _live_ratio(message: PulseHeight) -> float | None:
    counting = message.acquisition
    if counting is None or counting.real_time_s <= 0.0:
        return None
    return counting.live_time_s / counting.real_time_s


def _coincidence_share(message: PulseHeight) -> float | None:
    if message.histogram is None or message.gamma is None or message.gamma.total == 0:
        return None
    return float(message.histogram.counts.sum()) / message.gamma.total


def _volume_ratio(message: PulseHeight) -> float | None:
    xenon, collection = message.processing, message.collection
    if xenon is None or collection is None or xenon.volume_cm3 is None or not xenon.recovery:
        return None
    expected_m3 = collection.air_volume_m3 * xenon.recovery
    return xenon.volume_cm3 / XENON_CM3_PER_M3 / expected_m3 if expected_m3 > 0.0 else None
