# SPDX-License-Identifier: Apache-2.0
# Where things lie. The build tree has the layout of the installed tree, so that
# a program finds its parts relative to itself in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_BINDIR})
set(SRT_BACKEND_DIR ${CMAKE_INSTALL_LIBDIR}/srt/backends)
set(SRT_LIBEXEC_DIR ${CMAKE_INSTALL_LIBEXECDIR}/srt)
set(SRT_BACKEND_OUTPUT_DIR ${CMAKE_BINARY_DIR}/${SRT_BACKEND_DIR})
set(SRT_LIBEXEC_OUTPUT_DIR ${CMAKE_BINARY_DIR}/${SRT_LIBEXEC_DIR})

# The same as paths relative to the directory of the programs.
file(RELATIVE_PATH SRT_REL_BACKENDS /${CMAKE_INSTALL_BINDIR} /${SRT_BACKEND_DIR})
file(RELATIVE_PATH SRT_REL_LIBEXEC /${CMAKE_INSTALL_BINDIR} /${SRT_LIBEXEC_DIR})
# The site file lies in the tree as well; for programs in /usr that is /etc (search.c).
if(IS_ABSOLUTE "${CMAKE_INSTALL_SYSCONFDIR}")
  set(SRT_SITE_FILE ${CMAKE_INSTALL_SYSCONFDIR}/srt/backend)
else()
  file(RELATIVE_PATH SRT_SITE_FILE /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_SYSCONFDIR}/srt/backend)
endif()
# Installed directories are not writable by a group, whatever the umask: backends
# in such a place are refused.
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
