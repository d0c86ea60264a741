"""How much memory a run will take, and whether the machine has it.

What it computes: residence is summed per thread, for each sample or release, in all cells of the
grid, for two intervals (8 bytes each); a particle takes its columns twice while lost ones are let
go. The weather comes on top. Accuracy as measured (peak beside the weather, two threads, 8
samples): 285 MB of 282 MB reckoned on a grid of 0.25 deg, 107 MB of 114 MB with 40,000 particles
each on one of 1 deg.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from vigie.transport.march import MarchSettings

PER_SUM = 16
"""Bytes of a cell, sample and thread."""
PER_PARTICLE = 300
PER_CELL = 16
"""Bytes, whatever is followed: sums over the threads, and which cells have any."""
SHARE = 0.8
"""Of the memory of the machine that a run may take."""
UNKNOWN_BYTES = 4e9
"""Where the system does not tell what there is."""
_GB = 1e9


def machine_bytes() -> float:
    """Return the memory of the machine; where it is not told, 4 GB."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return UNKNOWN_BYTES


def threads_of(settings: MarchSettings) -> int:
    """Return the number of threads of a run."""
    return settings.threads or os.cpu_count() or 1


def needed_bytes(n_owners: int, settings: MarchSettings) -> float:
    """Return what samples or releases that are followed together take, without the weather."""
    sums = float(PER_SUM) * threads_of(settings) * settings.grid.n_cells
    each = sums + float(PER_PARTICLE) * settings.particles
    return n_owners * each + float(PER_CELL) * settings.grid.n_cells


def check_memory(n_owners: int, settings: MarchSettings) -> None:
    """Refuse a run for which the machine has too little memory, before anything is taken.

    Parameters
    ----------
    n_owners : int
        Samples, or releases times their slices, that are followed together.
    settings : MarchSettings

    Raises
    ------
    ParameterError
        The text tells what it needs, what there is, and what to change.
    """
    needed, most = needed_bytes(n_owners, settings), SHARE * machine_bytes()
    if needed > most:
        value = f"{needed / _GB:,.1f} GB"
        expected = (
            f"at most {most / _GB:,.1f} GB, {SHARE:.0%} of the machine's ({n_owners:,} samples or "
            f"parts of releases, {settings.grid.n_cells:,} cells, {threads_of(settings)} threads, "
            f"{settings.particles:,} particles each: take larger cells, fewer samples or releases "
            "at once, fewer threads or fewer particles)"
        )
        raise ParameterError(name="memory", value=value, expected=expected)
