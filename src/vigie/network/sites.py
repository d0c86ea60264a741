"""Stations that stand so close together that they are one site.

Elements of a mini-array often come under separate codes. Within a kilometre the errors of travel
times are common, one gust or one quarry is heard by all, and all of them together point nowhere:
they are one witness, not several. How close that is follows the width of the network: stations of
a mine 3 km wide stand apart, stations of a continent do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.records import Station

SITE_KM = 1.0
"""P takes 0.2 s across it, less than onsets are read to: nearer stations place nothing. Farther
ones do place an event beside them (a local network of 3 km within a national one)."""
APERTURE_SHARE = 0.01
"""The same, over the aperture of a small network."""


def group_sites(
    stations: Sequence[Station], aperture_share: float = APERTURE_SHARE
) -> NDArray[np.int64]:
    """Return, for each station, the index of the first station of its site.

    Parameters
    ----------
    stations : sequence of Station
        All stations of the network, in an order that says which one leads.
    aperture_share : float
        How much of the network's width a site may have.

    Returns
    -------
    ndarray, shape (n,)
        A station that stands alone, or leads, has its own index.

    Notes
    -----
    A station joins the first leader within min(1 km, that share of the aperture): no chains.
    """
    n = len(stations)
    leader = np.arange(n, dtype=np.int64)
    if n < 2:
        return leader
    unit = unit_vectors([s.latitude for s in stations], [s.longitude for s in stations])
    apart = np.linalg.norm(unit[:, None, :] - unit[None, :, :], axis=2)
    aperture = float(apart.max())
    reach = min(np.radians(SITE_KM / KM_PER_DEG), aperture_share * aperture)
    for k in range(n):
        leads = leader[:k] == np.arange(k)
        near = np.flatnonzero(leads & (apart[k, :k] < reach))
        if len(near):
            leader[k] = near[0]
    return leader
