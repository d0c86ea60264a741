"""From the messages of a sample to what the methods take, and what was missing or odd.

What it computes: times, factors, regions and counts of a sample, its gas background and its
detector background; remarks on what was not supplied, contradicts, or had to be replaced. Nothing
is guessed silently.
"""

from __future__ import annotations

from dataclasses import dataclass

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.cell_model import Measurements, Plane
from vigie.radionuclide.noble_gas.matrix import MatrixInput, RegionData
from vigie.radionuclide.noble_gas.region_response import (
    calibration_remarks,
    missing_ratios,
    region_calibration,
)
from vigie.radionuclide.noble_gas.regions import RegionCounts, RegionRule, count_regions
from vigie.radionuclide.noble_gas.stated_ratios import believed
from vigie.radionuclide.noble_gas.templates import plane_model
from vigie.radionuclide.noble_gas.timing import (
    Counting,
    concentration_per_activity,
    ingrowth_in_concentration,
)
from vigie.radionuclide.noble_gas.xenon import (
    XE133,
    XE133M,
    XENON_PER_AIR_CM3_M3,
    isotope,
)
from vigie.records import PhdType, PulseHeight, Reason
from vigie.records.pulse_height import (
    MAX_XENON_CM3,
    MOST_COUNTING_S,
    MOST_SAMPLE_S,
    least_counting_s,
)

