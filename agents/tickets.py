"""Tickets: all that happens to a ticket."""

from streams.worker.intake import AgentFunction, Batches, Intake


def agent(intake: Intake) -> AgentFunction:
    """Return the agent of the topic `tickets`: decode, admit, apply, batch after batch."""

    async def tickets(batches: Batches) -> None:
        async for batch in batches.events():
            await intake.take(batch.message.tp, batch.value)

    return tickets
