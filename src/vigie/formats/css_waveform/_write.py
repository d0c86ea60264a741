"""Waveforms to a classic ``wfdisc`` table and one binary file. Times are rounded to 10 us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import UnwritableError
from vigie.formats.codecs import encode_plain
from vigie.formats.css_waveform._table import CLASSIC
from vigie.formats.fixed_columns import new_row, write_table
from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from vigie.formats.base import Contents
    from vigie.formats.fixed_columns import Row
    from vigie.records import Waveform


def write_waveforms(contents: Contents) -> dict[str, bytes]:
    """Return the table and the binary file by their endings.

    Raises
    ------
    UnwritableError
        A waveform is not in counts, or a code or number does not fit its column.
    """
    stem = dict(contents.header).get("stem")
    dfile = None if stem is None else f"{stem}.w"
    rows: list[Row] = []
    parts: list[bytes] = []
    offset = 0
    for number, waveform in enumerate(contents.waveforms, 1):
        data_type = _data_type(waveform)
        part = encode_plain(waveform.samples, data_type)
        rows.append(_row(waveform, data_type, number, (dfile, offset)))
        parts.append(part)
        offset += len(part)
    return {".wfdisc": write_table(rows), ".w": b"".join(parts)}


def _data_type(waveform: Waveform) -> str:
    if waveform.unit != "count":
        raise UnwritableError(
            format="CSS3.0",
            what=f"{waveform.channel} in {waveform.unit}",
            remedy="It knows only counts; write vigie JSON, or keep the raw record.",
        )
    samples = waveform.samples
    if samples.dtype == np.float32:
        return "t4"
    if samples.dtype == np.float64:
        return "t8"
    limits = np.iinfo(np.int32)
    if len(samples) and not limits.min <= int(samples.min()) <= int(samples.max()) <= limits.max:
        raise UnwritableError(
            format="CSS3.0",
            what=f"{waveform.channel}: integers beyond 32 bits",
            remedy="Write them as float64.",
        )
    return "s4"


def _row(waveform: Waveform, data_type: str, number: int, place: tuple[str | None, int]) -> Row:
    day = datetime.fromtimestamp(waveform.start_ns // NS_PER_S, UTC)
    _, station, location, code = waveform.channel
    dfile, offset = place
    return new_row(
        CLASSIC,
        {
            "sta": station,
            "chan": f"{code}_{location}" if location else code,
            "time": waveform.start_ns,
            "wfid": number,
            "jdate": day.year * 1000 + day.timetuple().tm_yday,
            "endtime": waveform.end_ns,
            "nsamp": len(waveform.samples),
            "samprate": waveform.rate_hz,
            "calib": waveform.calib,
            "calper": waveform.calper_s,
            "segtype": "o",
            "datatype": data_type,
            "dir": None if dfile is None else ".",
            "dfile": dfile,
            "foff": offset,
        },
    )
