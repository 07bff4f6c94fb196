"""Puts a proposed configuration beside its documents, where none is."""

from __future__ import annotations

from pathlib import Path

from proxygen.config.read import CONFIG_NAME, config_file
from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.scaffold.propose import Proposal
from proxygen.source.load import display_name


def write_proposal(proposal: Proposal, *, force: bool = False) -> Path:
    """The file that was written; raises `InputRefused` where a configuration is there and not to go."""
    there = config_file(proposal.folder)
    target = proposal.folder / CONFIG_NAME
    if there is not None and not (force and there == target):
        cure = (
            "Compare it with what --stdout prints, or replace it with --force."
            if there == target
            else "Remove its section [tool.proxygen] first, or keep it and read what --stdout prints."
        )
        raise _refusal(there, proposal.folder, "configuration-exists", "It is there already.", cure)
    try:
        with target.open("w" if force else "x", encoding="utf-8", newline="\n") as handle:
            handle.write(proposal.text)
    except OSError as error:
        found = f"It cannot be written: {error.strerror}."
        cure = "Make the folder writable, or use --stdout."
        raise _refusal(target, proposal.folder, "output-unwritable", found, cure) from error
    return target


def _refusal(path: Path, folder: Path, rule: str, found: str, cure: str) -> InputRefused:
    where = Location(display_name(path, folder))
    return InputRefused([Diagnostic(rule, Severity.ERROR, where, found, cure)])
