"""The branches of all phases: which legs each ray has and where it turns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

MAX_DEPTH_KM = 800.0


@dataclass(frozen=True)
class BranchSpec:
    """One branch: which legs a ray has, where it turns, and where it is wanted."""

    name: str
    above: tuple[int, int]
    """Passes of the mantle above the source as P and as S."""
    below: tuple[int, int]
    """Passes of the mantle below the source, down to the turning point or the core."""
    turns: tuple[str, float, float] | None = None
    """Wave type and depth range of the turning point in the mantle; else the core."""
    core: tuple[int, int] = (0, 0)
    """Passes of outer and inner core, counting down and up."""
    reflects: bool = False
    """At the boundary below its last leg, in place of turning."""
    source: str = "P"
    """Wave type of the leg that leaves the source."""
    leaves: str = "down"
    """down, up, or direct (up at short distance, down beyond)."""
    part: str = ""
    """ab or bc: the side of the caustic; back: the run that turns back."""
    fold: tuple[int, float] = (1, 0.0)
    """delta = sign * (x - offset)."""
    tolerance_s: float = 1e-3
    finest_deg: float = 0.04
    continue_to_deg: float = 0.0
    """Beyond its end a branch goes on with its last slowness, up to here."""


CMB = 1e9
REGIONS = (
    (20.0, 35.0),
    (35.0, 120.0),
    (120.0, 210.0),
    (210.0, 410.0),
    (410.0, 660.0),
    (660.0, CMB),
)
"""Where rays turn that arrive first somewhere: between jumps, and where the gradient rises."""


def _both(n: int, wave: str) -> tuple[int, int]:
    return (n, 0) if wave == "P" else (0, n)


def _turning() -> list[BranchSpec]:
    specs = []
    for wave in "PS":
        for top, bottom in REGIONS:
            last = bottom == CMB
            specs.append(BranchSpec(
                f"{wave}{top:.0f}", _both(1, wave), _both(2, wave), (wave, top, bottom),
                source=wave, leaves="direct", tolerance_s=2e-4, finest_deg=0.005,
                continue_to_deg=180.0 if last else 25.0,
            ))  # fmt: skip
        for (top, bottom), part in product(((0.0, 20.0), *REGIONS), ("", "back")):
            turns = (wave, top, bottom)
            for prefix, above, source in (
                (wave, _both(3, wave), wave),
                ("p", _add(_both(1, "P"), _both(2, wave)), "P"),
                ("s", _add(_both(1, "S"), _both(2, wave)), "S"),
            ):
                below = _both(4 if prefix == wave else 2, wave)
                leaves = "down" if prefix == wave else "up"
                specs.append(BranchSpec(f"{prefix}{wave}{top:.0f}{part}", above, below, turns,
                                        source=source, leaves=leaves, part=part))  # fmt: skip
    return specs


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]


CORE_REFLECTIONS = (
    BranchSpec("PcP", (1, 0), (2, 0)),
    BranchSpec("PcS", (0, 1), (1, 1)),
    BranchSpec("ScP", (1, 0), (1, 1), source="S"),
    BranchSpec("ScS", (0, 1), (0, 2), source="S"),
)
MAJOR = (-1, 360.0)
CORE = (
    BranchSpec("PKPdf", (1, 0), (2, 0), core=(2, 2)),
    BranchSpec("PKPbc", (1, 0), (2, 0), core=(2, 0), part="bc"),
    BranchSpec("PKPab", (1, 0), (2, 0), core=(2, 0), part="ab"),
    BranchSpec("PKiKP", (1, 0), (2, 0), core=(2, 0), reflects=True),
    BranchSpec("pPKPdf", (3, 0), (2, 0), core=(2, 2), leaves="up"),
    BranchSpec("pPKPbc", (3, 0), (2, 0), core=(2, 0), part="bc", leaves="up"),
    BranchSpec("pPKPab", (3, 0), (2, 0), core=(2, 0), part="ab", leaves="up"),
    BranchSpec("sPKPdf", (2, 1), (2, 0), core=(2, 2), leaves="up", source="S"),
    BranchSpec("sPKPbc", (2, 1), (2, 0), core=(2, 0), part="bc", leaves="up", source="S"),
    BranchSpec("sPKPab", (2, 1), (2, 0), core=(2, 0), part="ab", leaves="up", source="S"),
    BranchSpec("SKSac", (0, 1), (0, 2), core=(2, 0), source="S"),
    BranchSpec("SKSdf", (0, 1), (0, 2), core=(2, 2), source="S"),
    BranchSpec("SKPdf", (1, 0), (1, 1), core=(2, 2), source="S"),
    BranchSpec("SKPbc", (1, 0), (1, 1), core=(2, 0), source="S", part="bc"),
    BranchSpec("SKPab", (1, 0), (1, 1), core=(2, 0), source="S", part="ab"),
    BranchSpec("SKKSac", (0, 1), (0, 2), core=(4, 0), source="S"),
    BranchSpec("PKKPdf", (1, 0), (2, 0), core=(4, 4), fold=MAJOR),
    BranchSpec("PKKPbc", (1, 0), (2, 0), core=(4, 0), fold=MAJOR, part="bc"),
    BranchSpec("PKKPab", (1, 0), (2, 0), core=(4, 0), fold=MAJOR, part="ab"),
    BranchSpec("PKPPKPdf", (3, 0), (4, 0), core=(4, 4), fold=MAJOR),
    BranchSpec("PKPPKPbc", (3, 0), (4, 0), core=(4, 0), fold=MAJOR, part="bc"),
    BranchSpec("PKPPKPab", (3, 0), (4, 0), core=(4, 0), fold=MAJOR, part="ab"),
)  # fmt: skip
BRANCHES = (*_turning(), *CORE_REFLECTIONS, *CORE)