MOST_WAIT_S = 366.0 * 86_400.0
"""From collection to acquisition: of Xe-131m, which lives longest, 6e-10 is left then."""
VOLUME_TOLERANCE = 0.15
"""Between xenon volume / 0.087 and air volume x yield, beyond which it is told (sheet 1.4)."""
CONTRADICTING = 3.0
"""Factor between them from which on one of the two is wrong."""
OVERLAP_S = 60.0
"""By which a gas background may end after the sample began, as clocks go."""
MOST_GAS_DELAY_S = 3.0 * 86_400.0
"""From the end of a gas background to the sample: another sample was in the cell since."""
OTHER_GAS = (
    "Give with --gas-background the message that was measured in this cell before the sample, or "
    "leave the option out."
)
"""Remedy of a gas background that is not before the sample."""
LARGE_VOLUME_ERROR = 1.0 / 3.0
"""Relative error of the xenon volume beyond which it is told; stations state 3 to 10 %."""
SAME_EDGE_KEV = 0.1
"""Edges of a region nearer than this are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AirSample:
    """What turns activities into concentrations."""

    volume_m3: float
    """Effective: xenon volume / 0.087 cm3 per m3."""
    volume_sigma_m3: float
    collect_s: float
    process_s: float

    def per_activity(self, name: str) -> float:
        """Return concentration (1/m3) per Bq at the start of the measurement."""
        return concentration_per_activity(
            isotope(name).decay_per_s, self.collect_s, self.process_s, self.volume_m3
        )

    def ingrowth(self, real_s: float) -> float:
        """Return apparent concentration of Xe-133 per concentration of Xe-133m."""
        times = (self.collect_s, self.process_s, real_s)
        return ingrowth_in_concentration(XE133M.decay_per_s, XE133.decay_per_s, times)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GasInput:
    """All that the methods need."""

    measurements: Measurements
    matrix: MatrixInput
    regions: RegionCounts
    air: AirSample | None
    """None: no air was collected, or nothing tells how much."""
    remarks: tuple[Reason, ...]

    @property
    def regions_tell(self) -> bool:
        """Whether the counts of regions can be freed of background and interferences."""
        stated = self.matrix.calibration
        return self.matrix.detector_background is not None and not missing_ratios(stated)


def gas_input(
    sample: PulseHeight,
    gas_background: PulseHeight | None = None,
    detector_background: PulseHeight | None = None,
    *,
    rule: RegionRule = RegionRule.FRACTIONAL,
) -> GasInput:
    """Bring the messages together.

    Raises
    ------
    NobleGasInputError
        No histogram, acquisition, calibration or regions; a gas background that does not precede.
    """
    remarks: list[Reason] = []
    counting = message_counting(sample)
    counts = count_regions(sample, rule=rule)
    plane = _plane(sample)
    calibration, told = believed(region_calibration(sample), sample.regions, plane.model)
    remarks += [*told, *calibration_remarks(calibration)]
    air = air_sample(sample, remarks)
    gas_background = usable_gas(sample, gas_background, remarks)
    if detector_background is None:
        remarks.append(not_supplied("detector", sample.detector_background_id))
    backgrounds = (gas_background, detector_background)
    remarks += [_other_regions(one) for one in backgrounds if one and _regions_differ(sample, one)]
    delay_s = 0.0
    if gas_background is not None:
        delay_s = (start_ns(sample) - start_ns(gas_background)) / 1e9
    planes = [None if one is None else _plane(one) for one in backgrounds]
    data = [
        None
        if one is None
        else RegionData(
            gross=count_regions(one, regions=sample.regions, rule=rule).gross,
            counting=message_counting(one),
        )
        for one in backgrounds
    ]
    return GasInput(
        measurements=Measurements(
            sample=plane,
            regions=sample.regions,
            calibration=calibration,
            gas_background=planes[0],
            detector_background=planes[1],
            delay_s=delay_s,
            ingrowth=_ingrowth(air, counting),
        ),
        matrix=MatrixInput(
            sample=RegionData(gross=counts.gross, counting=counting),
            detector_background=data[1],
            calibration=calibration,
            gas_background=data[0],
            delay_s=delay_s,
        ),
        regions=counts,
        air=air,
        remarks=tuple(remarks),
    )


def _ingrowth(air: AirSample | None, counting: Counting) -> float | None:
    """Return Bq of Xe-133 that come with a Bq of Xe-133m, in a fit of concentrations."""
    if air is None:
        return None
    parent, daughter = air.per_activity("Xe-133m"), air.per_activity("Xe-133")
    return air.ingrowth(counting.real_s) * parent / daughter


def message_counting(message: PulseHeight) -> Counting:
    """Return real and live time.

    Raises
    ------
    NobleGasInputError
        There is no acquisition, or its times contradict or cannot be.
    """
    if message.acquisition is None:
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type} has no #Acquisition",
            remedy="Ask the station for the whole message.",
        )
    a = message.acquisition
    if not 0.0 < a.live_time_s <= a.real_time_s * 1.000_001:
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type}: live time {a.live_time_s:g} s, "
            f"real time {a.real_time_s:g} s",
            remedy="The live time must be above 0 and not above the real time.",
        )
    of_air = message.type is PhdType.SAMPLE
    least_s = least_counting_s(message.type)
    most_s = MOST_SAMPLE_S if of_air else MOST_COUNTING_S
    if a.live_time_s < least_s or a.real_time_s > most_s:
        shortest = "1 min" if least_s >= 60.0 else "1 s"
        longest = "100 days" if of_air else "20 years"
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type}: live time {a.live_time_s:g} s, "
            f"real time {a.real_time_s:g} s",
            remedy=f"Both must be between {shortest} and {longest}, in seconds.",
        )
    return Counting(real_s=max(a.real_time_s, a.live_time_s), live_s=a.live_time_s)


def start_ns(message: PulseHeight) -> int:
    """Return the start of a measurement that has one (``message_counting``)."""
    assert message.acquisition is not None
    return message.acquisition.start_ns


def _plane(message: PulseHeight) -> Plane:
    if message.histogram is None:
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type} has no histogram",
            remedy="Ask for the full message.",
        )
    return Plane(
        counts=message.histogram.counts,
        model=plane_model(message),
        counting=message_counting(message),
    )


def usable_gas(
    sample: PulseHeight, gas: PulseHeight | None, remarks: list[Reason]
) -> PulseHeight | None:
    """Return the gas background; None, with a remark, where none was given.

    Raises
    ------
    NobleGasInputError
        It does not begin before the sample, or ends after the sample began.
    """
    if gas is None:
        remarks.append(not_supplied("gas", sample.gas_background_id))
        return None
    delay_s = (start_ns(sample) - (gas.acquisition.start_ns if gas.acquisition else 0)) / 1e9
    if gas.acquisition is None or delay_s < 0.0:
        raise NobleGasInputError(
            what=f"the gas background {gas.measurement_id or ''} does not begin before the sample",
            remedy=OTHER_GAS,
        )
    waited_s = delay_s - message_counting(gas).real_s
    if waited_s < -OVERLAP_S:
        raise NobleGasInputError(
            what=f"the gas background {gas.measurement_id or ''} ends "
            f"{-waited_s / 3600.0:.1f} h after the sample began",
            remedy=OTHER_GAS,
        )
    if waited_s > MOST_GAS_DELAY_S:
        remarks.append(Reason.of("noble_gas.gas_background_old", days=waited_s / 86_400.0))
    return gas


def _regions_differ(sample: PulseHeight, other: PulseHeight) -> bool:
    """Tell whether a background states a region of the sample otherwise, by more than rounding."""
    stated = {one.roi: one for one in other.regions}
    for one in sample.regions:
        theirs = stated.get(one.roi, one)
        edges = ("beta_low", "beta_high", "gamma_low", "gamma_high")
        if any(abs(getattr(one, e) - getattr(theirs, e)) > SAME_EDGE_KEV for e in edges):
            return True
    return False


def _other_regions(background: PulseHeight) -> Reason:
    name = background.measurement_id or str(background.type)
    return Reason.of("noble_gas.regions_differ", id=name)


def not_supplied(kind: str, identifier: str) -> Reason:
    """Return the remark that a background is missing, with its id.

    Parameters
    ----------
    kind : str
        ``detector``, ``germanium`` (its detector) or ``gas``.
    """
    return Reason.of(
        f"noble_gas.no_{kind}_background", id=identifier if identifier.strip("0- ") else "-"
    )


def air_sample(sample: PulseHeight, remarks: list[Reason]) -> AirSample | None:
    """Return what was collected; None, with a remark, where there can be no concentration."""
    collection, processing = sample.collection, sample.processing
    problem = _air_problem(sample)
    if problem or collection is None or processing is None or processing.volume_cm3 is None:
        remarks.append(Reason.of("noble_gas.no_concentration", reason=problem or "no_collection"))
        return None
    volume = processing.volume_cm3 / XENON_PER_AIR_CM3_M3
    if processing.recovery and collection.air_volume_m3 > 0.0:
        other = collection.air_volume_m3 * processing.recovery
        if abs(volume / other - 1.0) > VOLUME_TOLERANCE:
            remarks.append(Reason.of("noble_gas.volumes_differ", xenon_m3=volume, air_m3=other))
        if not 1.0 / CONTRADICTING < volume / other < CONTRADICTING:
            remarks.append(Reason.of("noble_gas.volumes_contradict"))
    if not processing.volume_sigma_cm3:
        remarks.append(Reason.of("noble_gas.volume_error_unstated"))
    elif processing.volume_sigma_cm3 > LARGE_VOLUME_ERROR * processing.volume_cm3:
        stated = {"volume_cm3": processing.volume_cm3, "sigma_cm3": processing.volume_sigma_cm3}
        remarks.append(Reason.of("noble_gas.volume_error_large", **stated))
    return AirSample(
        volume_m3=volume,
        volume_sigma_m3=(processing.volume_sigma_cm3 or 0.0) / XENON_PER_AIR_CM3_M3,
        collect_s=collection.duration_s,
        process_s=(start_ns(sample) - collection.stop_ns) / 1e9,
    )


def _air_problem(sample: PulseHeight) -> str:
    """Return why there can be no concentration; empty where there can."""
    collection, processing = sample.collection, sample.processing
    if collection is None:
        return "no_collection"
    if processing is None or not processing.volume_cm3:
        return "no_xenon_volume"
    if not 0.0 < processing.volume_cm3 <= MAX_XENON_CM3:
        return "xenon_volume"
    if collection.duration_s <= 0.0:
        return "collection_time"
    waited_s = (start_ns(sample) - collection.stop_ns) / 1e9
    if waited_s < 0.0:
        return "processing_time"
    return "years_waited" if waited_s > MOST_WAIT_S else ""
