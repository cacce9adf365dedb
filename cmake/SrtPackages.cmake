# SPDX-License-Identifier: Apache-2.0
# Debian packages (cpack -G DEB) and a tarball (cpack -G TGZ) of what is installed. Which
# component goes into which package stands here, what it depends on in packaging/options.cmake,
# which is read when the packages are made, so that `cpack -R VERSION` makes another version of them.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  return()
endif()
set(SRT_PACKAGE_VERSION ${PROJECT_VERSION} CACHE STRING "Version of the packages")
set(packaging ${PROJECT_SOURCE_DIR}/packaging)
install(FILES packaging/apparmor/srt DESTINATION ${CMAKE_INSTALL_DATADIR}/srt/apparmor
  COMPONENT backend-bwrap)
# Debian's packages have a copyright file of their own instead.
install(FILES LICENSE README.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc)

# The time of all files in the packages: SOURCE_DATE_EPOCH, else that of the changelog.
file(STRINGS ${packaging}/debian/changelog changes REGEX "^(srt \\(| -- )")
list(GET changes 0 first)
if(NOT first MATCHES "^srt \\(${PROJECT_VERSION}\\) ")
  message(FATAL_ERROR "packaging/debian/changelog begins with \"${first}\", expected: srt (${PROJECT_VERSION})")
endif()
list(GET changes 1 signed)
string(REGEX REPLACE "^ -- (.*>)  .*$" "\\1" CPACK_PACKAGE_CONTACT "${signed}")
string(REGEX REPLACE "^ -- .*>  " "" signed "${signed}")
execute_process(COMMAND date -u -d "${signed}" +%s OUTPUT_VARIABLE CPACK_SRT_EPOCH
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

set(CPACK_COMPONENTS_ALL runtime backend-bwrap backend-landlock sdk)
if(TARGET srt_library)
  list(APPEND CPACK_COMPONENTS_ALL library library-dev python node)
endif()
set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGE_NAME srt)
set(CPACK_PACKAGE_VENDOR "srt maintainers")
set(CPACK_PACKAGE_VERSION ${SRT_PACKAGE_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "run any command in a sandbox")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${packaging}/options.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${packaging}/stage.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${packaging}/repack.cmake)
set(CPACK_SRT_PACKAGING ${packaging})
set(CPACK_SRT_VERSION ${PROJECT_VERSION})
set(CPACK_SRT_BACKEND_ABI ${SRT_BACKEND_ABI})
set(CPACK_SRT_MACHINE ${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_SRT_MANDIR ${CMAKE_INSTALL_MANDIR})
include(CPack)
