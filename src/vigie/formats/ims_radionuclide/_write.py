"""Records to messages: words separated by a blank, lines by LF, five counts to a row.

Numbers are written with as few digits as give them back exactly, times with as few as lose no
nanosecond, so ``read(write(x))`` is ``x``. What a message has no place for is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.formats.bulletins import line_text
from vigie.formats.ims_radionuclide import _layouts
from vigie.formats.ims_radionuclide._blocks import PHD_BLOCKS
from vigie.formats.ims_radionuclide._comment import SIMULATED_LINE
from vigie.formats.ims_radionuclide._write_tables import (
    calibration_blocks,
    efficiency_rows,
    histogram_rows,
    number,
    ratio_rows,
    region_rows,
    spectrum_rows,
    time,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.records import PulseHeight

TITLE = "An IMS2.0 message of pulse-height data"
_NONE = "0"
"""Written for an id that there is not."""
_FRAME = re.compile(r"\s*(?:STOP\s*$|DATA_TYPE\s|BEGIN\s+(?:IMS|GSE|RMS))", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BLOCK = re.compile(rf"\s*#\s*(?:{'|'.join(map(re.escape, PHD_BLOCKS))})(?:\s|$)", re.IGNORECASE)


def write_messages(messages: Iterable[PulseHeight]) -> bytes:
    """Return one message for each record.

    Raises
    ------
    UnwritableError
        There is none, or one holds what a message cannot.
    """
    parts = [_message(message) for message in messages]
    if not parts:
        raise UnwritableError(
            format=TITLE, what="nothing", remedy="Give a file that has pulse-height data."
        )
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError as error:
        raise refuse(f"{error.object[error.start]!a}", "Leave the character out.") from None


def refuse(what: str, remedy: str) -> UnwritableError:
    """Return the error of something that a message has no place for."""
    return UnwritableError(format=TITLE, what=what, remedy=remedy)


def _message(message: PulseHeight) -> str:
    source = f" {_text(message.message_source)}" if message.message_source else ""
    lines = ["BEGIN IMS2.0", "MSG_TYPE DATA"]
    if message.message_id:
        lines.append(f"MSG_ID {_word(message.message_id, 'the message id')}{source}")
    elif source:
        raise refuse("the source of a message without an id", "Give the message an id.")
    lines += [f"DATA_TYPE {message.type}", *_header(message), *_comment(message)]
    lines += [*_measurement(message), *calibration_blocks(message)]
    lines += _block("ROI_Limits", region_rows(message.regions))
    lines += _block("ROI_Chan_Limits", region_rows(message.region_channels))
    lines += _block("b-gEfficiency", efficiency_rows(message.coincidence_efficiencies))
    lines += _block("Ratios", ratio_rows(message.ratios))
    for name, spectrum in (("g_Spectrum", message.gamma), ("b_Spectrum", message.beta)):
        lines += _block(name, spectrum_rows(spectrum)) if spectrum else []
    lines += _block("Histogram", histogram_rows(message))
    lines += _block("Certificate", (_text(one.text) for one in message.certificate))
    return "\n".join([*lines, "STOP", ""])


def _block(name: str, rows: Iterable[str]) -> list[str]:
    lines = list(rows)
    return [f"#{name}", *lines] if lines else []


def _header(message: PulseHeight) -> Iterator[str]:
    station = _word(message.station, "the code of the station")
    detector = _word(message.detector, "the code of the detector")
    if not message.system:
        raise refuse("a message without system type", "Say P, B or G.")
    words = [station, detector, message.system, line_text(message.geometry)]
    ids = (message.measurement_id, message.detector_background_id, message.gas_background_id)
    yield _layouts.WRITTEN_HEADER
    yield " ".join([*filter(None, words), "FULL" if message.full else "PREL"])
    yield _word(message.sample_id or _NONE, "the sample id")
    yield " ".join(_word(one or _NONE, "an id") for one in ids)
    if message.transmitted_ns is not None:
        yield time(message.transmitted_ns)


def _comment(message: PulseHeight) -> list[str]:
    lines = message.comment.split("\n") if message.comment else []
    for line in lines:
        if _FRAME.match(line) or _BLOCK.match(line) or _CONTROL.search(line):
            what = f"the line {line.strip()[:40]!r} in a comment, which would end or change it"
            raise refuse(what, "Word it otherwise.")
    marked = [SIMULATED_LINE] if message.simulated else []
    return ["#Comment", *marked, *lines] if marked or lines else []


def _measurement(message: PulseHeight) -> Iterator[str]:
    taken, counted = message.collection, message.acquisition
    if taken is not None:
        yield "#Collection"
        yield f"{time(taken.start_ns)} {time(taken.stop_ns)} {number(taken.air_volume_m3)}"
    if counted is not None:
        yield "#Acquisition"
        seconds = f"{number(counted.real_time_s)} {number(counted.live_time_s)}"
        yield f"{time(counted.start_ns)} {seconds}"
    yield from _processing(message)
    if message.filter is not None:
        yield "#Sample"
        yield f"{number(message.filter.diameter_cm)} {number(message.filter.thickness_cm)}"
    yield from _calibrated(message)


def _processing(message: PulseHeight) -> Iterator[str]:
    xenon = message.processing
    if xenon is None:
        return
    volume = (xenon.volume_cm3, xenon.volume_sigma_cm3)
    share = (xenon.recovery, xenon.recovery_sigma)
    if volume[0] is None or (share[0] is None and (share[1] is not None or xenon.bottle_id)):
        raise refuse("a xenon processing without volume or yield", "Give both, or neither.")
    yield "#Processing"
    yield " ".join(number(one) for one in volume if one is not None)
    if share[0] is not None:
        yield " ".join(number(one) for one in share if one is not None)
        if xenon.bottle_id:
            yield _text(xenon.bottle_id)


def _calibrated(message: PulseHeight) -> Iterator[str]:
    gamma, beta = message.gamma_calibration, message.beta_calibration
    holds_beta = bool(beta.energy or beta.resolution or beta.efficiency)
    if beta.calibrated_ns != (gamma.calibrated_ns if holds_beta else None):
        raise refuse("two times of calibration", "Give both axes the same, or beta none.")
    if gamma.calibrated_ns is not None:
        yield "#Calibration"
        yield time(gamma.calibrated_ns)


def _word(text: str, what: str) -> str:
    if not text or text.split() != [text] or not text.isprintable():
        raise refuse(f"{text!r} as {what}", "Make it one word.")
    return text


def _text(text: str) -> str:
    line = line_text(text)
    if line != text or _FRAME.match(line) or line.startswith("#"):
        raise refuse(f"the line {text[:40]!r}", "Make it one line that begins with a word.")
    return line
