"""Calls: telephone calls, answered and abandoned."""

from streams.worker.intake import AgentFunction, Batches, Intake


def agent(intake: Intake) -> AgentFunction:
    """Return the agent of the topic `calls`: decode, admit, apply, batch after batch."""

    async def calls(batches: Batches) -> None:
        async for batch in batches.events():
            await intake.take(batch.message.tp, batch.value)

    return calls
