"""Why there is no token, and what to do. No message contains a token or credential."""

from .contract import is_code, words


class SessionError(Exception):
    """code and reason are the server's, next_step is what to do, retry_after is in seconds."""

    word = ""

    def __init__(self, code=None, reason=None, retry_after=None, word=None, next_word=None):
        self.word = word or self.word
        self.next_word = next_word or f"{self.word}_next"
        self.code = code
        self.said = reason
        self.reason = reason or words(self.word)
        self.next_step = words(self.next_word)
        self.retry_after = retry_after
        super().__init__(" ".join(text for text in (words(self.word), reason, self.next_step) if text))

    def again(self):
        """The same for another waiter: two threads must not raise one object."""
        return type(self)(self.code, self.said, self.retry_after, self.word, self.next_word)


class SessionEndedError(SessionError):
    """The session is over. reused tells an alarm from an ordinary end."""

    word = "ended"

    def __init__(self, code=None, reason=None, retry_after=None, word=None, next_word=None):
        self.reused = is_code("reused", code)
        super().__init__(code, reason, retry_after, word, "reused_next" if self.reused else next_word)


class SignInRefusedError(SessionError):
    """The credentials were refused. They are not sent again before retry_after."""

    word = "sign_in_refused"


class RequestRefusedError(SessionError):
    """The server refused the request for a reason that is not the session's."""

    word = "refused"


class ServerUnavailableError(SessionError):
    """The server could not be reached or has no time. The session is kept."""

    word = "unavailable"

    def __init__(self, code=None, reason=None, retry_after=None, word=None, next_word=None):
        super().__init__(code, reason, retry_after, word, "unavailable_next")


class SessionStoreError(SessionError):
    """The session could not be read or saved. Nothing is lost: the same refresh goes on when it can."""

    word = "store"

    def __init__(self, code=None, reason=None, retry_after=None, word=None, next_word=None):
        super().__init__(code, reason, retry_after, word, "store_next")


class NoSessionError(SessionError):
    """There is no session and no credential to open one."""

    word = "no_session"
