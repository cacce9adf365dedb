# SPDX-License-Identifier: Apache-2.0
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(bench-landlock landlock.c)
  target_link_libraries(bench-landlock PRIVATE srt_flags srt_landlock)
  set_target_properties(bench-landlock PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
endif()
