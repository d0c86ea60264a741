"""The response of a channel: the shape of its file, scaled by its calibration.

A file's amplitude may be absolute (count per nm or Pa), normalised to 1 at calper, the
displacement that belongs to a velocity normalised to 1 there (2 pi / calper; most files of the
IMS), or arbitrary, and one file serves many instruments. What CSS 3.0 defines is calib, nm or Pa
per count at calper; so the shape is scaled to 1/calib there. The number of files that agree with
none of the three within 10 % is noted.
"""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from vigie.formats.css_stations._response_file import amplitude_at, read_response_stages
from vigie.formats.technology import technology_of
from vigie.records import Response, ResponseStage, Technology

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog, Source
    from vigie.formats.fixed_columns import Row
    from vigie.records import ChannelId

RESPONSE_ENDING = ".rsp"
"""Of response files that belong to a set of tables by their name: ``<set>.<inid>.rsp``."""
_NM_PER_M = 1e9
_TOLERANCE = 0.10
"""Relative difference of a response file from its calib up to which they count as agreeing: chosen;
rounding stays below it, another unit or sensor does not."""


class Responses:
    """Reads each response file once."""

    def __init__(self, source: Source, log: IssueLog) -> None:
        self._source = source
        self._stem = PurePosixPath(source.name.replace("\\", "/")).stem
        self._log = log
        self._files: dict[str, bytes | None] = {}
        self._stages: dict[str, tuple[ResponseStage, ...] | None] = {}
        self._odd: list[str] = []
        self._made: dict[tuple[object, ...], Response | None] = {}

    def of(
        self, instrument: Row, site: Row, channel: ChannelId, calibration: tuple[float, float]
    ) -> Response | None:
        """Return the response of a channel; None where there is no readable file.

        Parameters
        ----------
        instrument, site : Row
            Name the file; arrays often keep theirs in a folder of the station.
        channel : ChannelId
            Its code tells ground motion from pressure.
        calibration : (float, float)
            calib (nm or Pa per count) and calper (s).
        """
        path = self._find(instrument, site)
        stages = None if path is None else self._read(path)
        if path is None or stages is None:
            return None
        is_seismic = technology_of([channel.channel]) is Technology.SEISMIC
        key = (path, is_seismic, *calibration)
        if key not in self._made:
            self._made[key] = self._scaled(path, stages, is_seismic, calibration)
        return self._made[key]

    def note_scaled(self) -> None:
        """Note once how many files are neither absolute nor normalised."""
        if self._odd:
            text = f"{len(self._odd)} response files of another scale; scaled to calib at calper"
            self._log.notice(self._odd[0], "formats.css_response_scale", text)

    def _find(self, instrument: Row, site: Row) -> str | None:
        for path in self._candidates(instrument, site):
            if path not in self._files:
                self._files[path] = self._source.companion(path)
            if self._files[path] is not None:
                return path
        return None

    def _candidates(self, instrument: Row, site: Row) -> list[str]:
        folder, name = instrument.text("dir").strip("/"), instrument.text("dfile")
        if not name:
            # A set written under any name keeps its responses beside it.
            return [f"{self._stem}.{instrument.integer('inid')}{RESPONSE_ENDING}"]
        stations = dict.fromkeys([site.text("refsta"), site.text("sta")])
        folders = [folder, *(f"{folder}/{station}" for station in stations if station)]
        return [f"{one}/{name}".strip("/") for one in folders]

    def _read(self, path: str) -> tuple[ResponseStage, ...] | None:
        if path not in self._stages:
            self._stages[path] = None
            try:
                self._stages[path], remarks = read_response_stages(self._files[path] or b"")
                for remark in remarks:
                    self._log.notice(path, "formats.css_response", remark)
            except ValueError as error:
                self._log.bad_record(
                    path, field_name="response", text=str(error), expected="a response file"
                )
            self._files[path] = b""
        return self._stages[path]

    def _scaled(
        self,
        path: str,
        stages: tuple[ResponseStage, ...],
        is_seismic: bool,
        calibration: tuple[float, float],
    ) -> Response | None:
        calib, calper_s = calibration
        freq_hz = 1.0 / calper_s
        try:
            amplitude = amplitude_at(stages, freq_hz)
        except ValueError as error:
            self._log.notice(path, "formats.css_response", f"response left out: {error}")
            return None
        wanted = 1.0 / calib
        usual = (wanted, 1.0, 2.0 * math.pi * freq_hz)
        if min(abs(math.log(amplitude / value)) for value in usual) > _TOLERANCE:
            self._odd.append(path)
        unit_scale = _NM_PER_M if is_seismic else 1.0
        scale = ResponseStage(
            kind="gain", gain=wanted / amplitude * unit_scale, gain_freq_hz=freq_hz
        )
        return Response(
            input_unit="m" if is_seismic else "Pa",
            stages=(*stages, scale),
            sensitivity=wanted * unit_scale,
            sensitivity_freq_hz=freq_hz,
        )
