"""Charge against depth of bubble pulses, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import ChargeAtDepth, Detection

SHOWN_M = (20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


def charge_rows(detections: Sequence[Detection]) -> list[str]:
    """Return a table of charges against depth; nothing where no bubble was found."""
    from vigie.records import format_iso

    found = [d for d in detections if d.charge_locus]
    if not found:
        return []
    depths = " ".join(f"{f'{m:.0f} m':>8}" for m in SHOWN_M)
    head = (
        f"{'time':<24} {'station':<7} {'bubble s':>15} {'ghost s':>15} {'least m':>7} {depths} "
        f"{'90 %':>7}"
    )
    rows = [
        f"{format_iso(d.time_ns, digits=3):<24} {d.station:<7} "
        f"{_pair(d.bubble_period_s, d.bubble_period_s_sigma):>15} "
        f"{_pair(d.ghost_delay_s, d.ghost_delay_s_sigma):>15} "
        f"{d.charge_locus[0].depth_m:7.0f} "
        f"{' '.join(f'{_charge_at(d.charge_locus, m):>8}' for m in SHOWN_M)} "
        f"{_factor(d.charge_locus[0]):>7}"
        for d in found
    ]
    title = "Charges (kg of TNT that make the bubble) by depth, and the factor of 90 % intervals:"
    return ["", title, head, *rows]


def _charge_at(locus: Sequence[ChargeAtDepth], depth_m: float) -> str:
    found = [c.charge_kg for c in locus if c.depth_m == depth_m]
    return f"{found[0]:.3g}" if found and found[0] < 999.5 else f"{found[0]:.0f}" if found else "-"


def _factor(point: ChargeAtDepth) -> str:
    return f"x/{point.high_kg / point.charge_kg:.2f}"


def _pair(value: float | None, sigma: float | None) -> str:
    return "-" if value is None else f"{value:.4f}+-{sigma or 0.0:.4f}"
