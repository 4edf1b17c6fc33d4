"""`python -m tests.quality.install`: bring the strangers here; say in one line who is missing and why, in CI fail."""

import os
import shutil
import subprocess
import sys

from tests.quality.tools import IN_CI, PACKAGES, PINS, are_packages_there, node, program

NPM = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
APT = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
# Without a configuration of its own Debian's postfix does not start; the tests bring one.
ANSWERS = "postfix postfix/main_mailer_type select No configuration\n"
LOG = "install.log"


def main() -> int:
    PACKAGES.mkdir(parents=True, exist_ok=True)
    missing = [
        *_debian("spamassassin", "no spam filter reads the letters"),
        *_debian("postfix", "no letter passes through a real relay"),
        *_node("nobody else's MJML and no HTML validator read the letters"),
    ]
    sys.stdout.writelines(f"askwell: {each}\n" for each in missing)
    return 1 if missing and IN_CI else 0


def _debian(name: str, otherwise: str) -> list[str]:
    if program(name) or _apt(name):
        return []
    return [f"{name} is not here, and could not be installed by apt-get as root: {otherwise}."]


def _node(otherwise: str) -> list[str]:
    """Install what `package.json` pins."""
    if are_packages_there():
        return []
    if not program("npm") and not _apt("nodejs", "npm"):
        return [f"npm is not here, and could not be installed by apt-get as root: {otherwise}."]
    shutil.rmtree(PACKAGES)
    PACKAGES.mkdir()
    shutil.copy(PINS, PACKAGES)
    _say("Installing npm packages, once …")
    if _run(NPM) and node():
        return []
    (PACKAGES / PINS.name).unlink()
    return [f"The npm packages could not be downloaded, see {LOG} in .venv/quality: {otherwise}."]


def _apt(*names: str) -> bool:
    if os.geteuid() != 0 or not program("apt-get"):
        return False
    _say(f"Installing {' and '.join(names)}, once …")
    asks_nothing = not program("debconf-set-selections") or _run(["debconf-set-selections"], ANSWERS)
    return asks_nothing and _run(["apt-get", "update", "-qq"]) and _run([*APT, *names])


def _run(command: list[str], told: str = "") -> bool:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (PACKAGES / LOG).open("a", encoding="utf-8") as log:
        done = subprocess.run(
            command, check=False, cwd=PACKAGES, input=told, text=True, stdout=log, stderr=log, env=environ
        )
    return done.returncode == 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
