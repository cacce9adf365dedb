# SPDX-License-Identifier: Apache-2.0
"""Settings: made, read, changed, wrong."""
import copy
import json
import os
import pathlib

from support import LAB, Case, main, srt


class SettingsTest(Case):
    def test_builder(self):
        s = (srt.Settings().allow_hosts("example.com", "*.example.com").deny_hosts("ads.example.com")
             .allow_write(".", pathlib.Path("/srv/out")).deny_write("./locked")
             .deny_read("~/.ssh").allow_read("~/.ssh/known_hosts"))
        self.assertEqual(s.to_dict(), {
            "network": {"allowedDomains": ["example.com", "*.example.com"], "deniedDomains": ["ads.example.com"]},
            "filesystem": {"allowWrite": [".", "/srv/out"], "denyWrite": ["./locked"], "denyRead": ["~/.ssh"],
                           "allowRead": ["~/.ssh/known_hosts"]}})
        self.assertEqual(srt.Settings.from_text(s.to_json()), s)

    def test_set_by_type(self):
        s = srt.Settings().set("monitor", "full").set("network.strictAllowlist", True)
        s.set("network", {"allowedDomains": ["example.com"]}).set("ignoreViolations", {"a.b": ["/c"]})
        self.assertEqual(s.to_dict(), {"monitor": "full", "network": {"allowedDomains": ["example.com"]},
                                       "ignoreViolations": {"a.b": ["/c"]}})
        s.unset("ignoreViolations").unset("ignoreViolations").unset("monitor")
        self.assertEqual(s.to_dict(), {"network": {"allowedDomains": ["example.com"]}})

    def test_append_is_all_or_nothing(self):
        s = srt.Settings().allow_hosts("example.com")
        with self.assertRaises(srt.SettingsError):
            s.allow_hosts("good.example.com", "bad host")
        self.assertEqual(s.to_dict(), {"network": {"allowedDomains": ["example.com"]}})

    def test_files(self):
        path = os.path.join(self.work, "settings.json")
        with open(path, "w") as f:
            json.dump({"filesystem": {"denyRead": ["~/.aws"]}}, f)
        s = srt.Settings.from_file(path)
        os.unlink(path)
        self.assertEqual(s.to_dict(), {"filesystem": {"denyRead": ["~/.aws"]}})
        with self.assertRaises(srt.Error) as caught:
            srt.Settings.from_file(path)
        self.assertIn(path, str(caught.exception))
        self.assertFalse(os.path.exists(LAB.home + "/.srt-settings.json"))
        self.assertEqual(srt.Settings.from_file().to_dict(), {})

    def test_extends_is_relative_to_the_directory(self):
        with open("base.json", "w") as f:
            json.dump({"network": {"allowedDomains": ["example.com"]}}, f)
        with self.assertRaises(srt.SettingsError):
            srt.Settings({"extends": ["base.json"]})
        s = srt.Settings.from_dict({"extends": ["base.json"]}, directory=self.work)
        self.assertIn(self.work + "/base.json", s.to_json().replace("\\/", "/"))

    def test_every_problem_is_said(self):
        with self.assertRaises(srt.SettingsError) as caught:
            srt.Settings.from_text('{"filesystem": {"denyRaed": []}, "monitor": 3}', label="my settings")
        error = caught.exception
        self.assertEqual(error.code, 2)
        self.assertGreaterEqual(len(error.problems), 2)
        self.assertIn("my settings", str(error))
        self.assertIn("denyRead", str(error))

    def test_wrong_values(self):
        for make in (lambda: srt.Settings().set("filesystem.denyRaed", []),
                     lambda: srt.Settings().set("monitor", 7),
                     lambda: srt.Settings().set("monitor", 1 << 70),
                     lambda: srt.Settings().set("monitor", float("nan")),
                     lambda: srt.Settings().set("monitor", {1, 2}),
                     lambda: srt.Settings.from_text("[]"),
                     lambda: srt.Settings.from_text(""),
                     lambda: srt.Settings.from_text(b'{"monitor": "\xff"}')):
            with self.assertRaises(srt.SettingsError):
                make()
        with self.assertRaises(srt.UsageError):
            srt.Settings().append("filesystem.denyRead", "/a\0b")  # would be "/a" in C
        with self.assertRaises(TypeError):
            srt.Session(["not settings"])

    def test_copies_are_independent(self):
        one = srt.Settings({"monitor": "off"})
        for other in (one.copy(), copy.copy(one), copy.deepcopy(one)):
            self.assertEqual(one, other)
            other.set("monitor", "full")
            self.assertNotEqual(one, other)
        self.assertEqual(one.merge({"network": {"allowedDomains": []}}).to_dict(),
                         {"monitor": "off", "network": {"allowedDomains": []}})

    def test_names_that_are_no_text(self):
        with self.assertRaises(TypeError):
            srt.Settings().allow_hosts(5)
        text = "\u00fc\U0001f600"
        self.assertEqual(srt.Settings({"env": {"set": {"NAME": text}}}).to_dict()["env"]["set"]["NAME"], text)


if __name__ == "__main__":
    main()
