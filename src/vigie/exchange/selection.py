"""Which part of a source is wanted: a span of time and channels by pattern."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from vigie.records.station import OPEN_END_NS, OPEN_START_NS

if TYPE_CHECKING:
    from vigie.records import ChannelId, Waveform


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A span of time and channels by pattern; by default everything."""

    start_ns: int = OPEN_START_NS
    end_ns: int = OPEN_END_NS
    """End of the span, excluded."""
    channels: tuple[str, ...] = ()
    """Patterns of ``NET.STA.LOC.CHA``, with ``*`` and ``?``; none means all."""

    @property
    def has_span(self) -> bool:
        """Whether start or end is given."""
        return self.start_ns != OPEN_START_NS or self.end_ns != OPEN_END_NS

    def takes(self, channel: ChannelId) -> bool:
        """Tell whether a channel is wanted."""
        name = str(channel)
        return not self.channels or any(fnmatchcase(name, p) for p in self.channels)

    def cut(self, waveform: Waveform) -> Waveform | None:
        """Return the wanted part of a waveform; None where there is none."""
        if not self.takes(waveform.channel):
            return None
        if self.start_ns <= waveform.start_ns and waveform.end_ns < self.end_ns:
            return waveform
        part = waveform.slice(
            max(self.start_ns, waveform.start_ns), min(self.end_ns, waveform.end_ns + 1)
        )
        return part if len(part.samples) else None
