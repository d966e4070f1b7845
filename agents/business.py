"""Business: orders, costs, reviews, complaints, feedback, mentions, channels."""

from streams.worker.intake import AgentFunction, Batches, Intake


def agent(intake: Intake) -> AgentFunction:
    """Return the agent of the topic `business`: decode, admit, apply, batch after batch."""

    async def business(batches: Batches) -> None:
        async for batch in batches.events():
            await intake.take(batch.message.tp, batch.value)

    return business
