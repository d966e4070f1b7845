"""Stock Faust with an agent that does nothing, as its documentation begins.

A process of its own: `python -m bench.peers.faust_noop SERVERS TOPIC GROUP EVENTS DIRECTORY`.
"""

import asyncio
import os
import sys
from time import perf_counter, process_time

import faust

from bench.measured import Cost


def application(servers: str, topic: str, group: str, events: int, directory: str) -> faust.App:
    """Return an app that reads `events` events, prints what they cost, and ends the process."""
    app = faust.App(
        group,
        broker=f"kafka://{servers}",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        datadir=directory,
    )

    async def nothing(stream: faust.StreamT[object]) -> None:
        seen, cpu, wall = 0, 0.0, 0.0
        async for _ in stream:
            if seen == 0:
                cpu, wall = process_time(), perf_counter()
            seen += 1
            if seen > events:
                cost = Cost(events, process_time() - cpu, perf_counter() - wall)
                print(cost.json(), flush=True)
                # Faust would first commit, leave the group and wait for its services.
                os._exit(0)

    app.agent(app.topic(topic), name="nothing")(nothing)
    return app


async def run(app: faust.App) -> None:
    """Run the app until its agent ends the process."""
    await app.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    servers, topic, group, events, directory = sys.argv[1:]
    asyncio.run(run(application(servers, topic, group, int(events), directory)))
