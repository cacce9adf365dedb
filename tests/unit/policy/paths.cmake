# SPDX-License-Identifier: Apache-2.0
srt_unit_test(policy.glob SOURCES test_glob.c LINK srt_policy)
srt_unit_test(policy.regions SOURCES test_regions.c LINK srt_policy)
srt_unit_test(policy.mandatory SOURCES test_mandatory.c LINK srt_policy srt_config)
srt_unit_test(policy.resolve SOURCES test_resolve.c tree.c LINK srt_policy srt_config)
srt_unit_test(policy.paths SOURCES test_paths.c tree.c LINK srt_policy srt_config)
srt_unit_test(policy.scan SOURCES test_scan.c tree.c LINK srt_policy srt_config)
srt_unit_test(policy.walk SOURCES test_walk.c tree.c LINK srt_policy srt_config)
