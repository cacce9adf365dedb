# SPDX-License-Identifier: Apache-2.0
if(TARGET srt_plan)
  srt_fuzz_target(plan fuzz_plan.c LINK srt_plan)
  srt_fuzz_target(connect fuzz_connect.c LINK srt_plan)
  target_sources(fuzz-connect PRIVATE ${PROJECT_SOURCE_DIR}/filters/inside/connect_text.c
    ${PROJECT_SOURCE_DIR}/filters/inside/text.c)
  target_include_directories(fuzz-connect PRIVATE ${PROJECT_SOURCE_DIR}/filters/inside)
  target_compile_definitions(fuzz-connect PRIVATE SRT_HOSTED)
endif()
