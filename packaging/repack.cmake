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
  file(GLOB_RECURSE library ${work}/usr/lib/libsrt.so.[0-9]*)
  if(library)
    # Policy wants the trigger where CPack calls ldconfig, and what programs linked with it need.
    string(REGEX REPLACE ".*/libsrt\\.so\\.([0-9]+).*" "\\1" number "${library}")
    file(WRITE ${work}/DEBIAN/shlibs "libsrt ${number} libsrt${number} (>= ${CPACK_PACKAGE_VERSION})\n")
    file(REMOVE ${work}/DEBIAN/postinst ${work}/DEBIAN/postrm)
    file(WRITE ${work}/DEBIAN/triggers "activate-noawait ldconfig\n")
    file(CHMOD ${work}/DEBIAN/triggers ${work}/DEBIAN/shlibs PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  endif()
  execute_process(COMMAND dpkg-deb --root-owner-group -Zxz --threads-max=1 --build ${work} ${file} OUTPUT_QUIET
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
