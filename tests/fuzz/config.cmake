# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(settings ${CMAKE_CURRENT_LIST_DIR}/fuzz_settings.c LINK srt_config)
srt_fuzz_target(settings_edit ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_settings_edit.c LINK srt_config)
