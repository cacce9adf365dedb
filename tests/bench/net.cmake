# SPDX-License-Identifier: Apache-2.0
# The proxies alone, and the traffic that net.py measures them with.
add_executable(srt-proxy-standalone ${PROJECT_SOURCE_DIR}/tests/support/standalone_proxy.c)
target_include_directories(srt-proxy-standalone PRIVATE ${PROJECT_SOURCE_DIR}/core/src)
target_link_libraries(srt-proxy-standalone PRIVATE srt_flags srt_net)
set_target_properties(srt-proxy-standalone PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(srt-net-load net_load.c)
  target_link_libraries(srt-net-load PRIVATE srt_flags)
  set_target_properties(srt-net-load PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
endif()
