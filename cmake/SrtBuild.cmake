# SPDX-License-Identifier: Apache-2.0
# House flags and the few functions that every room uses.
add_library(srt_flags INTERFACE)
target_compile_options(srt_flags INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wvla -Wpointer-arith -Wwrite-strings
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wundef
  -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference -Wcast-qual
  -fno-common -fstack-protector-strong)
target_compile_definitions(srt_flags INTERFACE
  _GNU_SOURCE _FILE_OFFSET_BITS=64)
if(NOT SRT_SANITIZE)
  target_compile_definitions(srt_flags INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
endif()
if(SRT_SANITIZE)
  target_compile_options(srt_flags INTERFACE -fsanitize=${SRT_SANITIZE}
    -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(srt_flags INTERFACE -fsanitize=${SRT_SANITIZE})
endif()
if(SRT_FUZZ)
  target_compile_options(srt_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(SRT_COVERAGE)
  target_compile_options(srt_flags INTERFACE --coverage)
  target_link_options(srt_flags INTERFACE --coverage)
endif()
# What Debian's hardening=+all and newer Debians give, whoever builds. The programs are linked
# as position-independent ones where they are made. No path of the build goes into a file.
include(CheckCCompilerFlag)
set(SRT_HARDENING)
foreach(flag -fstack-clash-protection -fcf-protection -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "SRT_HAS${flag}" has)
  check_c_compiler_flag("-Werror ${flag}" ${has})
  if(${has} AND NOT SRT_SANITIZE)
    list(APPEND SRT_HARDENING $<$<CONFIG:Release,RelWithDebInfo>:${flag}>)
  endif()
endforeach()
target_compile_options(srt_flags INTERFACE ${SRT_HARDENING})
file(RELATIVE_PATH up ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}) # as a compiler cache names it
string(REGEX REPLACE "/$" "" up "${up}")
foreach(map ${up}=. ${PROJECT_SOURCE_DIR}=. ${PROJECT_BINARY_DIR}=build)
  add_compile_options($<$<CONFIG:Release,RelWithDebInfo>:-ffile-prefix-map=${map}>)
endforeach()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_link_options(srt_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)
endif()

# GLib only up to what Debian 12 has and no older than what we ask for.
add_library(srt_glib INTERFACE)
target_link_libraries(srt_glib INTERFACE PkgConfig::GLIB)
target_compile_definitions(srt_glib INTERFACE
  GLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_70 GLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_70)

# With SRT_STATIC_DEPS the imported libraries stand for archives: half of the
# start-up of a small program is the search for symbols in libraries. The C
# library stays shared, modules need it.
function(srt_use_archives)
  set(names_GLIB glib-2.0 pcre2-8 m)
  set(names_GMODULE gmodule-2.0 glib-2.0 pcre2-8 m)
  set(names_JSONC json-c m)
  set(names_UV uv_a)
  foreach(prefix GLIB GMODULE JSONC UV)
    set(found)
    foreach(name ${names_${prefix}})
      if(name STREQUAL "m")
        list(APPEND found m)
        continue()
      endif()
      find_library(SRT_ARCHIVE_${name} NAMES lib${name}.a
        HINTS ${${prefix}_LIBDIR} ${${prefix}_LIBRARY_DIRS})
      if(NOT SRT_ARCHIVE_${name})
        message(FATAL_ERROR "SRT_STATIC_DEPS: lib${name}.a was not found; configure with -DSRT_STATIC_DEPS=OFF")
      endif()
      list(APPEND found ${SRT_ARCHIVE_${name}})
    endforeach()
    set_property(TARGET PkgConfig::${prefix} PROPERTY INTERFACE_LINK_LIBRARIES
      ${found} Threads::Threads ${CMAKE_DL_LIBS})
  endforeach()
endfunction()

# srt_room(NAME SOURCES... [LINK libs...]): one room of the core. Its headers are
# included as "room/file.h" by the rooms that link it.
function(srt_room name)
  cmake_parse_arguments(R "" "" "SOURCES;LINK" ${ARGN})
  add_library(srt_${name} STATIC ${R_SOURCES})
  target_include_directories(srt_${name} PRIVATE ${PROJECT_SOURCE_DIR}/core/src)
  target_link_libraries(srt_${name} PRIVATE srt_flags PUBLIC ${R_LINK})
endfunction()

# A module that others may write to is refused; a umask of 002 makes such files.
function(srt_private_module target)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND chmod go-w $<TARGET_FILE:${target}> $<TARGET_FILE_DIR:${target}> VERBATIM)
endfunction()

# srt_backend_module(NAME SOURCES... [LINK libs...]): a backend that ships.
function(srt_backend_module name)
  cmake_parse_arguments(B "" "" "SOURCES;LINK" ${ARGN})
  add_library(srt_backend_${name} MODULE ${B_SOURCES})
  set_target_properties(srt_backend_${name} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${SRT_BACKEND_OUTPUT_DIR})
  if(APPLE)
    set_target_properties(srt_backend_${name} PROPERTIES SUFFIX .dylib)
  else()
    target_link_options(srt_backend_${name} PRIVATE -Wl,--exclude-libs,ALL)
    if(NOT SRT_SANITIZE)
      target_link_options(srt_backend_${name} PRIVATE -Wl,-z,defs)
    endif()
  endif()
  target_link_libraries(srt_backend_${name} PRIVATE srt_flags srt_sdk ${B_LINK})
  srt_private_module(srt_backend_${name})
endfunction()

# srt_unit_test(NAME SOURCES... [LINK libs...] [LABELS l...] [TIMEOUT s]): a CUnit
# program, one CTest test. 77 is a skip.
function(srt_unit_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  string(REPLACE "." "-" target test-${name})
  add_executable(${target} ${T_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/core/src)
  target_link_libraries(${target} PRIVATE srt_flags srt_test_support ${T_LINK})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES
    LABELS "unit;${T_LABELS}" SKIP_RETURN_CODE 77 TIMEOUT ${T_TIMEOUT}
    ENVIRONMENT "SRT_SOURCE_DIR=${PROJECT_SOURCE_DIR};SRT_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()

# srt_fuzz_target(NAME SOURCE [LINK libs...]): with SRT_FUZZ a libFuzzer program;
# always a plain one that runs the corpus in tests/fuzz/corpus/NAME as a test.
function(srt_fuzz_target name source)
  cmake_parse_arguments(F "" "" "LINK" ${ARGN})
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_executable(fuzz-${name} ${source} $<$<NOT:$<BOOL:${SRT_FUZZ}>>:${PROJECT_SOURCE_DIR}/tests/fuzz/main.c>)
  target_include_directories(fuzz-${name} PRIVATE ${PROJECT_SOURCE_DIR}/core/src)
  target_link_libraries(fuzz-${name} PRIVATE srt_flags ${F_LINK})
  if(SRT_FUZZ)
    target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
  endif()
  set_target_properties(fuzz-${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
  add_dependencies(fuzzers fuzz-${name})
  add_test(NAME fuzz.${name}.corpus
    COMMAND fuzz-${name} $<$<BOOL:${SRT_FUZZ}>:-runs=0> ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}
    COMMAND_EXPAND_LISTS)
  set_tests_properties(fuzz.${name}.corpus PROPERTIES LABELS "fuzz" TIMEOUT 120)
endfunction()
