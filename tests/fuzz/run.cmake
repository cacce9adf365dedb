# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(git_config fuzz_git_config.c LINK srt_run)
