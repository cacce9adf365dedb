# SPDX-License-Identifier: Apache-2.0
# srt_python_test(NAME FILE LABEL [LEVELS] [NO_NATIVE]): cases through the built srt with the backend that is
# chosen by itself, and again with landlock and native; LEVELS: with older Landlocks as well. NO_NATIVE: not
# with that.
set(srt_python_environment "SRT_BUILD_DIR=${CMAKE_BINARY_DIR}"
  "PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/support" "PYTHONDONTWRITEBYTECODE=1")

function(srt_python_case name file label)
  add_test(NAME ${name} COMMAND /usr/bin/python3 ${file})
  set_tests_properties(${name} PROPERTIES LABELS "${label}" SKIP_RETURN_CODE 77 TIMEOUT 600
    ENVIRONMENT "${srt_python_environment};${ARGN}")
endfunction()

function(srt_python_test name file label)
  srt_python_case(${name} ${file} ${label})
  if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR "ITSELF" IN_LIST ARGN)
    return()
  endif()
  srt_python_case(${name}.landlock ${file} "${label};landlock" "SRT_TEST_BACKEND=landlock")
  if(NOT "NO_NATIVE" IN_LIST ARGN)
    srt_python_case(${name}.native ${file} "${label};native" "SRT_TEST_BACKEND=native")
  endif()
  if(NOT "LEVELS" IN_LIST ARGN)
    return()
  endif()
  # The kernel's ABI and the classes that are not enforced there.
  foreach(level 6= 4=process 3=process 1=process,writeAllow,writeDeny)
    string(REGEX MATCH "^([0-9]+)=(.*)$" unused ${level})
    set(abi ${CMAKE_MATCH_1})
    set(unenforced ${CMAKE_MATCH_2})
    # What 6 and 3 lack, 4 and 1 lack too: those are left to runs by hand (label every).
    set(every)
    if(abi EQUAL 6 OR abi EQUAL 3)
      set(every ";every")
    endif()
    srt_python_case(${name}.landlock${abi} ${file} "${label};landlock;levels${every}"
      "SRT_TEST_BACKEND=landlock" "SRT_LANDLOCK_ABI=${abi}" "SRT_TEST_UNENFORCED=${unenforced}")
  endforeach()
endfunction()
