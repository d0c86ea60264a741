"""The system that a message is of: its header's letter, or what its blocks tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records import DetectorSystem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block

COINCIDENCE_BLOCKS = (
    "Histogram", "b-gEfficiency", "ROI_Limits", "ROI_Chan_Limits", "b_Spectrum", "b_Energy",
    "b_Resolution",
)  # fmt: skip
"""Which only systems of beta-gamma coincidences write."""
_STATED = {DetectorSystem.BETA_GAMMA, DetectorSystem.GAS_HPGE}


def system_of(
    stated: DetectorSystem, blocks: Mapping[str, Block], place: str, log: IssueLog
) -> DetectorSystem:
    """Return the system of a message; unknown where neither header nor blocks tell it.

    Blocks of coincidences decide where no letter says that the system is of gas, against the
    letter of filters too: a histogram would be passed over. Germanium systems of gas are left to
    their letter. Of the rest, a compressed filter is of a particulate system, a volume of xenon
    of a germanium one.
    """
    if stated in _STATED:
        return stated
    told = [name for name in COINCIDENCE_BLOCKS if name in blocks]
    if told:
        system = DetectorSystem.BETA_GAMMA
    elif stated is DetectorSystem.PARTICULATE:
        return stated
    else:
        told = [name for name in ("Sample", "Processing") if name in blocks]
        if not told:
            return DetectorSystem.UNKNOWN
        system = DetectorSystem.PARTICULATE if told[0] == "Sample" else DetectorSystem.GAS_HPGE
    text = f"the system is taken as {system}: the message has #{told[0]}"
    log.notice(place, "formats.system_by_blocks", text, system=system, block=told[0])
    return system
