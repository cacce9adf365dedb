# SPDX-License-Identifier: Apache-2.0
# Read by cpack for each generator: what depends on the version that is being made.
set(version ${CPACK_PACKAGE_VERSION})
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  set(ENV{SOURCE_DATE_EPOCH} ${CPACK_SRT_EPOCH})
endif()
# Modules whose files others may write to are refused.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

if(CPACK_GENERATOR STREQUAL "TGZ")
  # One tree that runs from anywhere.
  list(APPEND CPACK_COMPONENTS_ALL doc)
  set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
  set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
  set(CPACK_PACKAGING_INSTALL_PREFIX "/")
  set(CPACK_PACKAGE_FILE_NAME srt-${version}-linux-${CPACK_SRT_MACHINE})
  return()
endif()

set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # would stand before that of each package
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(scripts ${CPACK_SRT_PACKAGING}/debian)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME srt)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "run any command in a sandbox
Runs a command (a coding agent, a build, a script that is not trusted) inside
a sandbox of the operating system that one settings file describes: which
files it may read and write, which hosts and unix sockets it may reach. How
the isolation is done is the matter of a backend, of which one at least has
to be installed.
.
This package has the programs srt and srtctl and the helper of the backends.")
# Loaded when the first refusal is recorded; no program is linked with it.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS libsqlite3-0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "srt-backend-bwrap | srt-backend")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_PROVIDES srt-backend-abi-${CPACK_SRT_BACKEND_ABI})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${scripts}/srt/postrm)

# What srt and its own backends say to each other, beside the interface for all
# backends, may change with every version.
set(CPACK_DEBIAN_BACKEND-BWRAP_PACKAGE_NAME srt-backend-bwrap)
set(CPACK_DEBIAN_BACKEND-BWRAP_DESCRIPTION "sandboxes of namespaces for srt, with bubblewrap
Lets srt isolate commands with namespaces and mounts, which bubblewrap makes,
a system call filter, and a supervisor. Ordinary users need to be permitted to
make user namespaces; where AppArmor keeps them from it, the profile in this
package lets srt make them.")
set(CPACK_DEBIAN_BACKEND-BWRAP_PACKAGE_DEPENDS "srt (= ${version}), bubblewrap (>= 0.5.0)")
set(CPACK_DEBIAN_BACKEND-BWRAP_PACKAGE_PROVIDES srt-backend)
set(CPACK_DEBIAN_BACKEND-BWRAP_PACKAGE_CONTROL_EXTRA ${scripts}/srt-backend-bwrap/postinst
  ${scripts}/srt-backend-bwrap/prerm ${scripts}/srt-backend-bwrap/triggers)

set(CPACK_DEBIAN_BACKEND-LANDLOCK_PACKAGE_NAME srt-backend-landlock)
set(CPACK_DEBIAN_BACKEND-LANDLOCK_DESCRIPTION "sandboxes by Landlock rules for srt
Lets srt isolate commands with the Landlock rules of the kernel, a system call
filter, and a supervisor: without namespaces, mounts or privileges, as in
containers that permit none of them.")
set(CPACK_DEBIAN_BACKEND-LANDLOCK_PACKAGE_DEPENDS "srt (= ${version})")
set(CPACK_DEBIAN_BACKEND-LANDLOCK_PACKAGE_PROVIDES srt-backend)

set(CPACK_DEBIAN_SDK_PACKAGE_NAME srt-backend-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_SDK_DESCRIPTION "headers with which backends for srt are written
A backend is a shared object that knows one way of isolating a command. This
package has the headers that it is written with, their manual pages, a file for
pkg-config and a package for CMake.")
set(CPACK_DEBIAN_SDK_PACKAGE_RECOMMENDS "srt (= ${version})")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libsrt0)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "run commands in a sandbox, shared library
With this library a program runs commands in the sandboxes of srt, whose
program it starts.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "srt (= ${version})")

set(CPACK_DEBIAN_LIBRARY-DEV_PACKAGE_NAME libsrt-dev)
set(CPACK_DEBIAN_LIBRARY-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY-DEV_DESCRIPTION "run commands in a sandbox, development files
The header of the library libsrt, the link that the linker looks for, and a
file for pkg-config.")
set(CPACK_DEBIAN_LIBRARY-DEV_PACKAGE_DEPENDS "libsrt0 (= ${version}), srt-backend-dev (= ${version})")

set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-srt-sandbox)
set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_DESCRIPTION "run commands in a sandbox, Python module
With the module srt_sandbox a Python program runs commands in the sandboxes of
srt, with rules of their own, and learns what was refused to them.")
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.9), libsrt0 (>= ${version})")
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA ${scripts}/python3-srt-sandbox/postinst
  ${scripts}/python3-srt-sandbox/prerm)

set(CPACK_DEBIAN_NODE_PACKAGE_NAME node-srt-sandbox)
set(CPACK_DEBIAN_NODE_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_NODE_PACKAGE_SECTION javascript)
set(CPACK_DEBIAN_NODE_DESCRIPTION "run commands in a sandbox, module for Node.js
With the module srt-sandbox a program for Node.js runs commands in the
sandboxes of srt, with rules of their own, and learns what was refused to them.")
set(CPACK_DEBIAN_NODE_PACKAGE_DEPENDS "nodejs (>= 18), srt (>= ${version})")
