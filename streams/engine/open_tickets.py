"""The unresolved tickets of a partition as fixed rows: all levels are functions of them and t."""

import struct
from typing import Final

from streams.entities.attributes import CHANNEL, PRIORITY, QUEUE, label_now
from streams.entities.rules import Rules
from streams.entities.sla import OpenClock
from streams.entities.ticket import Ticket

# status, queue, channel, priority, created, waiting since; per target: policy, its instant.
ROW: Final = struct.Struct("<hhhhqqhhhhqqq")
SIZE: Final[int] = ROW.size
NO_POLICY: Final = -1
FREE_STATUS: Final = -1
FREE: Final = ROW.pack(FREE_STATUS, 0, 0, 0, 0, 0, -1, -1, -1, 0, 0, 0, 0)


class OpenTickets:
    """Rows of unresolved tickets, by subject; freed rows are used again."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.table = bytearray()
        self._free: list[int] = []

    def put(self, key: str, ticket: Ticket, clocks: list[OpenClock], rules: Rules) -> None:
        """Write the row of an unresolved ticket."""
        row = self.rows.get(key, -1)
        if row < 0:
            row = self._take_row()
            self.rows[key] = row
        policies = [NO_POLICY, NO_POLICY, NO_POLICY]
        instants = [0, 0, 0]
        for clock in clocks:
            policies[clock.target] = clock.rule.number
            instants[clock.target] = clock.at
        lines = ticket.lines
        ROW.pack_into(
            self.table,
            row * SIZE,
            ticket.status,
            rules.queue.code(label_now(lines[QUEUE])),
            rules.channel.code(label_now(lines[CHANNEL])),
            rules.priority.code(label_now(lines[PRIORITY])),
            ticket.created,
            ticket.waiting,
            policies[0],
            policies[1],
            policies[2],
            0,
            instants[0],
            instants[1],
            instants[2],
        )

    def remove(self, key: str) -> None:
        """Free the row of a ticket that no level shows; no-op without one."""
        row = self.rows.pop(key, -1)
        if row >= 0:
            self.table[row * SIZE : row * SIZE + SIZE] = FREE
            self._free.append(row)

    def _take_row(self) -> int:
        if not self._free:
            count = len(self.table) // SIZE
            more = max(64, count // 4)
            self.table += FREE * more
            self._free.extend(range(count + more - 1, count - 1, -1))
        return self._free.pop()
