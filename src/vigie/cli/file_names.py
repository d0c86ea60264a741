"""File names from names of detectors and samples, which may hold anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.pipeline.radionuclide.station_history import DetectorHistory


def cleaned(text: str) -> str:
    """Return a text as a part of a file name: no separators, no dots at its ends.

    Examples
    --------
    >>> cleaned("../../a/b c")
    'a-b-c'
    """
    return re.sub(r"[^0-9A-Za-z_.-]+", "-", text).strip("-.")


def each_another(names: Iterable[str]) -> list[str]:
    """Return names with a number behind those that came before, in capitals or not.

    Examples
    --------
    >>> each_another(["a", "A", "a"])
    ['a', 'A_2', 'a_3']
    """
    found: list[str] = []
    taken: set[str] = set()
    for stem in names:
        name, copies = stem, 1
        while name.lower() in taken:
            copies += 1
            name = f"{stem}_{copies}"
        taken.add(name.lower())
        found.append(name)
    return found


def history_stems(histories: Sequence[DetectorHistory]) -> list[str]:
    """Return file names for figures of histories, each another: station, detector, what tells."""
    stems = [_stem(one) for one in histories]
    # Only where two have one name is the technology needed.
    low = [stem.lower() for stem in stems]
    longer = [
        f"{stem}_{one.technology}" if low.count(stem.lower()) > 1 and gas else stem
        for stem, one in zip(stems, histories, strict=True)
        for gas in [one.technology != "particulate"]
    ]
    return each_another(longer)


def _stem(one: DetectorHistory) -> str:
    station, detector = cleaned(one.station), cleaned(one.detector)
    # Most detectors are named after their station.
    parts = [detector] if station and detector.startswith(station) else [station, detector]
    parts.append("simulated" if one.simulated else "")
    return "_".join(part for part in parts if part) or "detector"
