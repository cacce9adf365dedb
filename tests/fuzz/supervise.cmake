# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(protected fuzz_protected.c LINK srt_supervise srt_policy)
target_include_directories(fuzz-protected PRIVATE ${PROJECT_SOURCE_DIR}/filters/supervise)
srt_fuzz_target(mask fuzz_mask.c LINK srt_supervise)
target_include_directories(fuzz-mask PRIVATE ${PROJECT_SOURCE_DIR}/filters/supervise)
srt_fuzz_target(audit fuzz_audit.c LINK srt_supervise)
target_include_directories(fuzz-audit PRIVATE ${PROJECT_SOURCE_DIR}/filters/supervise)
