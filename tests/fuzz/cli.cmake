# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(arguments ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_arguments.c LINK srt_cli)
srt_fuzz_target(since ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_since.c LINK srt_cli)
srt_fuzz_target(doctor_url ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_doctor_url.c LINK srt_cli)
