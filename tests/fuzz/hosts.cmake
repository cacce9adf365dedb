# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(host fuzz_host.c LINK srt_base)
srt_fuzz_target(domains fuzz_domains.c LINK srt_policy)
