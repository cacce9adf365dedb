# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(filter fuzz_filter.c LINK srt_filter_simulate srt_filters)
