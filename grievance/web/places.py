"""Where templates and translations lie: inside the package (a wheel), else in the checkout."""

from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader

_PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """The folder of this name inside the package, or beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def template_loader() -> BaseLoader:
    """Loads pages, macros and mail texts."""
    return FileSystemLoader(folder("templates"))


def static_file(name: str) -> str:
    """The text of a file in ``static/``."""
    return (_PACKAGE / "static" / name).read_text("utf-8")
