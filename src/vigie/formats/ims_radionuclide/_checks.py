"""What cannot be, or hardly can, among values that were read well: told, and kept.

These are slips of a unit or a clock. Whether a sample meets its station's requirements is
another question, which the analysis answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records import NS_PER_DAY, NS_PER_S, DetectorSystem, PhdType, parse_iso
from vigie.records.pulse_height import (
    LEAST_FLOW_M3_H,
    MAX_AIR_M3,
    MAX_XENON_CM3,
    MOST_COUNTING_S,
    MOST_SAMPLE_S,
    least_counting_s,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block
    from vigie.records import PulseHeight

EARLIEST_NS = parse_iso("1990-01-01")
"""The first stations of the network were planned in 1996; older times are slips."""
LATEST_NS = parse_iso("2100-01-01")
MAX_COLLECTION_DAYS = 1.0
"""Of noble gas; filters are changed once a day, with 10 % to spare."""
MAX_FILTER_DAYS = 1.1
MOST_GAS_WAIT_S = 366.0 * 86_400.0
"""After a year 6e-10 of the longest-lived isotope of xenon, Xe-131m, is left."""
_CLOCK_SLACK_S = 1.0
"""Of the ends of a collection."""
_ROUNDING_S = 0.05
"""Of live and real times."""

_Doubt = tuple[str, str, str, str]
"""Block, field, text, expected."""


def tell_doubts(message: PulseHeight, blocks: Mapping[str, Block], log: IssueLog) -> None:
    """Note what does not hold together in a message, with the line of its block.

    Raises
    ------
    BadRecordError
        Something does not, and reading is strict.
    """
    for checks in (_times, _collection, _acquisition, _counting, _xenon, _filter):
        for name, field, text, expected in checks(message):
            place = blocks[name].place if name in blocks else "line 1"
            log.suspect(place, field_name=f"#{name} {field}", text=text, expected=expected)


def _times(message: PulseHeight) -> Iterator[_Doubt]:
    taken = message.collection
    counted = message.acquisition
    times = (
        ("Header", "transmission time", message.transmitted_ns),
        ("Collection", "start", taken.start_ns if taken else None),
        ("Collection", "stop", taken.stop_ns if taken else None),
        ("Acquisition", "start", counted.start_ns if counted else None),
        ("Calibration", "time", message.gamma_calibration.calibrated_ns),
    )
    for name, field, time_ns in times:
        if time_ns is not None and not EARLIEST_NS <= time_ns < LATEST_NS:
            yield name, field, _shown(time_ns), "between 1990 and 2100"


def _collection(message: PulseHeight) -> Iterator[_Doubt]:
    taken = message.collection
    if taken is None:
        return
    length_ns = taken.stop_ns - taken.start_ns
    particulate = message.system is DetectorSystem.PARTICULATE
    most = MAX_FILTER_DAYS if particulate else MAX_COLLECTION_DAYS
    if length_ns <= 0:
        yield "Collection", "stop", _shown(taken.stop_ns), "after the start"
    elif length_ns > most * NS_PER_DAY + _CLOCK_SLACK_S * NS_PER_S:
        shown = f"{length_ns / NS_PER_S / 3600.0:.1f} h"
        yield "Collection", "length", shown, f"at most {24.0 * most:.1f} h"
    if not 0.0 < taken.air_volume_m3 <= MAX_AIR_M3:
        shown = f"{taken.air_volume_m3:g}"
        yield "Collection", "air volume", shown, f"above 0 and at most {MAX_AIR_M3:g} m3"
    elif particulate and message.type is PhdType.SAMPLE and length_ns > 0:
        least = LEAST_FLOW_M3_H * length_ns / NS_PER_S / 3600.0
        if taken.air_volume_m3 < least:
            expected = f"at least {LEAST_FLOW_M3_H:g} m3 per hour"
            yield "Collection", "air volume", f"{taken.air_volume_m3:g}", expected


def _acquisition(message: PulseHeight) -> Iterator[_Doubt]:
    counted, taken = message.acquisition, message.collection
    if counted is None:
        return
    real_s, live_s = counted.real_time_s, counted.live_time_s
    if real_s <= 0.0:
        yield "Acquisition", "real time", f"{real_s:g}", "above 0 s"
    if live_s <= 0.0:
        yield "Acquisition", "live time", f"{live_s:g}", "above 0 s"
    elif live_s > real_s + _ROUNDING_S:
        yield "Acquisition", "live time", f"{live_s:g}", f"at most the real time, {real_s:g} s"
    if taken is not None and counted.start_ns < taken.stop_ns:
        yield "Acquisition", "start", _shown(counted.start_ns), "after the collection"
    elif taken is not None and message.system is not DetectorSystem.PARTICULATE:
        waited_s = (counted.start_ns - taken.stop_ns) / NS_PER_S
        if waited_s > MOST_GAS_WAIT_S:
            shown = _shown(counted.start_ns)
            yield "Acquisition", "start", shown, "within a year of the collection (of gas)"
    if message.transmitted_ns is not None and message.transmitted_ns < counted.start_ns:
        shown = _shown(message.transmitted_ns)
        yield "Header", "transmission time", shown, "after the start of the acquisition"


def _counting(message: PulseHeight) -> Iterator[_Doubt]:
    """Yield times of counting that are too short or too long; those of 0 and below are told."""
    if message.acquisition is None:
        return
    sample = message.type is PhdType.SAMPLE
    least_s = least_counting_s(message.type)
    most_s = MOST_SAMPLE_S if sample else MOST_COUNTING_S
    for name, time_s in (
        ("real time", message.acquisition.real_time_s),
        ("live time", message.acquisition.live_time_s),
    ):
        if 0.0 < time_s < least_s:
            yield "Acquisition", name, f"{time_s:g}", f"at least {least_s:g} s"
        elif time_s > MOST_COUNTING_S:
            yield "Acquisition", name, f"{time_s:g}", "at most 20 years (in s)"
        elif time_s > most_s:
            yield "Acquisition", name, f"{time_s:g}", "at most 100 days (in s)"


def _xenon(message: PulseHeight) -> Iterator[_Doubt]:
    xenon = message.processing
    if xenon is None:
        return
    volume, share = xenon.volume_cm3, xenon.recovery
    if volume is not None and not 0.0 < volume <= MAX_XENON_CM3:
        expected = f"above 0 and at most {MAX_XENON_CM3:g} cm3"
        yield "Processing", "xenon volume", f"{volume:g}", expected
    if share is not None and not 0.0 < share <= 1.0:
        yield "Processing", "xenon yield", f"{share:g}", "a fraction above 0, at most 1"
    for name, sigma in (
        ("error of the xenon volume", xenon.volume_sigma_cm3),
        ("error of the xenon yield", xenon.recovery_sigma),
    ):
        if sigma is not None and sigma < 0.0:
            yield "Processing", name, f"{sigma:g}", "0 or more"


def _filter(message: PulseHeight) -> Iterator[_Doubt]:
    size = message.filter
    if size is not None and not (size.diameter_cm > 0.0 and size.thickness_cm > 0.0):
        shown = f"{size.diameter_cm:g} {size.thickness_cm:g}"
        yield "Sample", "diameter, thickness", shown, "both above 0 cm"


def _shown(time_ns: int) -> str:
    from vigie.records import format_iso

    return format_iso(time_ns)
