"""A token contract as data: where it is called, what its members are called, when it may be refreshed."""

import json
import re
from importlib import resources
from urllib.parse import quote

_KNOWN = json.loads(resources.files(__package__).joinpath("contracts.json").read_text(encoding="utf-8"))
_PLACE = re.compile(r"\{(\w+)\}")


class Contract:
    """One of the contracts of contracts.json by its path, or one of your own in the same form."""

    def __init__(self, name, data=None):
        if data is None:
            if name not in _KNOWN["contracts"]:
                raise ValueError(f"There is no contract {name}.")
            data = _KNOWN["contracts"][name]
        self.name = name
        self.form = data["body"] == "form"
        self.refreshes_early = data["early"]
        self.access_seconds = data["accessSeconds"]
        self.headers = data.get("headers", {})
        self.defaults = data.get("defaults", {})
        self.sign_ins = data["signIns"]
        self.refresh = data["refresh"]
        self.answer = data["answer"]
        self.ended_statuses = data["endedStatuses"]


def is_code(kind, code):
    return code in _KNOWN["codes"][kind]


def words(key):
    return _KNOWN["words"][key]


def path_with(call, values):
    """The path with its values; they are escaped, so none can change where the request goes."""
    return _PLACE.sub(lambda place: quote(values.get(place[1], ""), safe=""), call["path"])


def fill(templates, values):
    """Names with their values; what has no value is left out."""
    filled = {}
    for name, template in templates.items():
        place = _PLACE.search(template)
        if place is None:
            filled[name] = template
        elif place[1] in values:
            filled[name] = values[place[1]]
    return filled
