"""The stories can fail: a worker that loses events is found out, and so is a false word."""

import sys
from queue import Queue

import pytest

from tests.end_to_end import chat as chat_module
from tests.end_to_end import sight
from tests.end_to_end.chat import Chat
from tests.end_to_end.overdue import ACT_NOW, OVER, let_be_overdue
from tests.end_to_end.sight import recorded_wrongly, seen_wrongly
from tests.end_to_end.stack import running
from tests.integration.conftest import Site
from tests.monitoring.alertmanager import Message

LOSING = (sys.executable, "-m", "tests.integration.program", "no-guard")


@pytest.mark.slow
@pytest.mark.promtool
@pytest.mark.alertmanager
async def test_events_that_a_worker_loses_are_missed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first tickets of each partition are lost, so the number that is told is too small."""
    monkeypatch.setattr(sight, "GRACE_SECONDS", 0.0)
    async with running(site, *LOSING) as stack:
        facts = await let_be_overdue(stack, range(8), range(8, 16))
        assert (await stack.chat.until("#on-call", ACT_NOW)).facts != facts
        seen, recorded = await seen_wrongly(stack), await recorded_wrongly(stack)
        assert any("helpdesk_sla_overdue{" in line for line in seen)
        assert any(
            line.startswith("job_queue:helpdesk_tickets_unresolved:sum") for line in recorded
        )


def heard(*titles: str) -> Chat:
    """Return a chat in which messages of these titles came."""
    messages: Queue[Message] = Queue()
    for title in titles:
        text = "• 3 ticket(s) wait.\n• Until 15:04 UTC: 2 ticket(s) wait.\nWhat to do: look"
        messages.put({"channel": "#on-call", "attachments": [{"title": title, "text": text}]})
    return Chat(messages)


def test_a_message_says_its_facts_whether_they_begin_or_end() -> None:
    (told,) = heard(ACT_NOW).told
    assert told.facts == {"3 ticket(s) wait.", "2 ticket(s) wait."}


def test_an_end_that_is_told_of_the_service_is_found() -> None:
    chat = heard(ACT_NOW, "Over: No worker answers.", OVER)
    assert [each.title for each in chat.ends_of_the_service] == [OVER]
    assert [each.title for each in chat.about_the_service] == [ACT_NOW, OVER]


async def test_what_was_told_instead_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_module, "PATIENCE", 0.1)
    with pytest.raises(TimeoutError, match="No worker answers"):
        await heard("Over: No worker answers.").until("#on-call", ACT_NOW)
