/* SPDX-License-Identifier: Apache-2.0 */
/* The library's interface as it lies in memory where a pointer has 64 bits; see abi.c. A line that is
 * here is never changed: programs were built by it. */
#include <srt/srt.h>

#ifdef __cplusplus
#define SRT_PIN(what) static_assert(what, #what)
#else
#define SRT_PIN(what) _Static_assert(what, #what)
#endif
#define SIZE(type, bytes) SRT_PIN(sizeof(struct type) == (bytes))
#define AT(type, member, place) SRT_PIN(offsetof(struct type, member) == (place))
#define IS(name, value) SRT_PIN((int)(name) == (value))

SRT_PIN(sizeof(void *) == 8);
/* clang-format off */
SIZE(srt_record, 112);
AT(srt_record, struct_size, 0);
AT(srt_record, flags, 4);
AT(srt_record, operation, 8);
AT(srt_record, pid, 12);
AT(srt_record, time_us, 16);
AT(srt_record, last_us, 24);
AT(srt_record, count, 32);
AT(srt_record, program, 40);
AT(srt_record, target, 48);
AT(srt_record, rule, 56);
AT(srt_record, reason, 64);
AT(srt_record, backend, 72);
AT(srt_record, command_id, 80);
AT(srt_record, command, 88);
AT(srt_record, session, 96);
AT(srt_record, line, 104);
SIZE(srt_session_options, 64);
AT(srt_session_options, struct_size, 0);
AT(srt_session_options, flags, 4);
AT(srt_session_options, program, 8);
AT(srt_session_options, backend, 16);
AT(srt_session_options, allow_unenforced, 24);
AT(srt_session_options, ask, 32);
AT(srt_session_options, record, 40);
AT(srt_session_options, data, 48);
AT(srt_session_options, keep_records, 56);
AT(srt_session_options, reserved, 60);
SIZE(srt_command, 88);
AT(srt_command, struct_size, 0);
AT(srt_command, flags, 4);
AT(srt_command, argv, 8);
AT(srt_command, shell, 16);
AT(srt_command, shell_program, 24);
AT(srt_command, env, 32);
AT(srt_command, cwd, 40);
AT(srt_command, id, 48);
AT(srt_command, text, 56);
AT(srt_command, settings, 64);
AT(srt_command, stdin_plus_1, 72);
AT(srt_command, stdout_plus_1, 76);
AT(srt_command, stderr_plus_1, 80);
AT(srt_command, reserved, 84);
SIZE(srt_query, 40);
AT(srt_query, struct_size, 0);
AT(srt_query, operations, 4);
AT(srt_query, since_us, 8);
AT(srt_query, command, 16);
AT(srt_query, session, 24);
AT(srt_query, limit, 32);
AT(srt_query, reserved, 36);
IS(SRT_E_USAGE, 1);
IS(SRT_E_SETTINGS, 2);
IS(SRT_E_UNSUPPORTED, 3);
IS(SRT_E_NOT_FOUND, 4);
IS(SRT_E_SYSTEM, 5);
IS(SRT_E_PROTOCOL, 6);
IS(SRT_E_TIMEOUT, 7);
IS(SRT_SESSION_END_ALL, 1);
IS(SRT_SESSION_QUIET, 2);
IS(SRT_COMMAND_KEEP, 1);
IS(SRT_COMMAND_NEW_GROUP, 2);
