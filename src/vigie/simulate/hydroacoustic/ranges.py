"""From which ranges simulated scenes draw: one set to train with, another to test with.

The test set differs in ranges *and* in shapes (spindles, spectra, dispersion, calls), so that what
is measured with it is not what was learnt. Values: orders of magnitude of the open literature on
hydroacoustic monitoring (Hanson et al. 2001, PAGEOPH 158; Newton & Grenard 2001), not fits to data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneRanges:
    """Lower and upper ends of what a scene is drawn from; shapes by name."""

    charge_kg: Range = (1.0, 2e4)
    """Drawn evenly in its logarithm, as the depths and distances."""
    depth_m: Range = (20.0, 600.0)
    range_km: Range = (150.0, 9000.0)
    bubble: Range = (0.35, 0.7)
    """Amplitude of the first bubble pulse in the shock's, below 100 Hz."""
    bubble_width: Range = (0.006, 0.012)
    """Standard deviation of the bubble pulse in bubble periods."""
    second_bubble: Range = (0.35, 0.7)
    """Amplitude of the second bubble pulse in the first."""
    second_period: Range = (0.68, 0.74)
    """In first bubble periods."""
    ghost: Range = (-0.95, -0.6)
    """Reflection of the sea surface."""
    grazing_deg: Range = (1.0, 12.0)
    modes: Range = (4.0, 10.0)
    mode_span_km_s: Range = (0.001, 0.012)
    """By how much the fastest mode exceeds the axis speed, at 10 Hz."""
    mode_power: float = 1.0
    """Excess speed of a mode falls as frequency to this power."""
    axis_km_s: Range = (1.478, 1.4855)
    ocean_share: float = 0.5
    """Of explosions that go through the normal modes of an ocean instead."""
    axis_depths_m: tuple[float, ...] = (700.0, 1300.0)
    hydrophone_m: Range = (700.0, 1300.0)
    cut_hz: Range = (40.0, 90.0)
    """Above it the channel loses sound, by scattering and absorption."""
    cut_power: float = 2.0
    spread_s: Range = (10.0, 100.0)
    """Standard deviation in time of the power of a T phase."""
    spindle: str = "gamma"
    """``gamma``: (t/a)^2 exp(-t/a); ``lognormal``."""
    t_peak_hz: Range = (3.0, 6.0)
    t_fall: str = "exponential"
    """Spectrum of a T phase above its peak: ``exponential`` or ``power``."""
    shot_interval_s: Range = (10.0, 60.0)
    shot_bubble: Range = (0.05, 0.25)
    whale: str = "fin"
    """``fin``: pulses of a second that fall through 20 Hz; ``blue``: notes of 8 to 15 s."""
    call_interval_s: Range = (10.0, 30.0)
    ship_line_hz: Range = (4.0, 10.0)
    tremor_hz: Range = (3.0, 8.0)
    noise_db: Range = (80.0, 100.0)
    """dB re 1 uPa^2/Hz at 10 Hz."""
    noise_slope_db: Range = (5.0, 6.0)
    """Fall per octave above 5 Hz."""
    ship_share: Range = (0.02, 0.3)
    """Power of coherent distant shipping in that of the other noise, 10 to 60 Hz."""
    sway_m: Range = (0.0, 20.0)


TRAINING = SceneRanges()
TESTING = SceneRanges(
    charge_kg=(2.0, 5e4),
    depth_m=(30.0, 900.0),
    range_km=(300.0, 12000.0),
    bubble=(0.3, 0.6),
    bubble_width=(0.008, 0.014),
    second_bubble=(0.25, 0.6),
    second_period=(0.66, 0.77),
    ghost=(-0.9, -0.5),
    modes=(5.0, 12.0),
    mode_span_km_s=(0.0015, 0.01),
    mode_power=0.7,
    axis_km_s=(1.474, 1.484),
    axis_depths_m=(900.0, 1100.0),
    hydrophone_m=(600.0, 1200.0),
    cut_hz=(45.0, 110.0),
    cut_power=3.0,
    spread_s=(12.0, 90.0),
    spindle="lognormal",
    t_peak_hz=(2.5, 5.0),
    t_fall="power",
    shot_interval_s=(12.0, 45.0),
    shot_bubble=(0.1, 0.3),
    whale="blue",
    call_interval_s=(40.0, 60.0),
    ship_line_hz=(5.0, 13.0),
    tremor_hz=(4.0, 11.0),
    noise_db=(75.0, 105.0),
    noise_slope_db=(4.0, 7.0),
    ship_share=(0.02, 0.4),
)


def even(rng: np.random.Generator, limits: Range) -> float:
    """Draw a value evenly."""
    return float(rng.uniform(*limits))


def log_even(rng: np.random.Generator, limits: Range) -> float:
    """Draw a value evenly in its logarithm."""
    low, high = limits
    return float(low * (high / low) ** rng.uniform())
