"""What exists is described: commands, options, formats, methods."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from vigie.cli.main import COMMANDS
from vigie.formats import all_formats

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def section(name: str) -> str:
    text = (DOCS / "commands.md").read_text("utf-8")
    match = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, f"docs/commands.md has no section on {name}"
    return match.group(1)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_described(name: str) -> None:
    command = getattr(import_module(COMMANDS[name][0]), f"{name}_command")
    described = section(name)
    general = (DOCS / "commands.md").read_text("utf-8").split("## inspect")[0]
    assert isinstance(command, click.Command)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            spelled = [o for o in parameter.opts if o in described or o in general]
            shared = name == "process" and any(o in section("detect") for o in parameter.opts)
            assert spelled or shared, f"{name} {parameter.opts} is not in docs/commands.md"


def test_every_format_is_described() -> None:
    text = "".join((DOCS / name).read_text("utf-8") for name in ("formats.md", "bulletins.md"))
    missing = [f.name for f in all_formats() if f"`{f.name}`" not in text]
    assert missing == []


def test_every_method_page_says_how_well_it_works() -> None:
    pages = sorted((DOCS / "methods").glob("*.md"))
    assert pages
    lacking = [p.name for p in pages if "How well it works" not in p.read_text("utf-8")]
    assert lacking == []


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    missing = [c for c in COMMANDS if f"vigie {c}" not in text and f"make {c}" not in text]
    assert missing == []


def test_no_text_of_the_project_names_a_machine() -> None:
    # Paths of a machine and hosts of registries have no place in the project.
    patterns = re.compile(r"/(?:work|root)/main|/home/\w+/|python" + r"hosted|pypi" + r"\.org")
    suffixes = {".py", ".md", ".toml", ".txt", ".in", ".cff", ".csv", ""}
    skipped = {".git", ".venv", ".venv-peers", "out", "node_modules"}
    for path in ROOT.rglob("*"):
        parts = set(path.relative_to(ROOT).parts)
        if parts & skipped or any(p.startswith(".") and p != ".ci" for p in parts):
            continue
        if path.is_file() and path.suffix in suffixes:
            found = patterns.search(path.read_text("utf-8", errors="replace"))
            assert found is None, f"{path.relative_to(ROOT)}: {found}"
