// SPDX-License-Identifier: Apache-2.0
import srt = require("srt-sandbox");

const sandbox = new srt.Sandbox({ monitor: "off" }, { cwd: "/" });
void sandbox.reset();
void srt.SandboxManager.reset();
