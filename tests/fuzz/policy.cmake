# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(glob fuzz_glob.c LINK srt_policy)
