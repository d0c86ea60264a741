"""The windows of the phases, against the file they come from where it is present."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vigie.facts.phase_windows import PHASE_WINDOWS, PhaseWindow, is_expected, windows_of

if TYPE_CHECKING:
    from pathlib import Path


def test_windows_are_sound() -> None:
    assert len(PHASE_WINDOWS) == 61
    for window in PHASE_WINDOWS:
        assert window.min_delta_deg < window.max_delta_deg
        assert window.min_depth_km <= window.max_depth_km


def test_expectation_depends_on_depth_and_magnitude() -> None:
    assert not is_expected("P", 10.0, 10.0)
    assert is_expected("P", 10.0, 100.0)
    assert is_expected("PcP", 40.0, 0.0)
    assert not is_expected("PcP", 40.0, 0.0, mb=3.9)
    assert is_expected("Pn", 10.0, 0.0, mb=1.0)
    assert windows_of("nonsense") == ()


@pytest.mark.data
def test_windows_are_those_of_the_source(shared_data: Path) -> None:
    lines = (shared_data / "tables" / "ga_phase_windows.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    expected = []
    for phase, *numbers in rows:
        near, far, shallow, deep, mb = (float(number) for number in numbers)
        least = None if mb == -999.0 else mb
        expected.append(PhaseWindow(phase, near, far, shallow, deep, least))
    assert list(PHASE_WINDOWS) == expected
