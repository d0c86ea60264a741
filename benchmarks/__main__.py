"""Run the long measurements and write them, dated, to ``benchmarks/results/``.

``python -m benchmarks`` runs all; ``python -m benchmarks fk coverage`` runs those named.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def names() -> list[str]:
    """Return the measurements, by the name of their module."""
    found = sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("_"))
    return [name for name in found if "def measure(" in (HERE / f"{name}.py").read_text("utf-8")]


def machine() -> dict[str, object]:
    """Return what the figures depend on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text("utf-8", errors="replace").split("\n")
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "threads": os.environ.get("OMP_NUM_THREADS", "not set"),
    }


def main(wanted: list[str]) -> int:
    """Run the wanted measurements, or all; return the exit status."""
    unknown = set(wanted) - set(names())
    if unknown:
        sys.stderr.write(f"No such measurement: {', '.join(sorted(unknown))}. ")
        sys.stderr.write(f"Known: {', '.join(names())}.\n")
        return 2
    RESULTS.mkdir(exist_ok=True)
    failed = []
    for name in wanted or names():
        sys.stderr.write(f"{name} ...\n")
        started = time.perf_counter()
        try:
            result = import_module(f"benchmarks.{name}").measure()
        except Exception as error:
            failed.append(name)
            result = {"error": f"{type(error).__name__}: {error}"}
        now = datetime.now(UTC)
        document = {
            "measurement": name,
            "date": now.strftime("%Y-%m-%d"),
            "seconds": round(time.perf_counter() - started, 1),
            "machine": machine(),
            "result": result,
        }
        text = json.dumps(document, indent=2, ensure_ascii=False, default=float)
        (RESULTS / f"{now:%Y-%m-%d}-{name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(text + "\n")
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
