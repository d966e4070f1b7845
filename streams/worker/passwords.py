"""Names and passwords against bcrypt hashes, at the cost of one check a password."""

import asyncio
import base64
import hmac
import os
from collections.abc import Mapping
from typing import Final

import bcrypt

# bcrypt itself looks no further, and Python's refuses more.
PASSWORD_BYTES: Final = 72
# Each takes some 50 ms to some seconds; more than this are no scrapes but guesses.
WAITING_MAX: Final = 32


class Busy(Exception):
    """So many passwords are being checked that this one is not."""


class Passwords:
    """The users of a web configuration, and what they have proved.

    A password that was right is known again by a keyed digest, so that a scrape costs nothing;
    there is one a user, and none of a wrong password. Everything else costs a whole check, also
    for a user who does not exist.
    """

    def __init__(self, users: Mapping[str, str]) -> None:
        self._hashes = {user: text.encode() for user, text in users.items()}
        # The dearest: whoever is unknown must not be refused more quickly than who is known.
        self._decoy = max(self._hashes.values(), key=lambda text: text.split(b"$")[2])
        self._secret = os.urandom(32)
        self._proved: dict[str, bytes] = {}
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def accept(self, authorization: str) -> bool:
        """Return whether an Authorization header names a user with the right password.

        Raises Busy.
        """
        given = credentials(authorization)
        if given is None:
            return False
        user, password = given
        digest = hmac.digest(self._secret, password, "sha256")
        if self._is_proved(user, digest):
            return True
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            return await self._check(user, password, digest)
        finally:
            self._waiting -= 1

    async def _check(self, user: str, password: bytes, digest: bytes) -> bool:
        # One at a time: guesses shall not take the threads that render pages.
        async with self._turn:
            if self._is_proved(user, digest):
                return True
            hashed = self._hashes.get(user, self._decoy)
            right = await asyncio.to_thread(bcrypt.checkpw, password, hashed)
        if right and user in self._hashes:
            self._proved[user] = digest
            return True
        return False

    def _is_proved(self, user: str, digest: bytes) -> bool:
        return hmac.compare_digest(self._proved.get(user, b""), digest)


def credentials(authorization: str) -> tuple[str, bytes] | None:
    """Return user and password of a header, None if it is no basic authentication. (RFC 7617.)

    Of the password as much as bcrypt looks at.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).partition(b":")
        return (user.decode(), password[:PASSWORD_BYTES]) if colon else None
    except ValueError:
        return None
