"""What people read in their chat, in the order in which it came."""

import asyncio
import re
from queue import Queue
from typing import Final, NamedTuple

from streams.artifacts.rules import ALERTS
from tests.monitoring.alertmanager import Message
from tests.rules.tools import checked_in

PATIENCE: Final = 60.0
OVER: Final = re.compile(r"^• Until \d\d:\d\d UTC: ")
WHAT_TO_DO: Final = "What to do: "
OF_THE_SERVICE: Final = {
    rule["annotations"]["summary"]
    for rule in checked_in(ALERTS)
    if rule["labels"]["component"] == "service"
}


class Told(NamedTuple):
    """One message: where it was written, and its title and text."""

    channel: str
    title: str
    text: str

    @property
    def facts(self) -> set[str]:
        """What it says, a line an alert, whether it begins or is over."""
        lines = self.text.splitlines()
        return {
            OVER.sub("", line).removeprefix("• ")
            for line in lines
            if not line.startswith(WHAT_TO_DO)
        }


class Chat:
    """Everything that was told so far."""

    def __init__(self, messages: "Queue[Message]") -> None:
        self._messages = messages
        self._told: list[Told] = []

    @property
    def told(self) -> list[Told]:
        """Every message so far."""
        while not self._messages.empty():
            message = self._messages.get()
            attachment = message["attachments"][0]
            self._told.append(Told(message["channel"], attachment["title"], attachment["text"]))
        return list(self._told)

    @property
    def about_the_service(self) -> list[Told]:
        """The messages so far about the service that customers get."""
        return [each for each in self.told if each.title.partition(": ")[2] in OF_THE_SERVICE]

    @property
    def ends_of_the_service(self) -> list[Told]:
        """Those that say that something is over."""
        return [each for each in self.about_the_service if each.title.startswith("Over: ")]

    def about(self, title: str) -> list[Told]:
        """Return the messages so far that have a title."""
        return [each for each in self.told if each.title == title]

    async def until(self, channel: str, title: str) -> Told:
        """Wait for the first message with a title in a channel, and return it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for each in self.about(title):
                        if each.channel == channel:
                            return each
                    await asyncio.sleep(0.05)
        except TimeoutError:
            so_far = "\n".join(map(repr, self.told))
            raise TimeoutError(f"{title!r} was not told in {channel}, but\n{so_far}") from None
