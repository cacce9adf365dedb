# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(seatbelt_record fuzz_seatbelt_record.c LINK srt_seatbelt)
srt_fuzz_target(seatbelt_pattern fuzz_seatbelt_pattern.c LINK srt_seatbelt srt_sbpl)
srt_fuzz_target(sbpl fuzz_sbpl.c LINK srt_sbpl)
