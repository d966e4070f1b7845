"""Commands run to their end."""

import asyncio
import subprocess
from pathlib import Path

from tests.integration.workers import COMMAND


async def deskpulse(
    *arguments: str | Path, given: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run a command with `given` as its standard input, and return what it wrote."""
    return await asyncio.to_thread(
        subprocess.run,
        [*COMMAND, *map(str, arguments)],
        input=given.decode(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
