"""Access tokens that are always good: refreshed once for all threads and processes, and never lost."""

from .aio import AsyncSession
from .contract import Contract
from .errors import (
    NoSessionError,
    RequestRefusedError,
    ServerUnavailableError,
    SessionEndedError,
    SessionError,
    SessionStoreError,
    SignInRefusedError,
)
from .sealed import SealedStore
from .session import AccessToken, Response, Session
from .stores import FileStore, MemoryStore, Store

__all__ = [
    "AccessToken",
    "AsyncSession",
    "Contract",
    "FileStore",
    "MemoryStore",
    "NoSessionError",
    "RequestRefusedError",
    "Response",
    "SealedStore",
    "ServerUnavailableError",
    "Session",
    "SessionEndedError",
    "SessionError",
    "SessionStoreError",
    "SignInRefusedError",
    "Store",
]
