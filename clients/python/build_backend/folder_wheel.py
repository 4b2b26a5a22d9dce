"""
Makes the wheel (PEP 517, PEP 427) from what pyproject.toml says, with the standard library: an installation needs no
setuptools and no network.
"""

import base64
import hashlib
import os
import tomllib
import zipfile

_PACKAGE = "turnstone_client"
_WHEEL = b"Wheel-Version: 1.0\nGenerator: turnstone\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    stem = f"{_PACKAGE}-{project['version']}"
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        lines = [_add(wheel, path, content) for path, content in _files(project, stem)]
        record = f"{stem}.dist-info/RECORD"
        wheel.writestr(record, "".join(lines) + f"{record},,\n")
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("There is no source distribution; install from the folder.")


def _files(project, stem):
    for entry in sorted(os.listdir(_PACKAGE)):
        path = os.path.join(_PACKAGE, entry)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                yield f"{_PACKAGE}/{entry}", file.read()
    yield f"{stem}.dist-info/METADATA", _metadata(project).encode()
    yield f"{stem}.dist-info/WHEEL", _WHEEL


def _metadata(project):
    with open(project["readme"], encoding="utf-8") as file:
        readme = file.read()
    return (
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        f"Summary: {project['description']}\nRequires-Python: {project['requires-python']}\n"
        f"Description-Content-Type: text/markdown\n\n{readme}"
    )


def _add(wheel, path, content):
    wheel.writestr(path, content)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"
