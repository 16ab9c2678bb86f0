"""Reads YAML that people write: every value as text, so that Norway's NO stays NO.

Each map knows its line and what is odd in it, for errors that name the row.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import yaml

from grievance.rules.text import clean


class UnreadableYaml(Exception):
    """The file as a whole cannot be read; the message says where and why."""


def read_yaml(text: str) -> object:
    """Texts, lists and maps, nothing else. Raises UnreadableYaml.

    The quick reader comes first; what it refuses, the forbearing one may take, or say why not.
    """
    try:
        if "\ufeff" not in text:  # a mark of byte order inside a file is no sign of a name
            return yaml.load(text, Loader=_QuickLoader)  # noqa: S506 -- builds text, lists, maps
    except (yaml.YAMLError, UnicodeError, RecursionError):
        pass
    try:
        return yaml.load(text, Loader=_TextLoader)  # noqa: S506 -- as above
    except yaml.YAMLError as error:
        raise UnreadableYaml(_where(error)) from error
    except RecursionError:
        raise UnreadableYaml("Lists and maps lie too deep in each other.") from None


class _WithLines:
    """The base loaders keep every scalar as text; this also notes the line of each map."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A map with its line (from 1) and what is odd: a key twice, a sign nothing can keep."""
        made: dict[Any, Any] = super().construct_mapping(node, deep=True)  # type: ignore[misc]
        names = Counter(str(key.value) for key, _ in node.value)
        made["__line__"] = node.start_mark.line + 1
        made["__odd__"] = [(name, "stands twice") for name, times in names.items() if times > 1]
        made["__odd__"] += [
            (key.value, "has a control sign or half a letter in it")
            for key, value in node.value
            if any(clean(text) != text for text in (*_texts(key), *_texts(value)))
        ]
        return made

    def construct_yaml_map(self, node: Any) -> Iterable[dict[Any, Any]]:
        """Build the map in one go, so that ``__line__`` is there."""
        yield self.construct_mapping(node)


class _TextLoader(_WithLines, yaml.BaseLoader):
    """In Python: says where a file is wrong."""


class _QuickLoader(_WithLines, getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """In C, ten times as fast."""


def _texts(node: yaml.Node) -> Iterable[str]:
    """The texts of a value or of a list; an inner map looks after its own."""
    inner = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [one.value for one in inner if isinstance(one, yaml.ScalarNode)]


_LOADERS: Any = (_TextLoader, _QuickLoader)
for _loader in _LOADERS:
    _loader.add_constructor("tag:yaml.org,2002:map", _loader.construct_yaml_map)


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f"Line {mark.line + 1}: " if mark else ""
    return f"{line}this is not valid YAML ({getattr(error, 'problem', None) or 'unreadable'})."
