from collections.abc import Callable

import pytest

from schemas.policy import Policy
from tests.engine_numbers import replayed
from tests.story import Story

Tell = Callable[..., Story]


@pytest.fixture
def tell() -> Tell:
    """Return what tells a story to the engine, as a replay does."""

    def story(table: str, policy: Policy | None = None) -> Story:
        return Story(replayed, table, policy)

    return story
