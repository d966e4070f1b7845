"""`deskpulse` with a worker in which a fault is planted: python -m tests.integration.program NAME.

The faults are planted here and nowhere else: the product has no switch for them.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aiokafka import TopicPartition

from streams.commands.configuration import read_settings
from streams.worker.app import Variation, run
from streams.worker.batch import Batch
from streams.worker.fence import Fence, Rows
from streams.worker.inputs import Standing
from streams.worker.intake import Intake
from streams.worker.log import set_up_logging
from streams.worker.positions import Beginning, Covered
from streams.worker.shard import Shard

# A worker that finds this file stands still in the middle of a checkpoint, once.
PAUSE_FILE: Final = "DESKPULSE_TEST_PAUSE_FILE"

logger = logging.getLogger("streams.test")


def asked_to_pause() -> bool:
    """Return whether the file is there, and take it away."""
    pause = Path(os.environ[PAUSE_FILE])
    if not pause.exists():
        return False
    pause.unlink()
    return True


class PausingFence(Fence):
    """Stands still between the encoding of a checkpoint and its writing.

    What it then writes is under way, so a stop waits for it.
    """

    def __init__(self, client: Mapping[str, Any], name: str) -> None:
        super().__init__(client, name)
        self._under_way = asyncio.Lock()

    async def write(self, rows: Rows) -> None:
        async with self._under_way:
            if asked_to_pause():
                logger.info("standing still")
                os.kill(os.getpid(), signal.SIGSTOP)
            await super().write(rows)

    async def stop(self) -> None:
        async with self._under_way:
            await super().stop()


class NoFence(PausingFence):
    """An idempotent producer without a transactional id: nobody is fenced."""

    def _identity(self, name: str) -> dict[str, Any]:
        return {"enable_idempotence": True}

    async def _begin(self) -> None:
        """Begin nothing."""

    async def _commit(self) -> None:
        """Commit nothing."""

    def _failure(self) -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()


class SkippingIntake(Intake):
    """Loses the first batch of each partition, as Faust may do around a rebalance."""

    lost: set[TopicPartition]

    async def take(self, source: TopicPartition, batch: Batch) -> None:
        self.lost = getattr(self, "lost", set())
        if batch.records and source not in self.lost:
            self.lost.add(source)
            logger.info("lost a batch of %s[%d]", *source)
            return
        await super().take(source, batch)


def believe(shard: Shard, source: TopicPartition, begin: int) -> bool:
    """Take every batch as it comes: the guard is off."""
    return False


def trust(
    found: Mapping[TopicPartition, Standing],
    covered: Covered,
    is_internal: Callable[[str], bool],
) -> dict[TopicPartition, Beginning]:
    """Go on where the group stands, whatever the changelog holds: the guard is off."""
    return {
        source: Beginning(standing.first if standing.committed is None else standing.committed)
        for source, standing in found.items()
    }


VARIATIONS: Final = {
    "plain": Variation(),
    "trusting": Variation(beginnings=trust),
    "pausing": Variation(fence=PausingFence),
    "unfenced": Variation(fence=NoFence),
    "no-fence": Variation(fence=NoFence, beginnings=trust),
    "skipping": Variation(intake=SkippingIntake),
    "no-guard": Variation(intake=SkippingIntake, guard=believe),
}


def main() -> None:
    """Run: NAME worker --config FILE."""
    name, _, _, config = sys.argv[1:]
    set_up_logging()
    run(read_settings(Path(config)), variation=VARIATIONS[name])


if __name__ == "__main__":
    main()
