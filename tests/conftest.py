"""What all tests share: where the real recordings are, and whether they are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine makes examples slow, which says nothing of the code; continuous integration
# always tries the same examples, a person's machine new ones at each run.
settings.register_profile("vigie", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("vigie"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "vigie")

# A fault that a command would tell of one input, and go on, fails the test instead.
os.environ.setdefault("VIGIE_DEBUG", "1")

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real recordings and reference solutions; not part of the project."""


def pytest_report_header() -> str:
    """Say at the top of a run which real data are present."""
    found = sorted(p.name for p in DATA.iterdir() if p.is_dir()) if DATA.is_dir() else []
    return f"real data in ../shared/data: {', '.join(found) or 'absent, tests marked data skip'}"


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real data, or skip."""
    if not DATA.is_dir():
        pytest.skip("../shared/data is absent")
    return DATA


@pytest.fixture
def obspy_data() -> Path:
    """Return the folder of ObsPy's packaged records, or skip."""
    import obspy

    root = Path(obspy.__file__).parent
    if not (root / "io").is_dir():
        pytest.skip("this ObsPy brings no test records")
    return root
