"""Compares the catalogs with the source: fresh, placeholders unchanged, complete where promised.

With ``--update`` it takes new sentences into every catalog and keeps what is translated.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import polib
from babel.messages.pofile import read_po

from grievance.rules.terms import Language
from grievance.web.catalogs import catalog, fits

ROOT = Path(__file__).parents[2]
PLACES = ROOT / "translations"
POT = PLACES / "messages.pot"
COMPLETE = ("fil", "id", "zh_Hant")


def extract() -> polib.POFile:
    """Every sentence of the source, by place."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.pot"
        command = [
            sys.executable, "-m", "babel.messages.frontend", "extract",
            "-F", "translations/babel.cfg", "-k", "lazy", "-k", "_", "-k", "both",
            "--no-wrap", "--sort-by-file", "-c", "TRANSLATORS", "-o", str(file), ".",
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        return polib.pofile(str(file))


def key(entry: polib.POEntry) -> tuple[str, str]:
    """What makes two sentences the same."""
    return entry.msgid, entry.msgid_plural


def update() -> int:
    """Write the template, and bring every catalog up to it."""
    source = extract()
    for entry in source:
        entry.occurrences = [(place, "") for place in sorted({p for p, _ in entry.occurrences})]
    source.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    source.save(str(POT))
    for path in sorted(PLACES.glob("*/LC_MESSAGES/messages.po")):
        catalog = polib.pofile(str(path), wrapwidth=0)
        catalog.merge(source)
        for gone in catalog.obsolete_entries():
            catalog.remove(gone)
        forms = int(catalog.metadata["Plural-Forms"].split("=")[1].split(";")[0])
        for entry in catalog:  # polib writes two forms; Indonesian and Chinese have one
            if entry.msgid_plural:
                kept = entry.msgstr_plural
                entry.msgstr_plural = {n: kept.get(n, "") for n in range(forms)}
        catalog.save()
    return 0


def broken(path: Path) -> list[str]:
    """The translations of a catalog whose placeholders are not those of the source."""
    with path.open("rb") as file:
        return [
            f"{path.parts[-3]}, line {one.lineno}: a % or placeholder differs in {one.string!r}"
            for one in read_po(file)
            if one.id and not fits(one)
        ]


def check() -> int:
    """Say what is not fresh or not complete; the status tells."""
    wanted = {key(entry) for entry in extract()}
    known = {key(entry) for entry in polib.pofile(str(POT))}
    problems = [f"not in messages.pot: {one[0]!r} (run make strings)" for one in wanted - known]
    problems += [
        f"no longer in the source: {one[0]!r} (run make strings)" for one in known - wanted
    ]
    for path in sorted(PLACES.glob("*/LC_MESSAGES/messages.po")):
        problems += broken(path)
    for name in COMPLETE:
        if not catalog(Language(name.replace("_", "-"))).complete:
            problems.append(f"{name}: not every sentence of the worker pages is translated")
    for line in problems:
        print(line)
    print(f"catalogs: {len(wanted)} sentences, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(update() if "--update" in sys.argv else check())
