"""
One session that does what the tests' table of behaviours says: the first line of the input says which session, each
line after it is a command, answered by one line.
"""

import asyncio
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from turnstone_client import AsyncSession, FileStore, SessionError  # noqa: E402


class Driver:
    def __init__(self, settings):
        self.settings = settings
        self.events = []
        self.aio = AsyncSession(
            settings["server"],
            settings["contract"],
            settings["credentials"],
            store=FileStore(settings["folder"]),
            timeout=settings["timeout"],
            patience=settings["patience"],
            on_event=lambda kind, code, challenge: self.events.append(kind),
            clock=lambda: time.time() + settings["clock"],
        )
        self.session = self.aio._session
        self.last = None

    def answer(self, command):
        try:
            answer = self.do(command)
        except SessionError as reason:
            answer = {
                "error": type(reason).__name__.removesuffix("Error"),
                "code": reason.code,
                "retryAfter": reason.retry_after,
                "reason": reason.reason,
                "nextStep": reason.next_step,
                "reused": getattr(reason, "reused", None),
                "text": str(reason),
                "message": f"{reason!r} {reason}",
            }
        answer["events"], self.events = self.events, []
        return answer

    def do(self, command):
        match command["do"]:
            case "token":
                return self.shown(self.session.token())
            case "refresh":
                self.last = self.last or self.session.token()
                return self.shown(self.session.token(self.last))
            case "sign-in":
                self.session.sign_in()
                return {}
            case "many":
                return asyncio.run(self.many(command["count"], command["leave"]))
            case "get":
                return {"status": self.session.request("GET", self.settings["server"] + command["path"]).status}
            case "post-once":
                url = self.settings["server"] + command["path"]
                return {"status": self.session.request("POST", url, b"{}", repeatable=False).status}
            case "show":
                return {"shown": f"{self.session!r} {self.aio!r} {self.last!r} {self.last}"}
        raise ValueError(command["do"])

    def shown(self, token):
        self.last = token
        return {"token": token.value}

    async def many(self, count, leave):
        tasks = [asyncio.ensure_future(self.aio.token(self.last)) for _ in range(count)]
        await asyncio.sleep(0.05)
        for task in tasks[:leave]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        left = sum(isinstance(one, asyncio.CancelledError) for one in done)
        (token,) = {one.value for one in done if not isinstance(one, asyncio.CancelledError)}
        return {"token": token, "got": count - left, "left": left}


if __name__ == "__main__":
    driver = Driver(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        print(json.dumps(driver.answer(json.loads(line))), flush=True)
