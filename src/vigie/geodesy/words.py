"""Positions in words."""

from __future__ import annotations

from vigie.geodesy.sphere import wrap_longitude_deg


def position_text(latitude: float, longitude: float, decimals: int = 3) -> str:
    """Write a position with its hemispheres.

    Examples
    --------
    >>> position_text(41.3, -129.078), position_text(-70.84, 292.6, decimals=1)
    ('41.300° N 129.078° W', '70.8° S 67.4° W')
    """
    east = float(wrap_longitude_deg(longitude))
    return (
        f"{abs(latitude):.{decimals}f}° {'N' if latitude >= 0 else 'S'} "
        f"{abs(east):.{decimals}f}° {'E' if east >= 0 else 'W'}"
    )
