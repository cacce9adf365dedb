# SPDX-License-Identifier: Apache-2.0
srt_fuzz_target(session_message fuzz_session_message.c LINK srt_channel)
