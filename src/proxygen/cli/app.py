"""The application: its commands, in the order in which a person meets them."""

from __future__ import annotations

from typing import Annotated

import typer

from proxygen import __version__
from proxygen.cli.commands import (
    audit,
    build,
    check,
    diff,
    explain,
    init,
    schema,
    serve,
    specs,
    templates,
    upgrade,
)
from proxygen.cli.terminal import COLOR, Color

app = typer.Typer(
    name="proxygen",
    help="Reads the OpenAPI documents of your services and writes the edge in front of them.",
    epilog="Start with: proxygen build specs/",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"proxygen {__version__}")
        raise typer.Exit


@app.callback()
def proxygen(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    color: Annotated[
        Color, typer.Option("--color", help="When text is coloured; auto heeds NO_COLOR.")
    ] = Color.AUTO,
) -> None:
    """Options before a command."""
    COLOR.set(color)


app.command(epilog=init.EPILOG)(init.init)
app.command(epilog=build.EPILOG)(build.build)
app.command(epilog=check.EPILOG)(check.check)
app.command(epilog=diff.EPILOG)(diff.diff)
app.command(epilog=audit.EPILOG)(audit.audit)
app.command(epilog=explain.EPILOG)(explain.explain)
app.command(epilog=serve.SERVE_EPILOG)(serve.serve)
app.command(epilog=serve.DEV_EPILOG)(serve.dev)
app.command(epilog=schema.EPILOG)(schema.schema)
app.command(epilog=upgrade.EPILOG)(upgrade.upgrade)
app.add_typer(specs.app, name="specs")
app.add_typer(templates.app, name="templates")
