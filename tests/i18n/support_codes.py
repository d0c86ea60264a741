"""Which codes the code base emits, found by reading its syntax trees."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vigie"


@dataclass(frozen=True, slots=True)
class Emitted:
    """One place where a reason is made."""

    code: str
    params: frozenset[str]
    open_params: bool
    """Whether some parameters are given by ``**``, so that more may come."""
    place: str


def emitted(root: Path = SOURCE) -> list[Emitted]:
    """Return every ``Reason.of("code", ...)`` and ``.remark("code", ...)`` with a literal code."""
    found = []
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _makes_reason(node):
                found += _codes(node, f"{path.relative_to(root)}:{node.lineno}")
    return found


def constants(kinds: set[str], root: Path = SOURCE) -> dict[str, str]:
    """Return every text in the code that looks like a code of some kinds, and where it stands.

    Codes of errors are not in the catalogues yet; their module is left out, and so are names of
    files.
    """
    shape = re.compile(rf"(?:{'|'.join(sorted(kinds))})\.[a-z0-9_]+")
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*.py")):
        if path.name == "errors.py":
            continue
        texts = (
            (node.value, node.lineno)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        for text, line in texts:
            if shape.fullmatch(text) and not text.endswith((".toml", ".json")):
                found[text] = f"{path.relative_to(root)}:{line}"
    return found


def _makes_reason(node: ast.Call) -> bool:
    of = node.func
    if not node.args:
        return False
    if isinstance(of, ast.Name):
        return of.id == "Reason"
    if not isinstance(of, ast.Attribute):
        return False
    if of.attr == "of":
        return isinstance(of.value, ast.Name) and of.value.id == "Reason"
    return of.attr == "remark"


def _codes(node: ast.Call, place: str) -> list[Emitted]:
    names = frozenset(k.arg for k in node.keywords if k.arg is not None)
    is_open = any(k.arg is None for k in node.keywords)
    return [Emitted(code, names, is_open, place) for code in _literals(node.args[0])]


def _literals(node: ast.expr) -> list[str]:
    """Return the codes that an expression may be; empty where they are not written there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return []
