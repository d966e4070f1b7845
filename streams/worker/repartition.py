"""`keying: repartition`: events under any key or none go through an internal topic of ours.

For producers that cannot key. Each record is decoded, written under its entity's key to the
internal topic, and read again from there like any other event. It is written in the transaction
of the shard that read it, before its offset is committed: what is written twice after a crash
is one event all the same.
"""

from collections.abc import Sequence

from aiokafka import TopicPartition

from schemas.decode import decode_bound
from schemas.events import Event
from schemas.registry import kafka_key
from schemas.rejected import Rejected
from streams.worker.batch import Record
from streams.worker.fence import Row
from streams.worker.intake import Intake
from streams.worker.shard import Shard


class Repartition(Intake):
    """Takes batches of events and hands them on under their keys, instead of applying them."""

    def _decoded(self, record: Record) -> Event | Rejected:
        return decode_bound(record.value, record.headers)

    def _apply(self, shard: Shard, source: TopicPartition, records: Sequence[Record]) -> None:
        now = self._clock()
        for record in records:
            event = self._admitted(record, now)
            if isinstance(event, Rejected):
                self._refuse(shard, record, event)
            else:
                shard.rekey(Row(kafka_key(event), record.value, tuple(record.headers)))
