"""Each check of a page is silent on a good page and finds the fault that is planted for it."""

from functools import cache
from typing import Final

import pytest

from schemas.policy import Policy
from streams.exposition.families import Format
from tests.engine_numbers import fed
from tests.exposition import page_checks
from tests.exposition.page_checks import CHECKS, documented_labels, faults, scrape_limits
from tests.exposition.pages import AT, whole_page
from tests.integration.events import ticket

REPLY: Final = "helpdesk_rolling_reply_time_seconds"
WAIT: Final = 'priority="none",queue="tech",window="1d"'
LEVEL: Final = "helpdesk_pipeline_entities"
FORMS: Final[tuple[Format, ...]] = ("text", "openmetrics")


@cache
def good(form: Format) -> str:
    """Return the page of a worker that knows one ticket."""
    hour = 3_600_000
    return whole_page(fed(ticket(1, AT - 2 * hour), Policy(), AT), AT, form).decode()


def line(form: Format, beginning: str) -> str:
    """Return the line of the good page that begins so."""
    (found,) = [each for each in good(form).splitlines(True) if each.startswith(beginning)]
    return found


def complaints(page: str, form: Format) -> set[str]:
    """Return the names of the checks that find a fault."""
    return {fault.partition(":")[0] for fault in faults(page.encode(), form)}


@pytest.mark.parametrize("form", FORMS)
def test_a_good_page_has_no_fault(form: Format) -> None:
    assert faults(good(form).encode(), form) == []
    assert good(form).count(f"{REPLY}_bucket") > 12


# The check that has to find it, the beginning of a line, and what becomes of the line.
PLANTED: Final = (
    ("lines", f"{LEVEL}{{", ("\n", "{line}")),
    ("lines", f"{LEVEL}{{", ("{line}", "{line}", "{line}ä 1\n")),
    ("lines", f"# TYPE {LEVEL} ", ("{line}", "# UNIT of nothing\n")),
    ("series", f"{LEVEL}{{", ("{line}", "{line}")),
    ("series", f"{LEVEL}{{", ("{line}", f'{LEVEL}{{kind="ticket",label=""}} 7.0\n')),
    ("families", f"# HELP {LEVEL} ", ("{line}", "{line}")),
    ("families", f"# HELP {LEVEL} ", ("",)),
    ("families", f"# HELP {LEVEL} ", (f"# HELP {LEVEL}  \n",)),
    ("families", f"# TYPE {LEVEL} ", ("",)),
    ("families", f"# TYPE {LEVEL} ", (f"# TYPE {LEVEL} counted\n",)),
    ("families", f"{LEVEL}{{", ("{line}", "helpdesk_customers 1\n")),
    ("buckets", f'{REPLY}_bucket{{le="+Inf",{WAIT}', ("",)),
    ("buckets", f'{REPLY}_bucket{{le="60.0",{WAIT}', (f'{REPLY}_bucket{{le="60",{WAIT}}} 1.0\n',)),
    ("buckets", f'{REPLY}_bucket{{le="60.0",{WAIT}', (f'{REPLY}_bucket{{le="60.0",{WAIT}}} 9\n',)),
    (
        "buckets",
        f'{REPLY}_bucket{{le="60.0",{WAIT}',
        (f'{REPLY}_bucket{{le="301.0",{WAIT}}} 0\n',),
    ),
    ("buckets", f"{REPLY}_gcount{{{WAIT}", (f"{REPLY}_gcount{{{WAIT}}} 7\n",)),
    ("buckets", f"{REPLY}_gcount{{{WAIT}", ("",)),
    ("buckets", f"{REPLY}_gsum{{{WAIT}", ("",)),
    ("labels", f"{LEVEL}{{", (f'{LEVEL}{{customer="ann"}} 1\n',)),
    ("labels", f"{LEVEL}{{", (f'{LEVEL}{{kind="a",kind="b"}} 1\n',)),
    ("labels", f"{LEVEL}{{", (f'{LEVEL}{{__kind="a"}} 1\n',)),
    ("labels", f"{LEVEL}{{", (f'{LEVEL}{{kind="a",le="1.0"}} 1\n',)),
    ("labels", f"{LEVEL}{{", (f'{LEVEL}{{kind="{"ä" * 101}"}} 1\n',)),
    ("values", f"{LEVEL}{{", (f'{LEVEL}{{kind="ticket"}} NaN\n',)),
    ("values", f"{LEVEL}{{", (f'{LEVEL}{{kind="ticket"}} much\n',)),
    ("values", f"{LEVEL}{{", (f'{LEVEL}{{kind="ticket"}} 4.0 1795000000\n',)),
    (
        "values",
        "helpdesk_pipeline_events_late_total",
        ("helpdesk_pipeline_events_late_total -1\n",),
    ),
    ("documented", "helpdesk_pipeline_ready", ("helpdesk_pipeline_unready 1\n",)),
    ("documented", f"{LEVEL}{{", (f'{LEVEL}{{species="ticket"}} 1\n',)),
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("check", "beginning", "becomes"), PLANTED)
def test_a_planted_fault_is_found(
    form: Format, check: str, beginning: str, becomes: tuple[str, ...]
) -> None:
    """Others may complain too: a fault seldom comes alone."""
    old = line(form, beginning)
    new = "".join(becomes).replace("{line}", old)
    assert check in complaints(good(form).replace(old, new), form)


@pytest.mark.parametrize("form", FORMS)
def test_the_end_of_a_page_is_checked(form: Format) -> None:
    page = good(form)
    assert complaints(page[:-1], form) == {"lines"}
    assert complaints(page + "\n", form) == {"lines"}
    assert complaints(page + "# EOF\n", form) == {"lines"}
    unmarked = complaints(page.replace("# EOF\n", ""), form)
    assert unmarked == ({"lines"} if form == "openmetrics" else set())


@pytest.mark.parametrize("form", FORMS)
def test_buckets_of_two_histograms_in_turn_are_found(form: Format) -> None:
    first = line(form, f'{REPLY}_bucket{{le="60.0",{WAIT}')
    other = line(form, f'{REPLY}_bucket{{le="60.0",priority="none",queue="tech",window="7d"')
    assert complaints(good(form).replace(other, "").replace(first, first + other), form) == {
        "together"
    }


def test_bytes_that_are_no_text_are_found() -> None:
    assert faults(b'helpdesk_customers{queue="\xff"} 1\n', "text")[0].startswith("utf-8: ")


def test_too_many_series_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {**scrape_limits(), "sample_limit": 10}
    monkeypatch.setattr(page_checks, "scrape_limits", lambda: few)
    assert complaints(good("text"), "text") == {"budget"}


def test_every_check_has_its_planted_fault() -> None:
    """Those with a test of their own besides."""
    assert {check for check, _, _ in PLANTED} | {"together", "budget"} == CHECKS.keys()


def test_the_reference_is_read_as_it_is_written() -> None:
    reference = documented_labels()
    assert reference[REPLY] == {"queue", "priority", "window"}
    assert reference["helpdesk_pipeline_events_total"] == {"topic", "outcome"}
    assert reference["helpdesk_pipeline_ready"] == set()
