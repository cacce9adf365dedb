# SPDX-License-Identifier: Apache-2.0
# The SDK beside its headers: srt-backend.pc, srt.pc for programs that embed srt, and the CMake package
# srt for both, all found from where they lie. The build tree has the package as well, for plugins/.
include(CMakePackageConfigHelpers)

file(STRINGS ${PROJECT_SOURCE_DIR}/core/include/srt/backend.h line REGEX "^#define SRT_BACKEND_ABI ")
string(REGEX REPLACE "^.* ([0-9]+)u?$" "\\1" SRT_BACKEND_ABI "${line}")
set(SRT_MODULE_SUFFIX .so)
if(APPLE)
  set(SRT_MODULE_SUFFIX .dylib)
endif()

set(SRT_PC_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(SRT_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/srt)
set(sdk ${CMAKE_BINARY_DIR}/sdk)
file(RELATIVE_PATH SRT_REL_PREFIX_PC /${SRT_PC_DIR} /)
string(REGEX REPLACE "/$" "" SRT_REL_PREFIX_PC "${SRT_REL_PREFIX_PC}")
configure_file(cmake/sdk/srt-backend.pc.in ${sdk}/srt-backend.pc @ONLY)
configure_file(cmake/sdk/srt.pc.in ${sdk}/srt.pc @ONLY)
set(SRT_LIBRARY_NAME ${CMAKE_SHARED_LIBRARY_PREFIX}srt${CMAKE_SHARED_LIBRARY_SUFFIX})
configure_package_config_file(cmake/sdk/srt-config.cmake.in ${sdk}/install/srt-config.cmake
  INSTALL_DESTINATION ${SRT_PACKAGE_DIR} PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR SRT_BACKEND_DIR)
write_basic_package_version_file(${sdk}/install/srt-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${sdk}/srt-backend.pc DESTINATION ${SRT_PC_DIR} COMPONENT sdk)
install(FILES ${sdk}/srt.pc DESTINATION ${SRT_PC_DIR} COMPONENT library-dev)
install(FILES ${sdk}/install/srt-config.cmake ${sdk}/install/srt-config-version.cmake
  cmake/sdk/srt-add-backend.cmake DESTINATION ${SRT_PACKAGE_DIR} COMPONENT sdk)

# What to copy and start from.
foreach(name example template)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/plugins/${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/srt
    COMPONENT sdk USE_SOURCE_PERMISSIONS)
endforeach()

file(WRITE ${sdk}/tree/srt-config.cmake
  "set(srt_BACKEND_SUBDIR \"${SRT_BACKEND_DIR}\")\ninclude(\"${PROJECT_SOURCE_DIR}/cmake/sdk/srt-add-backend.cmake\")\n")
