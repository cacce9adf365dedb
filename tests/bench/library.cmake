# SPDX-License-Identifier: Apache-2.0
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(bench-library library.c)
  target_link_libraries(bench-library PRIVATE srt_flags srt_library)
  set_target_properties(bench-library PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
endif()
