"""`proxygen templates`: which there are, and how overrides stand to them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from proxygen.cli import completing
from proxygen.cli.arguments import ListForm, ListFormat, Templates
from proxygen.cli.building import refusals
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import say, shown_diff, shown_line, shown_path

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Overrides = Annotated[
    Path, typer.Option("--templates", help="Folder of templates that override stock ones.")
]
Name = Annotated[
    str,
    typer.Argument(
        help="A template, as `templates list` prints it.", autocompletion=completing.templates
    ),
]


@app.callback()
def templates() -> None:
    """Override the text of what is written, and keep overrides in step with this version."""


@app.command("list", epilog="Example: proxygen templates list --templates templates/")
def list_templates(folder: Templates = None, form: ListForm = ListFormat.TEXT) -> None:
    """Print every template and whether it is overridden; exit 1 where an override stops a build."""
    from proxygen.render.overriding import Standing, standings

    with refusals(Reporting(command="templates list"), folder or Path()):
        found = standings(folder)
    if form is ListFormat.JSON:
        listed = [{"name": name, "standing": standing} for name, standing in found]
        sys.stdout.write(json.dumps(listed, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{standing:<10}  {name}\n" for name, standing in found)
    if any(standing in (Standing.STALE, Standing.UNMARKED) for _, standing in found):
        raise typer.Exit(FINDINGS)


@app.command(epilog="Example: proxygen templates eject settings.py.jinja --templates templates/")
def eject(
    name: Name,
    folder: Overrides,
    force: Annotated[bool, typer.Option("--force", help="Replace an override.")] = False,
) -> None:
    """Copy a template to the folder of overrides, with the hash of the one that it was made of."""
    from proxygen.render.overriding import eject as eject_template

    with refusals(Reporting(command="templates eject"), folder):
        written = eject_template(folder, name, force=force)
    say(f"{shown_path(written)}: written")


@app.command(epilog="Example: proxygen templates diff settings.py.jinja --templates templates/")
def diff(name: Name, folder: Overrides) -> None:
    """Print what moved in a template since it was ejected, and what the override changes.

    Exit 1 where the override has fallen behind.
    """
    from proxygen.render.overriding import Standing, differences, override

    with refusals(Reporting(command="templates diff"), folder):
        one = override(folder, name)
    for title, text in differences(one):
        say(shown_line(title))
        sys.stdout.write(shown_diff(text.splitlines(), sys.stdout))
    if one.standing is Standing.OVERRIDDEN:
        return
    if one.then is None:
        say("the template that it was made of is gone: compared with the one of this version")
    cure = f"proxygen templates accept {name} --templates {shown_path(folder)}"
    say(f"when what moved is in the override: {cure}")
    raise typer.Exit(FINDINGS)


@app.command(epilog="Example: proxygen templates accept settings.py.jinja --templates templates/")
def accept(name: Name, folder: Overrides) -> None:
    """Mark an override as derived from the template of this version, after you have looked at it."""
    from proxygen.render.overriding import accept as accept_template

    with refusals(Reporting(command="templates accept"), folder):
        written = accept_template(folder, name)
    say(f"{shown_path(written)}: derived from the template of this version")
