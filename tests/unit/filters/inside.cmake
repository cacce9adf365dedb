# SPDX-License-Identifier: Apache-2.0
srt_unit_test(filters.plan SOURCES test_plan.c LINK srt_plan)
srt_unit_test(filters.connect
  SOURCES test_connect_text.c ${PROJECT_SOURCE_DIR}/filters/inside/connect_text.c
          ${PROJECT_SOURCE_DIR}/filters/inside/text.c
  LINK srt_plan)
target_include_directories(test-filters-connect PRIVATE ${PROJECT_SOURCE_DIR}/filters/inside)
target_compile_definitions(test-filters-connect PRIVATE SRT_HOSTED)

# The helper itself, run without a sandbox around it.
srt_unit_test(filters.inside SOURCES test_inside.c inside_run.c LINK srt_plan srt_sdk)
srt_unit_test(filters.inside.network SOURCES test_inside_network.c inside_run.c LINK srt_plan srt_sdk)
srt_unit_test(filters.inside.restrict SOURCES test_inside_restrict.c inside_run.c
  LINK srt_plan srt_sdk srt_filters)
srt_unit_test(filters.inside.keeper
  SOURCES test_inside_keeper.c inside_run.c ${PROJECT_SOURCE_DIR}/filters/inside/descendants.c
          ${PROJECT_SOURCE_DIR}/filters/inside/text.c
  LINK srt_plan srt_sdk)
target_include_directories(test-filters-inside-keeper PRIVATE ${PROJECT_SOURCE_DIR}/filters/inside)
target_compile_definitions(test-filters-inside-keeper PRIVATE SRT_HOSTED)
foreach(target test-filters-inside test-filters-inside-network test-filters-inside-restrict
    test-filters-inside-keeper)
  target_compile_definitions(${target} PRIVATE SRT_INSIDE="$<TARGET_FILE:srt-inside>")
  add_dependencies(${target} srt-inside)
endforeach()
