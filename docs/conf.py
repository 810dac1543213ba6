"""Configuration of the documentation: Markdown pages (MyST), built without any network."""

from importlib.metadata import version as installed_version

project = "bellpush"
author = "The bellpush authors"
project_copyright = author
release = installed_version("bellpush")
version = release

extensions = ["myst_parser", "sphinx.ext.mathjax"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
# Links to a heading work both here and where the Markdown files are read as they are.
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"bellpush {release}"
html_copy_source = False
html_show_sphinx = False
