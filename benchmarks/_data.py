"""Where the real recordings are that some measurements need."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """Return a folder of ``../shared/data``.

    Raises
    ------
    FileNotFoundError
        It is not there.
    """
    path = ROOT / name
    if not path.exists():
        raise FileNotFoundError(f"../shared/data/{name} is absent: this measurement needs it")
    return path
