# SPDX-License-Identifier: Apache-2.0
find_package(Threads REQUIRED)

srt_unit_test(filters.rules SOURCES test_rules.c probes.c LINK srt_filter_rules)
srt_unit_test(filters.verify SOURCES test_verify.c LINK srt_filters)
srt_unit_test(filters.simulate SOURCES test_simulate.c LINK srt_filter_simulate)
srt_unit_test(filters.expect SOURCES test_expect.c expect.c expect_rows.c
  LINK srt_filter_simulate srt_filters)
srt_unit_test(filters.notify SOURCES test_notify.c expect_notify.c
  LINK srt_filter_simulate srt_filters TIMEOUT 180)
srt_unit_test(filters.seen SOURCES test_seen.c probes.c
  LINK srt_filter_simulate srt_filters TIMEOUT 180)
srt_unit_test(filters.programs SOURCES test_programs.c probes.c
  LINK srt_filter_simulate srt_filters TIMEOUT 180)
srt_unit_test(filters.live SOURCES test_live.c live.c LINK srt_filters Threads::Threads)
srt_unit_test(filters.cross SOURCES test_cross.c)
if(TARGET srt_filter_generate)
  srt_unit_test(filters.generate SOURCES test_generate.c probes.c
    LINK srt_filter_generate srt_filters TIMEOUT 180)
  srt_unit_test(filters.shrink SOURCES test_shrink.c LINK srt_filter_generate srt_filters)
endif()
