"""A preview for people: the files under their causes, at a terminal and in Markdown."""

from __future__ import annotations

from proxygen.report.escaping import code_span, markdown_sentence, printable
from proxygen.upgrade.preview import Preview, by_cause


def text_table(preview: Preview) -> str:
    """Causes, and below each its files with the lines that come and go."""
    width = max((len(printable(one.path)) for one in preview.files), default=0)
    lines: list[str] = []
    for cause, files in by_cause(preview.files).items():
        lines.append(printable(cause))
        lines += [f"  {printable(one.path):<{width}}  {one.lines}" for one in files]
    return "".join(f"{line}\n" for line in lines)


def markdown_table(preview: Preview) -> str:
    """The same, one row for a file."""
    text = f"### What proxygen {markdown_sentence(preview.now.version)} would change\n\n"
    text += "| file | lines | cause |\n| --- | --- | --- |\n"
    for cause, files in by_cause(preview.files).items():
        for one in files:
            text += f"| {code_span(one.path)} | {one.lines} | {markdown_sentence(cause)} |\n"
    return text
