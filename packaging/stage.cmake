# SPDX-License-Identifier: Apache-2.0
# Run by cpack when the files are laid out and not yet packed: gives each Debian package what
# policy wants in it, and every file the one time and mode that make two builds the same.
set(top ${CPACK_TEMPORARY_DIRECTORY})
set(epoch $ENV{SOURCE_DATE_EPOCH})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# doc/PACKAGE/copyright and changelog.gz, overrides for lintian, compressed manual pages.
function(as_debian component)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  set(root ${top}/${component}/usr)
  set(doc ${root}/share/doc/${package})
  file(COPY ${CPACK_SRT_PACKAGING}/debian/copyright DESTINATION ${doc})
  file(READ ${CPACK_SRT_PACKAGING}/debian/changelog text)
  string(REPLACE "srt (${CPACK_SRT_VERSION})" "srt (${CPACK_PACKAGE_VERSION})" text "${text}")
  file(WRITE ${doc}/changelog "${text}")
  run(gzip -9n ${doc}/changelog)
  file(GLOB_RECURSE pages ${root}/share/man/*)
  foreach(page ${pages})
    run(gzip -9nf ${page})
  endforeach()
  set(overrides ${CPACK_SRT_PACKAGING}/debian/${package}/lintian-overrides)
  if(EXISTS ${overrides})
    file(COPY_FILE ${overrides} ${CMAKE_CURRENT_BINARY_DIR}/overrides)
    file(MAKE_DIRECTORY ${root}/share/lintian/overrides)
    file(RENAME ${CMAKE_CURRENT_BINARY_DIR}/overrides ${root}/share/lintian/overrides/${package})
  endif()
endfunction()

if(CPACK_GENERATOR STREQUAL "DEB")
  # Where Debian's Node.js looks for modules.
  file(MAKE_DIRECTORY ${top}/node/usr/share/nodejs)
  file(RENAME ${top}/node/usr/share/srt/node ${top}/node/usr/share/nodejs/srt-sandbox)
  file(REMOVE_RECURSE ${top}/node/usr/share/srt ${top}/node/usr/share/nodejs/srt-sandbox/LICENSE)
  foreach(component ${CPACK_COMPONENTS_ALL})
    as_debian(${component})
  endforeach()
endif()
run(chmod -R u=rwX,go=rX ${top})
run(find ${top} -exec touch --no-dereference --date=@${epoch} {} +)
