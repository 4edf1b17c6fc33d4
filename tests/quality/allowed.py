"""What the strangers may find: `allowed.toml`, each line with its reason."""

import tomllib
from pathlib import Path

_ALL: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("allowed.toml").read_text(encoding="utf-8"))
HTML, AXE, SPAM, SPAM_UNCOUNTED = (_ALL[each] for each in ("html", "axe", "spam", "spam_uncounted"))
