"""Finds a browser for the tests: one that is there, else installs one, else says what to do."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a browser, if one is there. GRIEVANCE_TEST_BROWSER stands over all others."""
    named = os.environ.get("GRIEVANCE_TEST_BROWSER")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _downloaded()


def _downloaded() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def main() -> int:
    """Make sure that there is one; the status tells."""
    if find() or (_from_system() and find()) or (_own_download() and find()):
        print(f"browser: {find()}")
        return 0
    print(
        "No browser was found and none could be installed. Install Chromium, or set\n"
        "GRIEVANCE_TEST_BROWSER to the path of a Chromium or Chrome.",
        file=sys.stderr,
    )
    return 1


def _from_system() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    update = subprocess.run(["apt-get", "update", "-qq"], check=False)  # noqa: S607
    command = ["apt-get", "install", "-y", "-qq", "chromium"]
    return update.returncode == 0 and subprocess.run(command, check=False).returncode == 0


def _own_download() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
