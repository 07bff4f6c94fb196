"""`proxygen templates`: which there are, and how overrides stand to them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from proxygen.cli import completing
from proxygen.cli.arguments import SPECS, ListForm, ListFormat, Templates
from proxygen.cli.building import refusals
from proxygen.cli.exit_codes import FINDINGS
from proxygen.cli.reporting import Reporting
from proxygen.cli.terminal import say, shown_diff, shown_line, shown_path

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

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

    with refusals(Reporting(command="templates list"), SPECS):
        found = standings(folder or _of_configuration())
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
    folder: Templates = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an override.")] = False,
) -> None:
    """Copy a template to the folder of overrides, with the hash of the one that it was made of."""
    from proxygen.render.overriding import eject as eject_template

    with refusals(Reporting(command="templates eject"), SPECS):
        own = _overrides(folder)
        written = eject_template(own, name, force=force)
    say(f"{shown_path(written)}: written")


@app.command(epilog="Example: proxygen templates diff settings.py.jinja --templates templates/")
def diff(name: Name, folder: Templates = None) -> None:
    """Print what moved in a template since it was ejected, and what the override changes.

    Exit 1 where the override has fallen behind.
    """
    from proxygen.render.overriding import Standing, differences, override

    with refusals(Reporting(command="templates diff"), SPECS):
        own = _overrides(folder)
        one = override(own, name)
    for title, text in differences(one):
        say(shown_line(title))
        sys.stdout.write(shown_diff(text.splitlines(), sys.stdout))
    if one.standing is Standing.OVERRIDDEN:
        return
    if one.then is None:
        say("the template that it was made of is gone: compared with the one of this version")
    cure = f"proxygen templates accept {name} --templates {quote(shown_path(own))}"
    say(f"when what moved is in the override: {cure}")
    raise typer.Exit(FINDINGS)


@app.command(epilog="Example: proxygen templates accept settings.py.jinja --templates templates/")
def accept(name: Name, folder: Templates = None) -> None:
    """Mark an override as derived from the template of this version, after you have looked at it."""
    from proxygen.render.overriding import accept as accept_template

    with refusals(Reporting(command="templates accept"), SPECS):
        own = _overrides(folder)
        written = accept_template(own, name)
    say(f"{shown_path(written)}: derived from the template of this version")


def _overrides(folder: Path | None) -> Path:
    """The folder that was named, else the configuration's; raises `InputRefused` where there is none."""
    from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity

    found = folder or _of_configuration()
    if found is None:
        said = "No folder of overrides is named."
        cure = "Say which with --templates, or for all commands with gateway.templates."
        place = Location("proxygen.toml")
        raise InputRefused([Diagnostic("templates-folder", Severity.ERROR, place, said, cure)])
    return found


def _of_configuration() -> Path | None:
    """What the configuration of the default folder names, where there is one."""
    from proxygen.config.read import config_file, load_config

    return load_config(SPECS).templates if config_file(SPECS) is not None else None
