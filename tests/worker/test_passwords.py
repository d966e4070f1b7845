"""Users and passwords against bcrypt hashes."""

import asyncio
import base64
from threading import Event
from typing import Final

import bcrypt
import pytest

from streams.worker import passwords as module
from streams.worker.passwords import WAITING_MAX, Busy, Passwords

CHEAP: Final = 4
LONG: Final = "p" * 80


def hashed(password: str, cost: int = CHEAP, form: bytes = b"2b") -> str:
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(cost, form)).decode()


USERS: Final = {
    "ann": hashed("right"),
    "bob": hashed("other", CHEAP + 1),
    "żaneta": hashed("zażółć"),
    "cy": hashed(LONG, form=b"2a"),
    "dora": hashed("right").replace("$2b$", "$2y$"),
}


class Costs:
    """The costs of the hashes that bcrypt worked on, and a gate that holds it up."""

    def __init__(self) -> None:
        self.paid: list[int] = []
        self.gate = Event()
        self.gate.set()
        self.running = 0

    def check(self, password: bytes, hashed_password: bytes) -> bool:
        self.running += 1
        assert self.running == 1, "one at a time"
        self.gate.wait()
        self.paid.append(int(hashed_password.split(b"$")[2]))
        self.running -= 1
        return bcrypt.checkpw(password, hashed_password)


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Costs:
    watched = Costs()

    class Watched:
        checkpw = staticmethod(watched.check)

    monkeypatch.setattr(module, "bcrypt", Watched)
    return watched


def header(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("user", "password"),
    [("ann", "right"), ("bob", "other"), ("żaneta", "zażółć"), ("cy", LONG), ("dora", "right")],
)
async def test_the_right_password_opens(user: str, password: str) -> None:
    """Also one beyond ASCII, one beyond what bcrypt looks at, and each form of a hash."""
    assert await Passwords(USERS).accept(header(user, password))


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !",
        "Basic YW5u",
        "Bearer right",
        "Basic /////w==",
        header("ann", ""),
        header("ann", "Right"),
        header("ann", "right "),
        header("ann", "right\0"),
        header("ann", USERS["ann"]),
        header("bob", "right"),
        header("Ann", "right"),
        header("", "right"),
        header("eve", "right"),
        header("eve", "other"),
    ],
)
async def test_anything_else_does_not(authorization: str) -> None:
    """Nor does an unknown user with the password of the hash that it is compared with."""
    assert not await Passwords(USERS).accept(authorization)


async def test_a_password_is_checked_once(costs: Costs) -> None:
    """A scrape every 15 s costs a digest; a wrong password is never remembered."""
    passwords = Passwords(USERS)
    for _ in range(3):
        assert await passwords.accept(header("ann", "right"))
    assert costs.paid == [CHEAP]
    for _ in range(2):
        assert not await passwords.accept(header("ann", "wrong"))
    assert costs.paid == [CHEAP] * 3
    assert await passwords.accept(header("ann", "right"))
    assert costs.paid == [CHEAP] * 3


async def test_an_unknown_user_costs_as_much_as_the_dearest_one(costs: Costs) -> None:
    """Who asks cannot tell by the time whether there is such a user."""
    assert not await Passwords(USERS).accept(header("eve", "right"))
    assert costs.paid == [CHEAP + 1]


async def test_what_is_remembered_is_no_password() -> None:
    passwords = Passwords(USERS)
    assert await passwords.accept(header("ann", "right"))
    assert "right" not in repr(vars(passwords))
    assert len(passwords._proved) == 1


async def test_the_loop_goes_on_while_a_password_is_checked(costs: Costs) -> None:
    """Two scrapes that come together pay once."""
    costs.gate.clear()
    passwords = Passwords(USERS)
    asked = [asyncio.create_task(passwords.accept(header("ann", "right"))) for _ in range(2)]
    async with asyncio.timeout(10):
        while not costs.running:
            await asyncio.sleep(0.01)
    costs.gate.set()
    assert await asyncio.gather(*asked) == [True, True]
    assert costs.paid == [CHEAP]


async def test_guesses_do_not_pile_up(costs: Costs) -> None:
    """Beyond some that wait, an answer comes at once; who has proved a password never waits."""
    passwords = Passwords(USERS)
    assert await passwords.accept(header("ann", "right"))
    costs.gate.clear()
    guesses = [
        asyncio.create_task(passwords.accept(header("ann", str(guess))))
        for guess in range(WAITING_MAX + 5)
    ]
    async with asyncio.timeout(10):
        while sum(guess.done() for guess in guesses) < 5:
            await asyncio.sleep(0.01)
    assert await passwords.accept(header("ann", "right"))
    costs.gate.set()
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(outcome, Busy) for outcome in outcomes) == 5
    assert outcomes.count(False) == WAITING_MAX
