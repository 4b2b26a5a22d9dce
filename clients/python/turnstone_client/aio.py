"""The same for asyncio. The work is done in threads; a task that is cancelled leaves it alone."""

import asyncio

from .errors import SessionError
from .session import Session


class AsyncSession:
    """Takes what Session takes."""

    def __init__(self, *args, **options):
        self._session = Session(*args, **options)

    async def token(self, rejected=None):
        session = self._session
        attempt = 0
        while True:
            known, good = session._at_hand(rejected)
            if good and not session._is_wanted(known):
                return session._token(known)
            shared = asyncio.wrap_future(session._shared(rejected))
            try:
                state = await asyncio.shield(shared)
            except SessionError as reason:
                return session._or_known(reason, known, good)
            if rejected is None or state.access != rejected.value or attempt > 1:
                return session._token(state)
            attempt += 1

    async def sign_in(self):
        await asyncio.to_thread(self._session.sign_in)

    async def request(self, method, url, body=None, headers=None, *, repeatable=True):
        return await asyncio.to_thread(
            lambda: self._session.request(method, url, body, headers, repeatable=repeatable)
        )

    def __repr__(self):
        return repr(self._session)
