"""Blocks of a few numbers: collection, acquisition, processing, filter, certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import UnknownNuclideError
from vigie.formats.ims_radionuclide._rows import Row, id_of
from vigie.records import (
    Acquisition,
    CertificateLine,
    Collection,
    FilterGeometry,
    XenonProcessing,
)

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block


def _first_row(block: Block, log: IssueLog) -> Row | None:
    """Return the row of a block of one line; None, with an issue, where it is empty."""
    rows = block.rows
    if not rows:
        log.bad_record(block.place, field_name=f"#{block.name}", text="", expected="filled")
        return None
    for number, words in rows[1:]:
        text = f"#{block.name}: line {' '.join(words)[:40]!r} is not read"
        log.omission(f"line {number}", "formats.words_left", text)
    return Row(block.name, *rows[0], log)


def read_collection(block: Block, log: IssueLog) -> Collection | None:
    """Return when how much air was collected; None where a part of it cannot be read."""
    row = _first_row(block, log)
    if row is None:
        return None
    start_ns, stop_ns = row.time("start"), row.time("stop")
    volume = row.value("air volume")
    row.end()
    if start_ns is None or stop_ns is None or volume is None:
        return None
    return Collection(start_ns=start_ns, stop_ns=stop_ns, air_volume_m3=volume)


def read_acquisition(block: Block, log: IssueLog) -> Acquisition | None:
    """Return when and how long the detector counted; None where a part cannot be read."""
    row = _first_row(block, log)
    if row is None:
        return None
    start_ns = row.time("start")
    real_s, live_s = row.value("real time"), row.value("live time")
    row.end()
    if start_ns is None or real_s is None or live_s is None:
        return None
    return Acquisition(start_ns=start_ns, real_time_s=real_s, live_time_s=live_s)


def read_calibration_time(block: Block, log: IssueLog) -> int | None:
    """Return the time of the last calibration."""
    row = _first_row(block, log)
    if row is None:
        return None
    time_ns = row.time("time")
    row.end()
    return time_ns


def read_processing(block: Block, log: IssueLog) -> XenonProcessing | None:
    """Return volume and yield of the xenon; a line that cannot be read is None."""
    rows = [Row(block.name, number, words, log) for number, words in block.rows]
    if not rows:
        log.bad_record(block.place, field_name="#Processing", text="", expected="filled")
        return None
    volume = rows[0].value("xenon volume"), rows[0].optional("error of the xenon volume")
    rows[0].end()
    recovery: tuple[float | None, float | None] = (None, None)
    if len(rows) > 1:
        recovery = rows[1].value("xenon yield"), rows[1].optional("error of the xenon yield")
        rows[1].end()
    bottle = " ".join(rows[2].words) if len(rows) > 2 else ""
    return XenonProcessing(
        volume_cm3=volume[0],
        volume_sigma_cm3=volume[1],
        recovery=recovery[0],
        recovery_sigma=recovery[1],
        bottle_id=id_of(bottle),
    )


def read_filter(block: Block, log: IssueLog) -> FilterGeometry | None:
    """Return the size of the compressed filter."""
    row = _first_row(block, log)
    if row is None:
        return None
    diameter, thickness = row.value("diameter"), row.value("thickness")
    row.end()
    if diameter is None or thickness is None:
        return None
    return FilterGeometry(diameter_cm=diameter, thickness_cm=thickness)


def read_certificate(block: Block) -> tuple[CertificateLine, ...]:
    """Return the lines of a source's certificate, each with the nuclide that it begins with."""
    return tuple(
        CertificateLine(nuclide=nuclide_of(words[0]), text=" ".join(words)) for words in block.words
    )


def nuclide_of(word: str, roi: int | None = None) -> str:
    """Return a nuclide's usual name; empty where the word names none.

    ``XE-13310`` is Xe-133 in region 10: its label has the number of the region appended.

    Examples
    --------
    >>> nuclide_of("XE-131M"), nuclide_of("XE-13310", 10), nuclide_of("17.5")
    ('Xe-131m', 'Xe-133', '')
    """
    from vigie.facts.nuclides import normal_name

    words = [word]
    if roi is not None and word.endswith(str(roi)):
        words.append(word.removesuffix(str(roi)))
    for one in words:
        try:
            return normal_name(one)
        except UnknownNuclideError:
            continue
    return ""
