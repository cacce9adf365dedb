# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(violation_record fuzz_violation_record.c LINK srt_violation PkgConfig::JSONC)
srt_fuzz_target(violation_database fuzz_violation_database.c LINK srt_violation)
srt_fuzz_target(suggest fuzz_suggest.c LINK srt_cli)
