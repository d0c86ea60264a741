"""SeisComP data structure: ``YEAR/NET/STA/CHA.D/NET.STA.LOC.CHA.D.YEAR.DAY``.

Layout: SeisComP documentation, "SDS", as GFZ and ObsPy use it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.records import NS_PER_DAY, ChannelId
from vigie.records.time import ns_from_civil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vigie.exchange.selection import Selection

_NAME = re.compile(r"([^.]*)\.([^.]*)\.([^.]*)\.([^.]*)\.D\.(\d{4})\.(\d{3})")
# A record may begin before midnight and end in the next day's file.
_SLACK_NS = 3600 * 10**9


def is_sds(folder: Path) -> bool:
    """Tell whether a folder is the root of such an archive."""
    return any(
        year.is_dir() and year.name.isdigit() and len(year.name) == 4 and any(year.glob("*/*/*.D"))
        for year in sorted(folder.iterdir())
    )


def sds_files(root: Path, selection: Selection) -> Iterator[tuple[str, list[Path]]]:
    """Yield ``NET.STA`` and its wanted files in order of time, station by station."""
    by_station: dict[str, list[Path]] = {}
    for path in sorted(root.glob("[0-9][0-9][0-9][0-9]/*/*/*.D/*")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        network, station, location, channel, year, day = match.groups()
        if not selection.takes(ChannelId(network, station, location, channel)):
            continue
        start_ns = ns_from_civil((int(year), 1, 1)) + (int(day) - 1) * NS_PER_DAY
        end_ns = start_ns + NS_PER_DAY + _SLACK_NS
        if end_ns > selection.start_ns and start_ns - _SLACK_NS < selection.end_ns:
            by_station.setdefault(f"{network}.{station}", []).append(path)
    yield from by_station.items()
