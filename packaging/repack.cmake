# SPDX-License-Identifier: Apache-2.0
# Run by cpack when the packages are made: dpkg's own tool writes them once more, since what CPack
# writes depends on the umask.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(work ${CPACK_TEMPORARY_DIRECTORY}/repack)
foreach(file ${CPACK_PACKAGE_FILES})
  file(REMOVE_RECURSE ${work})
  execute_process(COMMAND dpkg-deb --raw-extract ${file} ${work} COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND dpkg-deb --root-owner-group -Zxz --threads-max=1 --build ${work} ${file} OUTPUT_QUIET
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
