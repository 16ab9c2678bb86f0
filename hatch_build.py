"""Puts the compiled catalogs and the templates' neighbours into the wheel."""

import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):
    """Compiles each ``translations/<locale>/LC_MESSAGES/messages.po`` into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the .mo files beside the build and list them for inclusion."""
        if version == "editable":
            return  # the checkout's .po files are read in memory
        root, out = Path(self.root), Path(self.root) / "build" / "catalogs"
        for po in sorted((root / "translations").glob("*/LC_MESSAGES/messages.po")):
            target = out / po.relative_to(root / "translations").with_suffix(".mo")
            target.parent.mkdir(parents=True, exist_ok=True)
            buffer = io.BytesIO()
            write_mo(buffer, read_po(po.open("rb")))
            target.write_bytes(buffer.getvalue())
            inside = f"grievance/translations/{target.relative_to(out).as_posix()}"
            build_data["force_include"][str(target)] = inside
