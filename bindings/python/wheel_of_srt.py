# SPDX-License-Identifier: Apache-2.0
"""Makes a wheel of the package with the standard library alone, so that pip needs nothing else.
The hooks are those of PEP 517; what they say of the package stands in pyproject.toml."""
import base64
import hashlib
import io
import os
import re
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))


def _project():
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as f:
        text = f.read()
    return {key: re.search(r'^%s = (?:{ text = )?"(.*)"' % key, text, re.M).group(1)
            for key in ("name", "version", "description", "requires-python", "license")}


def _metadata(project):
    return ("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {description}\nLicense: {license}\n"
            "Requires-Python: {requires-python}\n").format_map(project).encode()


def _stem(project):
    return "%s-%s" % (project["name"].replace("-", "_"), project["version"])


def _package():
    folder = os.path.join(HERE, "srt_sandbox")
    return ["srt_sandbox/" + name for name in sorted(os.listdir(folder)) if name.endswith((".py", ".typed"))]


def _read(name):
    with open(os.path.join(HERE, name), "rb") as f:
        return f.read()


def _write(path, files):
    """A wheel: the files, and a list of them with their sums."""
    project = _project()
    info = _stem(project) + ".dist-info/"
    files = dict(files)
    files[info + "METADATA"] = _metadata(project)
    files[info + "WHEEL"] = b"Wheel-Version: 1.0\nGenerator: wheel_of_srt\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = io.StringIO()
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.write("%s,sha256=%s,%d\n" % (name, digest, len(data)))
    record.write(info + "RECORD,,\n")
    files[info + "RECORD"] = record.getvalue().encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # its time is fixed: the same sources make the same wheel
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)
    return os.path.basename(path)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    path = os.path.join(wheel_directory, _stem(_project()) + "-py3-none-any.whl")
    return _write(path, {name: _read(name) for name in _package()})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    path = os.path.join(wheel_directory, _stem(_project()) + "-py3-none-any.whl")
    return _write(path, {"srt_sandbox.pth": (HERE + "\n").encode()})


def build_sdist(sdist_directory, config_settings=None):
    project = _project()
    path = os.path.join(sdist_directory, _stem(project) + ".tar.gz")
    files = {name: _read(name) for name in _package() + ["pyproject.toml", "wheel_of_srt.py", "README.md"]}
    files["PKG-INFO"] = _metadata(project)
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(_stem(project) + "/" + name)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return os.path.basename(path)
