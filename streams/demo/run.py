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
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import click

from schemas.scalars import SECOND
from streams.demo.broker import Broker, given_cluster
from streams.demo.keyboard import keys
from streams.demo.processes import HOST, free_port
from streams.demo.show import DemoError, Show
from streams.demo.signals import Signals, Stopped

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


@dataclass(frozen=True)
class Cluster:
    """The Kafka of the demo; `own`: started for it and ended with it."""

    servers: str
    prefix: str
    own: bool


def run(options: Options) -> int:
    """Play the demo; return 0 if the numbers were always equal or the user left earlier.

    Raises BrokerError, DemoError, Failure or OSError with a message for the user.
    """
    began = monotonic()
    with Signals() as signals:
        try:
            with tempfile.TemporaryDirectory(prefix="deskpulse-demo-") as directory:
                place = Path(directory)
                with kafka(place, os.environ) as cluster:
                    show = Show(place, servers=cluster.servers, prefix=cluster.prefix, say=say)
                    asyncio.run(play(show, options, signals, cluster))
        except Stopped:
            tell("Ended before it began; nothing is left behind.")
            return 0
    tell(f"{show.summary()}; ended after {monotonic() - began:.0f} s, nothing is left behind.")
    return 1 if show.judge.unequal else 0


@contextmanager
def kafka(directory: Path, environment: Mapping[str, str]) -> Iterator[Cluster]:
    """Start a broker, or use the given cluster, there with topics under a name of our own."""
    given = given_cluster(environment)
    if given is not None:
        prefix = f"deskpulse-demo-{secrets.token_hex(4)}."
        say("kafka", f"{given.bootstrap_servers}  yours; topics {prefix}* until the end")
        yield Cluster(given.bootstrap_servers, prefix, own=False)
        return
    began = monotonic()
    with Broker.start(directory / "broker", on_progress=progress) as broker:
        seconds = monotonic() - began
        say("broker", f"{broker.bootstrap_servers}  embedded, for this demo only  {seconds:.1f} s")
        yield Cluster(broker.bootstrap_servers, "helpdesk.", own=True)


async def play(show: Show, options: Options, signals: Signals, cluster: Cluster) -> None:
    """Play until a signal, a key or the end of the duration. Raises what goes wrong."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals.on_signal = partial(loop.call_soon_threadsafe, stop.set)
    performance = asyncio.create_task(perform(show, options, stop, cluster))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({performance, stopping}, return_when=asyncio.FIRST_COMPLETED)
    signals.on_signal = lambda: None
    await ended(performance)


async def perform(show: Show, options: Options, stop: asyncio.Event, cluster: Cluster) -> None:
    """Set up the show and its page, and watch it until the duration is over."""
    async with AsyncExitStack() as stack:
        playing = asyncio.create_task(show.play(leave_topics=cluster.own))
        stack.push_async_callback(ended, playing)
        opening = asyncio.create_task(asyncio.to_thread(open_page, show, options.port))
        stack.push_async_callback(close_page, opening)
        page = await asyncio.shield(opening)
        ready = asyncio.create_task(show.complete.wait())
        stack.push_async_callback(ended, ready)
        await asyncio.wait(
            {playing, ready}, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if not ready.done() and not playing.done():
            raise DemoError(
                f"The workers are not ready after {PATIENCE_SECONDS:.0f} s.\n{show.last_lines()}"
            )
        if not playing.done():
            metrics = "  ".join(f"{address}/metrics" for address in show.addresses)
            tell(f"Page      {page.address}\nMetrics   {metrics}")
            if options.browser and has_display(os.environ):
                webbrowser.open(page.address)
        with keys({"k": show.kill_one, "s": show.start_all, "q": stop.set}) as keyboard:
            tell(
                f"{'Press k to' if keyboard else 'On the page:'} kill a worker. The numbers will "
                f"not change. {'s starts it again, q' if keyboard else 'Ctrl-C'} ends everything."
            )
            seconds = None if options.duration is None else options.duration / SECOND
            await asyncio.wait({playing}, timeout=seconds)
        if playing.done():
            playing.result()


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task that still runs and wait for its end. Raises what it raised."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def open_page(show: Show, port: int | None) -> "Server":
    """Serve the page on `port`, by default 8080 or, if that is taken, another one."""
    # NiceGUI takes a second or two to load: meanwhile the workers start.
    from streams.demo.page import Server  # noqa: PLC0415

    server = Server(show, host=HOST, port=free_port(PORT) if port is None else port)
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


def tell(text: str) -> None:
    """Write to the terminal, if there still is one."""
    with suppress(OSError):
        click.echo(text)


def say(what: str, text: str) -> None:
    """Write a line about a part of the demo."""
    tell(f"  {what:<10} {text}")


def progress(text: str) -> None:
    """Write what is done at present."""
    say("", text)
