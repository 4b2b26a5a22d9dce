"""What is stored of a session. Times are seconds since 1970 by the server's clock."""

import base64
import dataclasses
import json

from .errors import SessionStoreError


@dataclasses.dataclass(frozen=True, repr=False)
class State:
    server: str
    contract: str
    access: str | None = None
    refresh: str | None = None
    expires_at: float = 0
    # How long the access token lives; proactive refreshes go by it.
    lifetime: float = 0
    # The Idempotency-Key of the request that may be under way.
    pending: str | None = None
    # Why the session is over: code and reason.
    ended: dict | None = None
    # Before this the server wants no refresh.
    not_before: float = 0
    # The last sign-in if it was refused: failures, not_before, code and reason.
    sign_in: dict | None = None
    # The private key of proofs, once the server has asked for one, and whether the access token is bound to it.
    key: str | None = None
    bound: bool | None = None

    @property
    def is_new(self):
        """Whether a one-time credential has not been used up."""
        return self.access is None and self.refresh is None and self.ended is None

    def text(self):
        members = {name: value for name, value in dataclasses.asdict(self).items() if value is not None}
        return json.dumps(members, separators=(",", ":"))

    def but(self, **changes):
        return dataclasses.replace(self, **changes)

    def fresh(self):
        return State(self.server, self.contract)

    def __repr__(self):
        return f"<session of {self.server}{self.contract}>"

    @staticmethod
    def parse(text, server, contract):
        try:
            members = json.loads(text)
            known = {field.name for field in dataclasses.fields(State)}
            state = State(**{name: value for name, value in members.items() if name in known})
            base64.b64decode(state.key or "", validate=True)
        except (ValueError, TypeError, AttributeError):
            # Without the cause: its message may quote what is stored.
            raise SessionStoreError(word="store_damaged") from None
        if (state.server, state.contract) != (server, contract):
            raise SessionStoreError(word="store_foreign")
        return state
