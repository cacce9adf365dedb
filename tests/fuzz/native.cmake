# SPDX-License-Identifier: Apache-2.0
if(TARGET srt_native)
  srt_fuzz_target(native_steps fuzz_native_steps.c LINK srt_native)
endif()
