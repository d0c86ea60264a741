"""Conditioning: from raw waveforms of a station to usable runs of each channel, with masks.

Channels are told apart by where they point: the dip in the metadata where it is known, else
the last letter of the channel code (Z, 3: vertical; N, E, 1, 2: horizontal), else any such letter
after the band code (old codes such as SZL).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.records import Channel, ChannelId, Mask, Waveform
from vigie.signal.quality import QualityParams, find_masks, repair
from vigie.signal.response import Calibration
from vigie.signal.segments import by_channel
from vigie.stations.lookup import find_channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Station

VERTICAL, HORIZONTAL = "vertical", "horizontal"


@dataclass(frozen=True, slots=True, eq=False)
class ConditionedChannel:
    """One channel, ready for filters: gap-free runs with glitches bridged."""

    channel: ChannelId
    direction: str
    """``vertical`` or ``horizontal``."""
    runs: tuple[Waveform, ...]
    masks: tuple[Mask, ...]
    metadata: Channel | None = None
    site: str = ""
    """Code of the site (array element) that the channel stands at."""

    def run_at(self, time_ns: int) -> Waveform | None:
        """Return the run that holds a time; None in a gap."""
        return next((r for r in self.runs if r.start_ns <= time_ns <= r.end_ns), None)

    def calibration(self, run: Waveform) -> Calibration:
        """Return what is known of counts and nm."""
        return Calibration.of(run, self.metadata)

    def masks_between(self, start_ns: int, end_ns: int) -> tuple[Mask, ...]:
        """Return the masks that touch an interval."""
        return tuple(m for m in self.masks if m.start_ns < end_ns and m.end_ns > start_ns)


def condition(
    waveforms: Sequence[Waveform], station: Station | None, params: QualityParams
) -> tuple[ConditionedChannel, ...]:
    """Assemble, check and repair every channel of a station.

    Parameters
    ----------
    waveforms : sequence of Waveform
        Of any channels, in any order.
    station : Station, optional
        Metadata valid at their time.
    params : QualityParams
        Thresholds of the masks.

    Returns
    -------
    tuple of ConditionedChannel
        In order of channel name.
    """
    conditioned = []
    for channel, record in by_channel(waveforms).items():
        masks: list[Mask] = list(record.masks)
        runs: list[Waveform] = []
        for segment in record.segments:
            found = find_masks(segment, params)
            masks.extend(found)
            runs.extend(repair(segment, found))
        known = find_channel(station, channel, record.segments[0].start_ns) if station else None
        metadata = known[1] if known else None
        conditioned.append(
            ConditionedChannel(
                channel,
                direction_of(channel, metadata),
                tuple(runs),
                tuple(sorted(masks, key=lambda m: (m.start_ns, m.end_ns))),
                metadata,
                known[0].code if known else channel.station,
            )
        )
    return tuple(conditioned)


def direction_of(channel: ChannelId, metadata: Channel | None) -> str:
    """Tell whether a channel is vertical or horizontal."""
    if metadata is not None and metadata.dip_deg is not None:
        return VERTICAL if abs(metadata.dip_deg) > 45.0 else HORIZONTAL
    code = channel.channel.upper()
    if code[-1:] in ("Z", "3", "") or len(code) < 2:
        return VERTICAL
    if code[-1] in "NE12RT":
        return HORIZONTAL
    return HORIZONTAL if any(c in code[1:] for c in "NE12") and "Z" not in code else VERTICAL
