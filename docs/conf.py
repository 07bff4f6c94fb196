"""The site of the documentation: `make docs` builds it into build/docs, and fails on any warning."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.generate.pages import with_generated
from docs.inline_pictures import InlinePictures

project = "proxygen"
html_title = "proxygen"
extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["generate", "_static", "pictures"]

myst_enable_extensions = ["attrs_block", "attrs_inline", "deflist", "smartquotes"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["proxygen.css"]
html_extra_path = ["proxygen.schema.json", "report.schema.json", "audit.schema.json"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "proxygen"},
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "footer_start": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "tutorial": []}
html_context = {"default_mode": "auto"}
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True


def _read(_app: Sphinx, _name: str, source: list[str]) -> None:
    source[0] = with_generated(source[0])


def setup(app: Sphinx) -> None:
    """Generated parts, and pictures."""
    app.connect("source-read", _read)
    app.add_post_transform(InlinePictures)
