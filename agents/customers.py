"""Customers: what tickets of all partitions say about them, from our own internal topic."""

from streams.worker.intake import AgentFunction, Batches, Intake


def agent(intake: Intake) -> AgentFunction:
    """Return the agent of the internal topic `customers`: statements, batch after batch."""

    async def customers(batches: Batches) -> None:
        async for batch in batches.events():
            await intake.accept(batch.message.tp, batch.value)

    return customers
