"""`make bench`: what Askwell's speed is, measured in one run beside what others' is; nothing here is asserted."""

import warnings

warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # of a container; the PostgreSQL wheel asks for it
