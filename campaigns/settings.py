"""All settings, read once from the environment; a wrong one stops the program with one sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from campaigns.clock import parse_duration
from campaigns.errors import SettingsError
from campaigns.inbound_settings import InboundSettings, read_inbound
from campaigns.instance import development_secret, embedded_redis, redis_socket
from campaigns.logbook import LogFormat
from campaigns.networks import Callers, read_callers
from campaigns.rates import read_count, read_rate, read_rates

SHORTEST_SECRET = 32
MAILBOX_HOST = "127.0.0.1"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class Env(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    env: Env
    database_url: str = field(repr=False)  # may hold a password
    redis_url: str | None = field(repr=False)  # None: no bell, workers poll the rows
    smtp_url: str = field(repr=False)
    base_url: str  # what links in letters start with, without a slash at the end
    secret_keys: tuple[str, ...] = field(repr=False)  # newest first; older ones only read
    port: int
    mailbox_port: int  # where the development mailbox listens for SMTP
    instance: Path  # files of this installation: database, mailbox, embedded Redis
    clock_offset: timedelta = timedelta()
    smtp_pace: float | None = None  # letters per second to SMTP_URL, of all workers; None: as fast as it takes them
    smtp_connections: int = 4  # of one worker at once
    domain_pace: Mapping[str, float] = field(default_factory=dict)  # letters per second to a recipient's domain
    delivery_workers: int = 1  # how many share a pace when Redis cannot tell them
    log_format: LogFormat = LogFormat.TEXT
    metrics_token: str = field(default="", repr=False)  # who shows it may read /metrics
    callers: Callers = field(default_factory=Callers)
    metrics_port: int = 9464  # where `worker.py metrics` listens
    inbound: InboundSettings = field(default_factory=InboundSettings)

    @property
    def is_development(self) -> bool:
        return self.env is Env.DEVELOPMENT

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def uses_mailbox(self) -> bool:
        """Whether letters go to the development mailbox and nowhere else."""
        return self.smtp_url == f"smtp://{MAILBOX_HOST}:{self.mailbox_port}"

    @property
    def needs_redis(self) -> bool:
        """Whether nobody named a Redis, so that an embedded one may serve."""
        return self.redis_url in {None, f"unix://{redis_socket(self.instance)}"}

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read `environ`, or the process's environment over a `.env` in the working directory.

        Raises SettingsError naming the variable and what it should be.
        """
        if environ is None:
            dotenv = {k: v for k, v in dotenv_values(".env").items() if v is not None}
            environ = {**dotenv, **os.environ}
        return _Reader(environ).settings()


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def settings(self) -> Settings:
        env = self._env()
        instance = Path(self._get("INSTANCE_DIR") or "instance").resolve()
        port = self._port("PORT", 8000)
        mailbox_port = self._port("MAILBOX_PORT", 8025)
        return Settings(
            env=env,
            instance=instance,
            port=port,
            mailbox_port=mailbox_port,
            database_url=self._database_url(env, instance),
            redis_url=self._redis_url(instance),
            smtp_url=self._smtp_url(env, mailbox_port),
            smtp_pace=read_rate("SMTP_PACE", self._get("SMTP_PACE")),
            smtp_connections=read_count("SMTP_CONNECTIONS", self._get("SMTP_CONNECTIONS") or "4"),
            domain_pace=read_rates("DOMAIN_PACE", self._get("DOMAIN_PACE")),
            delivery_workers=read_count("DELIVERY_WORKERS", self._get("DELIVERY_WORKERS") or "1"),
            base_url=self._base_url(env, port),
            secret_keys=self._secret_keys(env, instance),
            clock_offset=self._clock_offset(env),
            log_format=self._log_format(env),
            metrics_token=self._get("METRICS_TOKEN"),
            callers=read_callers(self._get),
            metrics_port=self._port("METRICS_PORT", 9464),
            inbound=read_inbound(self._get),
        )

    def _get(self, name: str) -> str:
        """Return a variable, or the contents of the file that NAME_FILE names."""
        if value := self._environ.get(name, "").strip():
            return value
        path = self._environ.get(f"{name}_FILE", "").strip()
        if not path:
            return ""
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE names a file that cannot be read: {error.strerror}.") from None

    def _env(self) -> Env:
        value = self._get("ASKWELL_ENV") or Env.DEVELOPMENT
        try:
            return Env(value)
        except ValueError:
            raise SettingsError(f"ASKWELL_ENV is {value!r}; it is development or production.") from None

    def _port(self, name: str, default: int) -> int:
        value = self._get(name) or str(default)
        if not value.isdigit() or not 0 < int(value) < 65536:
            raise SettingsError(f"{name} is {value!r}; it is a port number from 1 to 65535.")
        return int(value)

    def _database_url(self, env: Env, instance: Path) -> str:
        url = self._required("DATABASE_URL", env, f"sqlite:///{instance}/askwell.sqlite3")
        scheme, _, rest = url.partition("://")
        if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
            return f"postgresql+psycopg://{rest}"
        if scheme == "sqlite":
            return url
        raise SettingsError(f"DATABASE_URL starts with {scheme!r}; it is sqlite:///… or postgresql://….")

    def _redis_url(self, instance: Path) -> str | None:
        url = self._get("REDIS_URL")
        if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
            raise SettingsError("REDIS_URL is redis://host:6379/0, rediss://… or unix:///path/to/redis.sock.")
        return url or embedded_redis(instance)

    def _smtp_url(self, env: Env, mailbox_port: int) -> str:
        url = self._required("SMTP_URL", env, f"smtp://{MAILBOX_HOST}:{mailbox_port}")
        if urlsplit(url).scheme not in {"smtp", "smtps"} or not urlsplit(url).hostname:
            raise SettingsError("SMTP_URL is smtp://user:password@host:587 or smtps://….")
        return url

    def _base_url(self, env: Env, port: int) -> str:
        url = self._required("BASE_URL", env, f"http://localhost:{port}").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingsError(
                f"BASE_URL is {url!r}; it is the address customers reach, like https://ask.example.com."
            )
        if env is Env.PRODUCTION and parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
            raise SettingsError("BASE_URL is not https; links in letters and one-click unsubscribe need https.")
        return url

    def _secret_keys(self, env: Env, instance: Path) -> tuple[str, ...]:
        newest = self._get("SECRET_KEY")
        if not newest and env is Env.DEVELOPMENT:
            newest = development_secret(instance)
        if len(newest) < SHORTEST_SECRET:
            raise SettingsError(f"SECRET_KEY is missing or short; give at least {SHORTEST_SECRET} random characters.")
        return (newest, *self._get("SECRET_KEY_FALLBACKS").replace(",", " ").split())

    def _clock_offset(self, env: Env) -> timedelta:
        value = self._get("CLOCK_OFFSET")
        if not value:
            return timedelta()
        if env is Env.PRODUCTION:
            raise SettingsError("CLOCK_OFFSET is set; it is for development only.")
        try:
            return parse_duration(value)
        except ValueError as error:
            raise SettingsError(f"CLOCK_OFFSET is {error}.") from None

    def _log_format(self, env: Env) -> LogFormat:
        value = self._get("LOG_FORMAT") or (LogFormat.JSON if env is Env.PRODUCTION else LogFormat.TEXT)
        if value not in set(LogFormat):
            raise SettingsError(f"LOG_FORMAT is {value!r}; it is text or json.")
        return LogFormat(value)

    def _required(self, name: str, env: Env, default: str) -> str:
        value = self._get(name)
        if not value and env is Env.PRODUCTION:
            raise SettingsError(f"{name} is not set; production has no default for it.")
        return value or default
