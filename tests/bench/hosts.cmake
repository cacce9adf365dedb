# SPDX-License-Identifier: Apache-2.0
add_executable(bench-domains domains.c)
target_include_directories(bench-domains PRIVATE ${PROJECT_SOURCE_DIR}/core/src)
target_link_libraries(bench-domains PRIVATE srt_flags srt_policy)
set_target_properties(bench-domains PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
