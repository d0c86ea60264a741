"""All that was recorded at a station, conditioned, with how to process it."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.records import ChannelId, Station
from vigie.seismic.arrays import ArraySetup
from vigie.seismic.conditioning import ConditionedChannel
from vigie.seismic.recipe import StationRecipe


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """All that was recorded at a station, conditioned, with how to process it."""

    channels: tuple[ConditionedChannel, ...]
    """Physical channels."""
    recipe: StationRecipe
    station: Station | None = None
    array: ArraySetup | None = None
    beams: tuple[ConditionedChannel, ...] = ()
    by_id: dict[ChannelId, ConditionedChannel] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id.update({c.channel: c for c in (*self.channels, *self.beams)})

    def code(self, channel: ChannelId) -> str:
        """Return the station's code."""
        return self.station.code if self.station else channel.station
