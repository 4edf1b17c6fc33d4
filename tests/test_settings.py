"""A wrong setting stops the program with one sentence that names it."""

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.errors import SettingsError
from campaigns.logbook import LogFormat
from campaigns.settings import Env, Settings

SECRET = "s" * 32
PRODUCTION = {
    "ASKWELL_ENV": "production",
    "SECRET_KEY": SECRET,
    "BASE_URL": "https://ask.example.com/",
    "DATABASE_URL": "postgres://askwell:hunter2@db/askwell",
    "SMTP_URL": "smtp://user:hunter2@mail.example.com:587?starttls=required",
}


def test_development_needs_nothing(tmp_path: Path) -> None:
    settings = Settings.from_env({"INSTANCE_DIR": str(tmp_path)})

    assert settings.env is Env.DEVELOPMENT
    assert settings.database_url == f"sqlite:///{tmp_path}/askwell.sqlite3"
    assert (settings.redis_url, settings.smtp_url) == (None, "smtp://127.0.0.1:8025")


def test_the_secret_of_development_outlives_a_restart(tmp_path: Path) -> None:
    first, second = (Settings.from_env({"INSTANCE_DIR": str(tmp_path)}) for _ in range(2))

    assert first.secret_keys == second.secret_keys
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_production_is_read_whole(tmp_path: Path) -> None:
    settings = Settings.from_env({**PRODUCTION, "SECRET_KEY_FALLBACKS": "older,oldest", "REDIS_URL": "redis://r"})

    assert settings.database_url == "postgresql+psycopg://askwell:hunter2@db/askwell"
    assert (settings.base_url, settings.secret_keys) == ("https://ask.example.com", (SECRET, "older", "oldest"))


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET + "\n")
    environ = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}

    assert Settings.from_env({**environ, "SECRET_KEY_FILE": str(tmp_path / "key")}).secret_keys == (SECRET,)


def test_no_secret_shows_in_what_is_printed() -> None:
    printed = repr(Settings.from_env(PRODUCTION))

    assert "hunter2" not in printed
    assert SECRET not in printed


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"ASKWELL_ENV": "prod"}, "ASKWELL_ENV is 'prod'"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or short"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or short"),
        ({"BASE_URL": "ask.example.com"}, "BASE_URL is 'ask.example.com'"),
        ({"BASE_URL": "http://ask.example.com"}, "BASE_URL is not https"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL starts with 'mysql'"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"SMTP_URL": "mail.example.com"}, "SMTP_URL is smtp://"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL is redis://"),
        ({"PORT": "eighty"}, "PORT is 'eighty'"),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"SMTP_PACE": "fast"}, "SMTP_PACE is 'fast'"),
        ({"SMTP_CONNECTIONS": "0"}, "SMTP_CONNECTIONS is '0'"),
        ({"DOMAIN_PACE": "gmail.com"}, "DOMAIN_PACE says 'gmail.com'"),
        ({"DELIVERY_WORKERS": "many"}, "DELIVERY_WORKERS is 'many'"),
        ({"METRICS_PORT": "0"}, "METRICS_PORT is '0'"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml'; it is text or json"),
        ({"CLOCK_OFFSET": "P6D"}, "CLOCK_OFFSET is set; it is for development only"),
        ({"ASKWELL_ENV": "development", "CLOCK_OFFSET": "6 days"}, "CLOCK_OFFSET is not an ISO 8601 duration"),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE names a file that cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        Settings.from_env({**PRODUCTION, **change})


def test_machines_read_the_log_of_production_and_people_that_of_development(tmp_path: Path) -> None:
    here = {"INSTANCE_DIR": str(tmp_path)}

    assert Settings.from_env({**PRODUCTION, **here}).log_format is LogFormat.JSON
    assert Settings.from_env(here).log_format is LogFormat.TEXT
    assert Settings.from_env({**here, "LOG_FORMAT": "json"}).log_format is LogFormat.JSON


def test_the_token_of_the_metrics_is_a_secret(tmp_path: Path) -> None:
    settings = Settings.from_env({"INSTANCE_DIR": str(tmp_path), "METRICS_TOKEN": "hunter2"})

    assert settings.metrics_token == "hunter2"
    assert "hunter2" not in repr(settings)


def test_the_clock_can_be_moved_in_development(tmp_path: Path) -> None:
    settings = Settings.from_env({"INSTANCE_DIR": str(tmp_path), "CLOCK_OFFSET": "P6DT1H"})

    assert settings.clock_offset == timedelta(days=6, hours=1)


def test_paces_are_read(tmp_path: Path) -> None:
    paces = {"SMTP_PACE": "14/s", "SMTP_CONNECTIONS": "8", "DOMAIN_PACE": "gmail.com=20/s", "DELIVERY_WORKERS": "4"}
    settings = Settings.from_env({"INSTANCE_DIR": str(tmp_path), **paces})

    assert (settings.smtp_pace, settings.smtp_connections, settings.delivery_workers) == (14, 8, 4)
    assert settings.domain_pace == {"gmail.com": 20}
