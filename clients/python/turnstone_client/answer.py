"""Reads answers of any contract. Names are compared without case and underscores."""

import base64
import dataclasses
import datetime
import json


@dataclasses.dataclass(frozen=True, repr=False)
class Tokens:
    access: str
    refresh: str | None
    expires_at: float
    lifetime: float
    # Whether the access token is bound to the key of the request's proof.
    bound: bool


def tokens(answer, contract, now):
    """The tokens; None if there is no access token in it."""
    access = _text(answer, contract.answer["access"])
    if not access:
        return None
    # A duration is sure whatever the clocks say; a point in time is what the server's clock says.
    issued, expires = _from_jwt(access)
    until = _seconds(answer, contract.answer["expiresIn"])
    if until is not None:
        until += now
    else:
        until = _moment(answer, contract.answer["expiresAt"])
    if until is None:
        until = expires if expires is not None else now + contract.access_seconds
    lifetime = until - (issued if issued is not None else now)
    return Tokens(access, _text(answer, contract.answer["refresh"]), until, lifetime, _is_bound(answer, contract))


def refusal(answer):
    """The code and the words of a refusal, wherever a contract has them."""
    codes = ("code", "detail.error", "error")
    reasons = ("error_description", "detail.error_description", "detail", "detail.message", "message")
    return (
        next((text for path in codes if (text := _text(answer, path))), None),
        next((text for path in reasons if (text := _text(answer, path))), None),
    )


def _is_bound(answer, contract):
    member = contract.answer.get("type")
    return member is not None and (_text(answer, member) or "").lower() == "dpop"


def _find(answer, path):
    for step in path.split("."):
        if not isinstance(answer, dict):
            return None
        answer = next((value for name, value in answer.items() if _plain(name) == _plain(step)), None)
    return answer


def _plain(name):
    return name.replace("_", "").lower()


def _text(answer, path):
    value = _find(answer, path)
    return value if isinstance(value, str) else None


def _seconds(answer, path):
    value = _find(answer, path)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _moment(answer, path):
    seconds = _seconds(answer, path)
    text = _text(answer, path)
    if seconds is not None or text is None:
        return seconds
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()


def _from_jwt(token):
    """When a JWT was issued and when it expires; it is read and not verified, as it is only passed on."""
    parts = token.split(".")
    if len(parts) != 3:
        return None, None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None, None
    return _seconds(claims, "iat"), _seconds(claims, "exp")
