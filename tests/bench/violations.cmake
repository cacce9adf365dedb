# SPDX-License-Identifier: Apache-2.0
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(srt-refusals violations.c)
  target_link_libraries(srt-refusals PRIVATE srt_flags)
  set_target_properties(srt-refusals PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
endif()
