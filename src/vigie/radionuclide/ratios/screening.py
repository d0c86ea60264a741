"""Flags of isotopic ratios above thresholds.

What it computes: which ratios lie above their threshold for certain (the whole set allowed does),
and which by their value only. A ratio whose denominator was not detected has no value here, only
a least one. Source: thresholds of the IDC, recalled (``assumption``; under revision for early
releases, INMM 2024): Xe-135/Xe-133 > 5, Xe-133m/Xe-131m > 2, Xe-133m/Xe-133 > 0.3. Releases of
medical isotope plants can exceed them (STAX 2025), so a flag is a screening, not a verdict. Cost:
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.radionuclide.ratios.discrimination import allowed_range
from vigie.records import IsotopeRatio, RatioKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioThresholds:
    """Thresholds; 0 or less: not screened."""

    xe135_xe133: float = 5.0
    xe133m_xe131m: float = 2.0
    xe133m_xe133: float = 0.3

    def of(self, numerator: str, denominator: str) -> float:
        """Return the threshold of a ratio; 0 where it has none."""
        return {
            ("Xe-135", "Xe-133"): self.xe135_xe133,
            ("Xe-133m", "Xe-131m"): self.xe133m_xe131m,
            ("Xe-133m", "Xe-133"): self.xe133m_xe133,
        }.get((numerator, denominator), 0.0)


def screen_ratios(
    ratios: Iterable[IsotopeRatio], *, thresholds: RatioThresholds | None = None
) -> tuple[Reason, ...]:
    """Return one reason for each ratio above its threshold."""
    thresholds = thresholds or RatioThresholds()
    found = []
    for one in ratios:
        threshold = thresholds.of(one.numerator, one.denominator)
        if threshold <= 0.0 or one.kind is RatioKind.UNBOUNDED:
            continue
        low, _ = allowed_range(one)
        params: dict[str, str | float] = {
            "ratio": f"{one.numerator}/{one.denominator}",
            "threshold": threshold,
        }
        if low > threshold:
            found.append(Reason.of("noble_gas.ratio_above", low=low, **params))
        elif one.kind is RatioKind.BOUNDED and (one.value or 0.0) > threshold:
            found.append(
                Reason.of("noble_gas.ratio_perhaps_above", value=one.value or 0.0, **params)
            )
    return tuple(found)
