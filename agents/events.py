"""Events of all topics under their right keys, with `keying: repartition`."""

from streams.worker.intake import AgentFunction, Batches, Intake


def agent(intake: Intake) -> AgentFunction:
    """Return the agent of the internal topic `events`: decode, admit, apply, batch after batch."""

    async def events(batches: Batches) -> None:
        async for batch in batches.events():
            await intake.take(batch.message.tp, batch.value)

    return events
