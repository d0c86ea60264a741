"""Path corrections of a fixed list of stations and phases, wherever the source lies.

The smallest source-specific station correction: right for one region at a time, as a
network learns it from its reference events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vigie.earth.phases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.earth.base import Hypocentre


class PathRow(NamedTuple):
    """What is known of one path."""

    station: str
    phase: str
    time_s: float
    """To be added to the predicted time."""
    sigma_s: float
    """Error of the model that then holds; NaN keeps the model's own."""


class PathTable:
    """Corrections by station and phase; meets ``vigie.earth.corrections.PathCorrection``.

    Examples
    --------
    >>> from vigie.earth import Hypocentre
    >>> table = PathTable([PathRow("SPITS", "Pn", -0.86, 0.46)])
    >>> here = Hypocentre(79.8, 2.5, 0.0)
    >>> table("SPITS", "Pn", here), table("SPITS", "Sn", here)
    ((-0.86, 0.46), None)
    """

    def __init__(self, rows: Iterable[PathRow]) -> None:
        self._rows = {(r.station, canonical(r.phase)): (r.time_s, r.sigma_s) for r in rows}
        self._asked: set[tuple[str, str]] = set()

    @property
    def unused(self) -> list[tuple[str, str]]:
        """Stations and phases that nobody has asked for."""
        return [key for key in self._rows if key not in self._asked]

    def __len__(self) -> int:
        return len(self._rows)

    def __call__(self, station: str, phase: str, source: Hypocentre) -> tuple[float, float] | None:
        """Return the seconds to add and the error that then holds, or None."""
        key = (station, canonical(phase))
        self._asked.add(key)
        return self._rows.get(key)
