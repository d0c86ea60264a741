"""Messages to records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from vigie.formats.base import Contents
from vigie.formats.ims_radionuclide._assemble import singles
from vigie.formats.ims_radionuclide._blocks import PHD_BLOCKS, blocks_of
from vigie.formats.ims_radionuclide._calibration import (
    read_coincidence_efficiencies,
    read_points,
    read_ratios,
    read_regions,
)
from vigie.formats.ims_radionuclide._checks import tell_doubts
from vigie.formats.ims_radionuclide._comment import read_comment
from vigie.formats.ims_radionuclide._header import Header, read_header
from vigie.formats.ims_radionuclide._histogram import read_histogram
from vigie.formats.ims_radionuclide._measurement import (
    read_acquisition,
    read_calibration_time,
    read_certificate,
    read_collection,
    read_filter,
    read_processing,
)
from vigie.formats.ims_radionuclide._messages import messages_of
from vigie.formats.ims_radionuclide._spectrum import read_spectrum
from vigie.formats.ims_radionuclide._state import read_state
from vigie.formats.ims_radionuclide._system import system_of
from vigie.records import NOT_CALIBRATED, Calibration, PhdType, PulseHeight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block
    from vigie.formats.ims_radionuclide._messages import Message, Section
    from vigie.records import RadionuclideState

_T = TypeVar("_T")

REQUEST_NAMES = {"SPHDF": PhdType.SAMPLE, "SPHDP": PhdType.SAMPLE}
"""Names by which full and preliminary sample data are asked for."""
STATE_TYPES = ("RMSSOH", "MET", "ALERTFLOW", "ALERTSYSTEM", "ALERTTEMP", "ALERTUPS")


def read_messages(data: bytes, log: IssueLog) -> Contents:
    """Read all messages of a file.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    measured: list[PulseHeight] = []
    states: list[RadionuclideState] = []
    frame: list[tuple[str, str]] = []
    sections = 0
    for message in messages_of(data, log):
        frame += message.frame
        for section in message.sections:
            sections += 1
            if section.data_type in STATE_TYPES:
                state = read_state(section, message, log)
                states += [] if state is None else [state]
            elif (kind := _kind(section, log)) is not None:
                found = _pulse_height(kind, section, message, log)
                measured += [] if found is None else [found]
    if not sections:
        expected = "a DATA_TYPE line and the blocks of a radionuclide message"
        log.bad_record("line 1", field_name="message", text="", expected=expected)
    return Contents(
        format="ims_radionuclide",
        pulse_heights=tuple(measured),
        states=tuple(states),
        issues=log.issues,
        header=tuple(frame),
    )


def _kind(section: Section, log: IssueLog) -> PhdType | None:
    """Return the type of pulse-height data; None, with an issue, where it is another."""
    name = section.data_type
    if name in tuple(PhdType):
        return PhdType(name)
    if name in REQUEST_NAMES:
        text = f"DATA_TYPE {name} is the name of a request; read as {REQUEST_NAMES[name]}"
        log.notice(section.place, "formats.request_name", text)
        return REQUEST_NAMES[name]
    if name in ("", *(one.removesuffix("PHD") for one in PhdType)) or "PHD" in name:
        expected = " or ".join(PhdType)
        log.bad_record(section.place, field_name="DATA_TYPE", text=name, expected=expected)
        return None
    text = f"a section of DATA_TYPE {name} is not read by this format"
    log.omission(section.place, "formats.data_type", text, name=name)
    return None


def _pulse_height(
    kind: PhdType, section: Section, message: Message, log: IssueLog
) -> PulseHeight | None:
    blocks = blocks_of(section.lines, PHD_BLOCKS, log)
    if not blocks:
        log.bad_record(section.place, field_name=kind, text="", expected="followed by blocks")
        return None
    header = _header(blocks, section, log)
    header.system = system_of(header.system, blocks, section.place, log)
    record = _filled(_described(kind, header, message), blocks, log)
    tell_doubts(record, blocks, log)
    gamma = _block(blocks, "g_Spectrum", read_spectrum, log)
    beta = _block(blocks, "b_Spectrum", read_spectrum, log)
    histogram = (
        read_histogram(blocks["Histogram"], gamma, beta, log) if "Histogram" in blocks else None
    )
    record = singles(record, gamma, beta, histogram)
    _tell_missing(record, section, log)
    return record


