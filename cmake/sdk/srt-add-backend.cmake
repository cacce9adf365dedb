# SPDX-License-Identifier: Apache-2.0
# srt_add_backend(NAME SOURCES... [LINK libs...]): a backend. Makes the target
# srt_backend_NAME, a module NAME.so (NAME.dylib on macOS) that exports its entry alone,
# and installs it where srt looks for backends.
function(srt_add_backend name)
  cmake_parse_arguments(PARSE_ARGV 1 B "" "" "SOURCES;LINK")
  string(LENGTH "${name}" length)
  if(NOT name MATCHES "^[a-z0-9][a-z0-9-]*$" OR length GREATER 32)
    message(FATAL_ERROR "srt_add_backend: \"${name}\" is not 1 to 32 of a-z, 0-9 and '-', not '-' first")
  endif()
  set(target srt_backend_${name})
  add_library(${target} MODULE ${B_SOURCES} ${B_UNPARSED_ARGUMENTS})
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name} SUFFIX .so
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(APPLE)
    set_target_properties(${target} PROPERTIES SUFFIX .dylib)
  else()
    target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
  endif()
  target_link_libraries(${target} PRIVATE srt::backend ${B_LINK})
  # srt refuses what others may write to; a umask of 002 makes such files.
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND chmod go-w $<TARGET_FILE:${target}> $<TARGET_FILE_DIR:${target}> VERBATIM)
  install(TARGETS ${target} ${srt_INSTALL_ARGUMENTS} LIBRARY DESTINATION ${srt_BACKEND_SUBDIR}
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endfunction()
