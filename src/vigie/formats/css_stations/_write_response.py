"""Responses to response files, as ``_response_file`` reads them.

The last stage of a response that was read is its scale, which follows from calib; it is not
written. Gains, which the scale swallows, are written as a filter of one coefficient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.file_text import utf8
from vigie.formats.technology import technology_of
from vigie.records import Technology

if TYPE_CHECKING:
    from vigie.records import Channel, ResponseStage


def response_file(channel: Channel) -> bytes | None:
    """Return the file of a channel's response; None where it has none that fits.

    A file holds the shape of displacement (or pressure) to counts; a response to velocity, or
    one whose calib is not known, has no place in these tables.
    """
    response = channel.response
    if response is None or channel.calib is None:
        return None
    is_seismic = technology_of([channel.id.channel]) is Technology.SEISMIC
    if response.input_unit != ("m" if is_seismic else "Pa"):
        return None
    stages = list(response.stages)
    if stages and stages[-1].kind == "gain":
        stages.pop()
    if not any(stage.kind != "gain" for stage in stages):
        return None
    unit = "nm" if is_seismic else "Pa"
    lines = [f"# Displacement response, count/{unit}" if is_seismic else "# Pressure, count/Pa"]
    for number, stage in enumerate(stages, 1):
        lines += _stage_lines(number, stage)
    return utf8("\n".join([*lines, ""]))


def _stage_lines(number: int, stage: ResponseStage) -> list[str]:
    head = f"theoretical {number} instrument"
    if stage.kind == "fap":
        table = [f"{f!r} {amplitude!r} {phase!r} 0 0" for f, amplitude, phase in stage.fap]
        return [f"{head} fap vigie", str(len(table)), *table]
    if stage.kind == "paz":
        return [
            f"{head} paz vigie",
            repr(stage.norm_factor),
            *_root_lines(stage.poles),
            *_root_lines(stage.zeros),
        ]
    if stage.kind == "digital":
        kind = "iir" if stage.denominator else "fir"
        rows = (stage.numerator, stage.denominator)
        coefficients = [line for row in rows for line in _coefficient_lines(row)]
        return [f"{head} {kind} vigie", repr(stage.rate_hz), *coefficients]
    return [f"{head} fir vigie", "1.0", "1", "1.0 0.0", "0"]


def _coefficient_lines(row: tuple[float, ...]) -> list[str]:
    return [str(len(row)), *(f"{c!r} 0.0" for c in row)]


def _root_lines(roots: tuple[complex, ...]) -> list[str]:
    return [str(len(roots)), *(f"{root.real!r} {root.imag!r} 0 0" for root in roots)]