def _described(kind: PhdType, header: Header, message: Message) -> PulseHeight:
    """Return a record with what frame and header say."""
    return PulseHeight(
        type=kind,
        station=header.station,
        detector=header.detector,
        system=header.system,
        geometry=header.geometry,
        full=header.full,
        sample_id=header.sample_id,
        measurement_id=header.measurement_id,
        detector_background_id=header.detector_background_id,
        gas_background_id=header.gas_background_id,
        transmitted_ns=header.transmitted_ns,
        message_id=message.id,
        message_source=message.source,
        raw_sha256=message.sha256,
    )


def _filled(record: PulseHeight, blocks: Mapping[str, Block], log: IssueLog) -> PulseHeight:
    """Return a record with what its blocks say, besides the spectra."""
    comment, simulated = read_comment(blocks.get("Comment"), log)
    calibrated_ns = _block(blocks, "Calibration", read_calibration_time, log)
    return replace(
        record,
        comment=comment,
        simulated=simulated,
        collection=_block(blocks, "Collection", read_collection, log),
        acquisition=_block(blocks, "Acquisition", read_acquisition, log),
        processing=_block(blocks, "Processing", read_processing, log),
        filter=_block(blocks, "Sample", read_filter, log),
        gamma_calibration=_calibration(blocks, "g", calibrated_ns, log),
        beta_calibration=_calibration(blocks, "b", calibrated_ns, log),
        regions=read_regions(blocks.get("ROI_Limits"), log),
        region_channels=read_regions(blocks.get("ROI_Chan_Limits"), log),
        coincidence_efficiencies=read_coincidence_efficiencies(blocks.get("b-gEfficiency"), log),
        ratios=read_ratios(blocks.get("Ratios"), log),
        certificate=read_certificate(blocks["Certificate"]) if "Certificate" in blocks else (),
    )


def _block(
    blocks: Mapping[str, Block], name: str, read: Callable[[Block, IssueLog], _T], log: IssueLog
) -> _T | None:
    """Return what a block holds; None where it is missing."""
    return read(blocks[name], log) if name in blocks else None


def _header(blocks: Mapping[str, Block], section: Section, log: IssueLog) -> Header:
    if "Header" in blocks:
        return read_header(blocks["Header"], log)
    expected = "a block #Header (station, detector, ids)"
    log.bad_record(
        section.place,
        field_name=section.data_type,
        text="",
        expected=expected,
        outcome="read without it",
    )
    return Header()


def _calibration(
    blocks: Mapping[str, Block], axis: str, calibrated_ns: int | None, log: IssueLog
) -> Calibration:
    total = "TotalEff" if axis == "g" else ""
    energy = read_points(blocks.get(f"{axis}_Energy"), log)
    resolution = read_points(blocks.get(f"{axis}_Resolution"), log)
    efficiency = read_points(blocks.get(f"{axis}_Efficiency"), log)
    if axis == "b" and not (energy or resolution or efficiency):
        return NOT_CALIBRATED
    return Calibration(
        energy=energy,
        resolution=resolution,
        efficiency=efficiency,
        total_efficiency=read_points(blocks.get(total), log),
        calibrated_ns=calibrated_ns,
    )


def _tell_missing(record: PulseHeight, section: Section, log: IssueLog) -> None:
    missing = record.blocks_missing
    if missing:
        names = ", ".join(missing)
        text = f"the message has no {names} (or none that can be read)"
        log.omission(section.place, "formats.blocks_missing", text, names=names)
