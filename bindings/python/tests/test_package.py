# SPDX-License-Identifier: Apache-2.0
"""The module as it is installed: by CMake, and as a wheel by pip or by hand."""
import base64
import csv
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import zipfile

from support import BUILD, PYTHON, SOURCE, Case, main, srt

PACKAGE = os.path.join(SOURCE, "bindings", "python")


def text_of(*names):
    with open(os.path.join(SOURCE, *names), encoding="utf-8") as f:
        return f.read()


class Package(Case):
    def library_version(self, folder, **env):
        done = subprocess.run([PYTHON, "-c", "import srt_sandbox as srt; print(srt.__file__, srt.library_version())"],
                              env=dict({"PATH": os.environ["PATH"], "PYTHONPATH": folder}, **env),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(done.stdout.startswith(folder), done.stdout)
        return done.stdout.split()[1]

    def test_one_version(self):
        version = re.search(r"project\(srt VERSION (\S+)", text_of("CMakeLists.txt")).group(1)
        wheel = re.search(r'^version = "(.*)"', text_of("bindings", "python", "pyproject.toml"), re.M).group(1)
        self.assertEqual({srt.__version__, srt.library_version(), wheel}, {version})

    def test_installed_by_cmake(self):
        stage = self.work + "/stage"
        for component in ("library", "python"):
            done = subprocess.run(["cmake", "--install", BUILD, "--prefix", stage, "--component", component],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)
        folder = stage + "/lib/python3/dist-packages"
        self.assertEqual(self.library_version(folder), srt.__version__)
        self.assertTrue(os.path.exists(folder + "/srt_sandbox/py.typed"))
        self.assertEqual(set(os.listdir(PACKAGE + "/srt_sandbox")) - {"__pycache__"},
                         set(os.listdir(folder + "/srt_sandbox")) - {"__pycache__"})

    def wheel(self):
        spec = importlib.util.spec_from_file_location("wheel_of_srt", PACKAGE + "/wheel_of_srt.py")
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    def test_wheel(self):
        name = self.wheel().build_wheel(self.work)
        self.assertEqual(name, "srt_sandbox-%s-py3-none-any.whl" % srt.__version__)
        with zipfile.ZipFile(name) as archive:
            record = archive.read("srt_sandbox-%s.dist-info/RECORD" % srt.__version__).decode()
            rows = list(csv.reader(record.splitlines()))
            self.assertEqual(sorted(row[0] for row in rows), sorted(archive.namelist()))
            for path, digest, size in rows[:-1]:
                data = archive.read(path)
                self.assertEqual(int(size), len(data))
                wanted = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                self.assertEqual(digest, "sha256=" + wanted)
        self.assertEqual(self.library_version(os.path.abspath(name), SRT_LIBRARY=os.path.abspath(
            srt._library.library()._name)), srt.__version__)

    def test_other_distributions(self):
        made = self.wheel()
        with zipfile.ZipFile(made.build_editable(self.work)) as archive:
            self.assertEqual(archive.read("srt_sandbox.pth").decode(), PACKAGE + "\n")
        name = made.build_sdist(self.work)
        listed = subprocess.run(["tar", "-tzf", name], stdout=subprocess.PIPE, text=True, check=True).stdout
        for part in ("pyproject.toml", "PKG-INFO", "wheel_of_srt.py", "srt_sandbox/__init__.py", "srt_sandbox/py.typed"):
            self.assertIn("srt_sandbox-%s/%s\n" % (srt.__version__, part), listed)

    def test_installed_by_pip(self):
        if subprocess.run([PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 0:
            return  # the wheel is tested without it
        done = subprocess.run([PYTHON, "-m", "pip", "install", "--no-index", "--no-cache-dir", "--quiet",
                               "--disable-pip-version-check", "--target", self.work + "/pip", PACKAGE],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.library_version(self.work + "/pip", SRT_LIBRARY=os.path.abspath(
            srt._library.library()._name)), srt.__version__)

    def test_nothing_else_is_needed(self):
        known = set(sys.stdlib_module_names) if hasattr(sys, "stdlib_module_names") else None
        for name in os.listdir(PACKAGE + "/srt_sandbox"):
            if name.endswith(".py"):
                imported = set(re.findall(r"^(?:import|from) ([a-z_]\w*)", text_of(PACKAGE, "srt_sandbox", name), re.M))
                self.assertLessEqual(imported, known or imported)


if __name__ == "__main__":
    main()
