# SPDX-License-Identifier: Apache-2.0
srt_unit_test(policy.domain_set SOURCES test_domain_set.c host_lists.c LINK srt_policy)
srt_unit_test(policy.addresses SOURCES test_addresses.c LINK srt_policy)
srt_unit_test(policy.netpolicy SOURCES test_netpolicy.c host_lists.c LINK srt_policy srt_config)
srt_unit_test(policy.guard SOURCES test_guard.c host_lists.c LINK srt_policy)
