"""Runs that no machine has the memory for."""

from __future__ import annotations

import pytest
from tests.transport.test_particles import receptor, sequence, settings
from tests.transport.weather.examples import HOUR_NS, START_NS

from vigie.errors import ParameterError
from vigie.records import global_grid
from vigie.transport import march, memory
from vigie.transport.backward import follow_back
from vigie.transport.forward import Release, follow_forward
from vigie.transport.starts import box_at

FINE = global_grid(0.05, 0.05, latitude_phase=0.025, longitude_phase=0.025)


def test_a_grid_that_is_too_fine_is_refused_before_anything_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("it went on")

    monkeypatch.setattr(memory, "machine_bytes", lambda: 8e9)
    monkeypatch.setattr(march.March, "__init__", never)
    how = settings(grid=FINE, threads=2)
    # 25.9 million cells, 16 bytes and two threads for each of 40 samples.
    words = r"memory = 33\.6 GB: at most 6\.4 GB.*40 samples.*25,92\d,\d\d\d cells.*larger cells"
    with pytest.raises(ParameterError, match=words):
        follow_back([receptor()] * 40, sequence(), how, hours=48)
    release = Release(
        name="R",
        box=box_at(50.0, 7.0),
        start_ns=START_NS,
        stop_ns=START_NS + 12 * HOUR_NS,
        decay_per_s=1e-3,
    )
    # Cut into 22 slices, which hold sums of their own.
    with pytest.raises(ParameterError, match=r"memory = 18\.7 GB: .*22 samples or parts"):
        follow_forward([release], sequence(), how, hours=24)


def test_many_particles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: 8e9)
    with pytest.raises(ParameterError, match="fewer particles"):
        follow_back([receptor()], sequence(), settings(particles=10_000_000_000), hours=48)


def test_the_machine_tells_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory.machine_bytes() > 1e8
    monkeypatch.delattr("os.sysconf")
    assert memory.machine_bytes() == memory.UNKNOWN_BYTES
