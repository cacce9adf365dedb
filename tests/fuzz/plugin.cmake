# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(site ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_site.c LINK srt_plugin)
srt_fuzz_target(note ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_note.c LINK srt_plugin)
