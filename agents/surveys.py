"""Surveys: what went out to customers and what came back."""

from streams.worker.intake import AgentFunction, Batches, Intake


def agent(intake: Intake) -> AgentFunction:
    """Return the agent of the topic `surveys`: decode, admit, apply, batch after batch."""

    async def surveys(batches: Batches) -> None:
        async for batch in batches.events():
            await intake.take(batch.message.tp, batch.value)

    return surveys
