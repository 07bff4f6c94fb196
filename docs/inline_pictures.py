"""Puts the SVG files of `pictures/` into the pages themselves, so that they follow the theme."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class InlinePictures(SphinxPostTransform):
    """An image of `pictures/` becomes its SVG, with the image's text as its label."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Replaces the images of one page."""
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir) / image["uri"]
            if path.suffix == ".svg" and path.parent.name == "pictures":
                svg = path.read_text(encoding="utf-8")
                frame = f'<div class="picture">{svg}</div>'
                image.replace_self(nodes.raw("", frame, format="html"))
