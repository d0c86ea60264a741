"""``python -m vigie``."""

import subprocess
import sys


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vigie", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("vigie, version ")
