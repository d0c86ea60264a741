"""Normal modes of the canonical profile against the harmonic oscillator near its axis."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.simulate.hydroacoustic.normal_modes import (
    AXIS_M_S,
    PERTURBATION,
    normal_modes,
    path_spectrum,
    sound_speed_m_s,
)
from vigie.simulate.hydroacoustic.spectra import frequencies

AXIS_M = 1000.0


def test_munk_profile_on_its_axis_and_at_the_surface() -> None:
    # Munk (1974): 1500 m/s on the axis at 1300 m has 1548.5 m/s at the surface.
    scale = 1500.0 / AXIS_M_S
    assert scale * float(sound_speed_m_s(np.array(1300.0), 1300.0)) == pytest.approx(1500.0)
    assert scale * float(sound_speed_m_s(np.array(0.0), 1300.0)) == pytest.approx(1548.5, abs=0.1)


@pytest.mark.slow
def test_low_modes_are_those_of_an_oscillator() -> None:
    # About the axis c = c0 (1 + 0.00737 e^2 / 2): k_n = w / c0 - (n + 1/2) 2 sqrt(0.00737) / z0.
    modes = normal_modes(AXIS_M)
    row = int(np.argmin(np.abs(modes.freq_hz - 90.0)))
    straight = 2.0 * np.pi * modes.freq_hz[row] / AXIS_M_S
    spacing = 2.0 * np.sqrt(PERTURBATION) / AXIS_M
    lacking = straight - modes.wavenumber[row, :3]
    assert lacking == pytest.approx(spacing * (np.arange(3) + 0.5), rel=0.03)


@pytest.mark.slow
def test_sound_swells_and_ends_with_the_axis() -> None:
    freq = frequencies(20_000, 250.0)
    spectrum = path_spectrum(freq, normal_modes(AXIS_M), (600.0, 1000.0), 6000.0)
    train = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * 60.0))
    total = np.cumsum(train**2)
    first, middle, last = np.searchsorted(total / total[-1], [0.01, 0.5, 0.99]) / 250.0 - 60.0
    assert -25.0 < first < -8.0
    assert middle > 0.5 * (first + last)
    assert -1.0 < last < 3.0
