"""The command ``vigie``: finds the file of a command group and imports only that."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from vigie import __version__
from vigie.cli.common import error_document, json_text
from vigie.errors import ParameterError, UnknownModelError, VigieError, fault_text

COMMANDS = {
    "array": ("vigie.cli.array", "Look at an array: PMCC or f-k, with a figure."),
    "associate": ("vigie.cli.associate", "Group detections into events."),
    "compare": ("vigie.cli.compare", "Score one bulletin against another."),
    "convert": ("vigie.cli.files", "Convert a file to another format."),
    "demo": ("vigie.cli.demo", "Run the whole chain on real recordings."),
    "detect": ("vigie.cli.detect", "Find signals in recordings."),
    "fuse": ("vigie.cli.fuse", "Weigh samples for a release at waveform events."),
    "inspect": ("vigie.cli.files", "Say what files are and what is in them."),
    "locate": ("vigie.cli.locate", "Locate the events of a bulletin or arrival list."),
    "noblegas": ("vigie.cli.noblegas", "Analyse radioxenon samples."),
    "process": ("vigie.cli.process", "Recordings in; located, sized, screened events out."),
    "report": ("vigie.cli.report", "Write an HTML report of each event."),
    "samples": ("vigie.cli.samples", "History of radionuclide stations."),
    "source": ("vigie.cli.source_region", "Where a release can explain samples."),
    "spectrum": ("vigie.cli.spectrum", "Analyse gamma spectra: peaks, nuclides, category."),
    "transport": ("vigie.cli.transport", "Follow air through the weather, back and forth."),
    "traveltime": ("vigie.cli.traveltime", "Travel times of seismic phases."),
}
"""Command to its module and its line in the help; the module holds ``<command>_command``."""
LIBRARY_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Matrices here are small: threads of the algebra library cost more than they give (on a busy
machine one decomposition of 10 x 10 took 0.3 s). Who sets these himself is obeyed."""


class LazyGroup(click.Group):
    """Commands that are imported when they are used, so that ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 — click's signature
        """Run a command; what went wrong is said in one line.

        Status 2 where an option names what does not exist, 1 for everything else. With
        ``VIGIE_DEBUG`` set, a fault of vigie's own shows where it happened.
        """
        # Looked for here, since an error may lie in the options themselves.
        as_json = "--json" in ctx.args

        def tell(error: Exception) -> None:
            if as_json:
                click.echo(json_text(error_document(error)))

        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            tell(error)
            raise
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            # click's own, among them that the reader of a pipe has left.
            raise
        except (VigieError, OSError) as error:
            tell(error)
            click.echo(f"vigie: {error}", err=True)
            sys.exit(2 if isinstance(error, UnknownModelError | ParameterError) else 1)
        except Exception as error:
            text = fault_text(error)
            tell(error)
            click.echo(f"vigie: {text}", err=True)
            sys.exit(1)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vigie")
def main() -> None:
    """Verify the nuclear-test-ban treaty: from recordings and samples to assessed events.

    Every command takes --json (one document on standard output).
    """
    # NumPy is first imported by a command, and reads these then.
    for name in LIBRARY_THREADS:
        os.environ.setdefault(name, "1")
