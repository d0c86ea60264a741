"""Onsets of sites: what several codes picked of one, and picks that are given twice."""

from __future__ import annotations

from vigie.network.sites import group_sites
from vigie.records import NS_PER_S, Detection, Station

SAME_ONSET_S = 1.0
"""Picks of the codes of one site that differ by less are one onset: S takes 0.3 s across 1 km, and
an emergent onset is picked to some tenths of a second."""
SAME_PICK_S = 0.05
"""Picks of one station that differ by less, a sample or two, are one: several filters give the same
onset (a hundredth of the picks of neic-glass3 comes twice so, and none between 0.05 and 0.5 s)."""


def sites_of(stations: list[Station]) -> tuple[list[Station], dict[str, int]]:
    """Return the leading station of each site, and the number of the site of each code."""
    leader = group_sites(stations)
    leads = [k for k in range(len(stations)) if leader[k] == k]
    number = {k: n for n, k in enumerate(leads)}
    numbers = {s.code: number[int(leader[k])] for k, s in enumerate(stations)}
    return [stations[k] for k in leads], numbers


def onsets_of(
    usable: list[tuple[int, str, Detection]],
) -> list[tuple[int, tuple[Detection, ...]]]:
    """Gather what several codes of a site picked of one onset: the middle one leads.

    Parameters
    ----------
    usable : list of (site, code, Detection)
        Sorted by site, then time.
    """
    open_onsets: dict[int, list[list[tuple[str, Detection]]]] = {}
    for site, code, detection in usable:
        onsets = open_onsets.setdefault(site, [])
        last = onsets[-1] if onsets else []
        if last and _is_same(code, detection, last):
            last.append((code, detection))
        else:
            onsets.append([(code, detection)])
    found = []
    for site, onsets in open_onsets.items():
        for onset in onsets:
            ordered = [d for _, d in onset]
            lead = ordered.pop((len(ordered) - 1) // 2)
            found.append((site, (lead, *ordered)))
    return sorted(found, key=lambda row: (row[0], row[1][0].time_ns, row[1][0].id))


def _is_same(code: str, detection: Detection, onset: list[tuple[str, Detection]]) -> bool:
    """Tell whether a pick is one of an onset's: at another code, or the same pick given twice."""
    later_s = (detection.time_ns - onset[0][1].time_ns) / NS_PER_S
    if any(code == other for other, _ in onset):
        return later_s < SAME_PICK_S
    return later_s < SAME_ONSET_S
