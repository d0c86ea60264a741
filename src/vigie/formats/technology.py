"""What a channel listens to, from its SEED or CSS channel code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records import Technology

if TYPE_CHECKING:
    from collections.abc import Iterable

# SEED manual, appendix A: instrument code D is pressure, F infrasound, H hydrophone.
_BY_ENDING = {"DF": Technology.INFRASOUND, "DH": Technology.HYDROACOUSTIC}


def technology_of(channel_codes: Iterable[str]) -> Technology:
    """Return the technology of a station from the codes of its channels.

    A pressure sensor decides, since infrasound and hydroacoustic stations often have a
    seismometer too; else it is seismic.

    Examples
    --------
    >>> technology_of(["BDF", "LWD"]).value
    'infrasound'
    """
    for code in channel_codes:
        found = _BY_ENDING.get(code.upper()[1:3])
        if found is not None:
            return found
    return Technology.SEISMIC
