"""`deskpulse demo` from end to end: set up, play, and leave nothing behind."""

import asyncio
import os
import secrets
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from schemas.scalars import SECOND
from streams.demo.broker import Broker, given_cluster
from streams.demo.kafka_distribution import BrokerError
from streams.demo.keyboard import keys
from streams.demo.processes import HOST, free_port
from streams.demo.show import Cluster, DemoError, Show
from streams.demo.signals import Signals, Stopped
from streams.demo.transcript import Transcript

if TYPE_CHECKING:
    from streams.demo.page import Server

PORT: Final = 8080
# Two workers start in some five seconds; on a machine under load it may take long.
PATIENCE_SECONDS: Final = 180.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked for; `duration` in milliseconds from when all is ready, None: no end."""

    duration: int | None
    port: int | None
    browser: bool


def run(options: Options) -> int:
    """Play the demo; return 0 if the numbers were always equal or the user left earlier.

    Raises DeskpulseError.
    """
    began = monotonic()
    transcript = Transcript(sys.stdout)
    port = page_port(options.port)
    with Signals() as signals:
        try:
            with tempfile.TemporaryDirectory(prefix="deskpulse-demo-") as directory:
                place = Path(directory)
                with kafka(place, os.environ, transcript) as cluster:
                    show = Show(place, cluster, transcript)
                    asyncio.run(play(show, options, port, signals, transcript))
        except Stopped:
            transcript.tell("Ended before it began; nothing is left behind.")
            return 0
        except BrokerError as error:
            raise DemoError(str(error)) from error
    seconds = monotonic() - began
    transcript.end(f"{show.summary()}; ended after {seconds:.0f} s, nothing is left behind.")
    return 1 if show.judge.unequal else 0


def page_port(wanted: int | None) -> int:
    """Return the page's port: the wanted one, else 8080, else a free one. Raises DemoError."""
    if find_spec("nicegui") is None:
        raise DemoError(
            "The live page needs the Python package nicegui, which is not installed.",
            'Install the extra: pip install "deskpulse[demo]".',
        )
    found = free_port(wanted or PORT)
    if wanted is not None and found != wanted:
        raise DemoError(
            f"Somebody listens on port {wanted} already.",
            "Choose another --port, or leave it out.",
        )
    return found


@contextmanager
def kafka(
    directory: Path, environment: Mapping[str, str], transcript: Transcript
) -> Iterator[Cluster]:
    """Start a broker, or use the given cluster, there with topics under a name of our own."""
    given = given_cluster(environment)
    if given is not None:
        prefix = f"deskpulse-demo-{secrets.token_hex(4)}."
        servers = given.bootstrap_servers
        transcript.say("kafka", f"{servers}  yours; topics {prefix}* until the end")
        yield Cluster(servers, prefix, own=False)
        return
    began = monotonic()
    with Broker.start(directory / "broker", on_progress=transcript.progress) as broker:
        servers = broker.bootstrap_servers
        seconds = monotonic() - began
        transcript.status("")
        transcript.say("broker", f"{servers}  embedded, for this demo only  {seconds:.1f} s")
        yield Cluster(servers, "helpdesk.", own=True)


async def play(
    show: Show, options: Options, port: int, signals: Signals, transcript: Transcript
) -> None:
    """Play until a signal, a key or the end of the duration. Raises what goes wrong."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals.on_signal = partial(loop.call_soon_threadsafe, stop.set)
    performance = asyncio.create_task(perform(show, options, port, stop, transcript))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({performance, stopping}, return_when=asyncio.FIRST_COMPLETED)
    signals.on_signal = lambda: None
    await ended(performance)


async def perform(
    show: Show, options: Options, port: int, stop: asyncio.Event, transcript: Transcript
) -> None:
    """Set up the show and its page, and watch it until the duration is over."""
    async with AsyncExitStack() as stack:
        playing = asyncio.create_task(show.play())
        stack.push_async_callback(ended, playing)
        opening = asyncio.create_task(asyncio.to_thread(open_page, show, port))
        stack.push_async_callback(close_page, opening)
        page = await asyncio.shield(opening)
        await until_ready(show, playing)
        if options.browser and has_display(os.environ):
            webbrowser.open(page.address)
        metrics = "  ".join(f"{address}/metrics" for address in show.addresses)
        transcript.tell(f"Page      {page.address}\nMetrics   {metrics}")
        with keys({"k": show.kill_one, "s": show.start_all, "q": stop.set}) as keyboard:
            transcript.tell(
                f"{'Press k to' if keyboard else 'On the page:'} kill a worker. The numbers will "
                f"not change. {'s starts it again, q' if keyboard else 'Ctrl-C'} ends everything."
            )
            seconds = None if options.duration is None else options.duration / SECOND
            await asyncio.wait({playing}, timeout=seconds)


async def until_ready(show: Show, playing: asyncio.Task[None]) -> None:
    """Wait until all partitions are counted. Raises DemoError, or what the play raised."""
    ready = asyncio.create_task(show.complete.wait())
    try:
        await asyncio.wait(
            {playing, ready}, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if playing.done():
            playing.result()
        elif not ready.done():
            raise DemoError(
                f"The workers are not ready after {PATIENCE_SECONDS:.0f} s.", show.last_lines()
            )
    finally:
        await ended(ready)


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task that still runs and wait for its end. Raises what it raised."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def open_page(show: Show, port: int) -> "Server":
    """Serve the page."""
    # NiceGUI takes a second or two to load: meanwhile the workers start.
    from streams.demo.page import Server  # noqa: PLC0415

    server = Server(show, host=HOST, port=port)
    server.start()
    return server


async def close_page(opening: "asyncio.Task[Server]") -> None:
    """Wait until the page is open, and close it."""
    server = await opening
    await asyncio.to_thread(server.stop)


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether a browser would open a window, rather than take over the terminal."""
    return sys.platform in ("darwin", "win32") or any(
        environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
