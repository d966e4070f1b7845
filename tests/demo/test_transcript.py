"""What the demo writes: one living line in a terminal, plain lines elsewhere."""

import io

from streams.demo.transcript import CLEAR, Transcript


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class ClosedTerminal(Screen):
    """A terminal whose window was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_elsewhere_there_are_only_lines_that_stay() -> None:
    """A log shows no control characters, and a download not a line for every megabyte."""
    stream = io.StringIO()
    transcript = Transcript(stream)
    for megabytes in range(3):
        transcript.progress(f"Downloading: {megabytes} MB")
    transcript.progress("Starting")
    transcript.say("topics", "7 created")
    transcript.status("Thu 09:00")
    transcript.end("Over.")
    assert [line.strip() for line in stream.getvalue().splitlines()] == [
        "Downloading: 0 MB",
        "Starting",
        "topics     7 created",
        "Over.",
    ]


def test_a_terminal_keeps_the_living_line_below_the_others() -> None:
    screen = Screen()
    transcript = Transcript(screen)
    transcript.status("Thu 09:00")
    transcript.tell("worker 1 killed")
    transcript.end("Over.")
    assert screen.getvalue() == (
        f"{CLEAR}Thu 09:00{CLEAR}worker 1 killed\nThu 09:00{CLEAR}Over.\n"
    )


def test_a_closed_terminal_is_no_fault() -> None:
    """There are still processes to end."""
    Transcript(ClosedTerminal()).tell("Ending")
