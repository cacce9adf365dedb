/* SPDX-License-Identifier: Apache-2.0 */
/* The interface as it lies in memory where a pointer has 64 bits. A line that is here is never
 * changed: modules were built by it. What grows gets new lines, and only the number of its SIZE
 * is another one then.
 *
 * It is compiled, not run: as C and as C++, with every compiler, for every system. */
#include <srt/backend.h>

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
SIZE(srt_origin, 32);
AT(srt_origin, struct_size, 0);
AT(srt_origin, line, 4);
AT(srt_origin, file, 8);
AT(srt_origin, pointer, 16);
AT(srt_origin, text, 24);
SIZE(srt_region, 32);
AT(srt_region, struct_size, 0);
AT(srt_region, flags, 4);
AT(srt_region, access, 8);
AT(srt_region, path, 16);
AT(srt_region, origin, 24);
SIZE(srt_pending_rule, 32);
AT(srt_pending_rule, struct_size, 0);
AT(srt_pending_rule, flags, 4);
AT(srt_pending_rule, access, 8);
AT(srt_pending_rule, path, 16);
AT(srt_pending_rule, origin, 24);
SIZE(srt_policy, 120);
AT(srt_policy, struct_size, 0);
AT(srt_policy, reserved, 4);
AT(srt_policy, requested, 8);
AT(srt_policy, cwd, 16);
AT(srt_policy, home, 24);
AT(srt_policy, fs_disabled, 32);
AT(srt_policy, private_tmp, 33);
AT(srt_policy, regions, 40);
AT(srt_policy, n_regions, 48);
AT(srt_policy, pending, 56);
AT(srt_policy, n_pending, 64);
AT(srt_policy, net_mode, 72);
AT(srt_policy, http_port, 76);
AT(srt_policy, socks_port, 78);
AT(srt_policy, unix_all, 80);
AT(srt_policy, unix_paths, 88);
AT(srt_policy, weaker_nested, 96);
AT(srt_policy, allow_user_namespaces, 97);
AT(srt_policy, protect_missing, 100);
AT(srt_policy, monitor, 104);
AT(srt_policy, layers, 108);
AT(srt_policy, unix_denied, 112);
SIZE(srt_violation, 56);
AT(srt_violation, struct_size, 0);
AT(srt_violation, flags, 4);
AT(srt_violation, operation, 8);
AT(srt_violation, pid, 12);
AT(srt_violation, program, 16);
AT(srt_violation, target, 24);
AT(srt_violation, rule, 32);
AT(srt_violation, reason, 40);
AT(srt_violation, count, 48);
SIZE(srt_host, 216);
AT(srt_host, struct_size, 0);
AT(srt_host, abi, 4);
AT(srt_host, data, 8);
AT(srt_host, log, 16);
AT(srt_host, fail, 24);
AT(srt_host, report, 32);
AT(srt_host, violation, 40);
AT(srt_host, path, 48);
AT(srt_host, option, 56);
AT(srt_host, launch_argv, 64);
AT(srt_host, launch_set_argv, 72);
AT(srt_host, launch_env, 80);
AT(srt_host, launch_setenv, 88);
AT(srt_host, launch_cwd, 96);
AT(srt_host, launch_set_tmpdir, 104);
AT(srt_host, launch_set_connector, 112);
AT(srt_host, launch_take_fd, 120);
AT(srt_host, launch_handoff_fd, 128);
AT(srt_host, launch_ignored_signals, 136);
AT(srt_host, launch_set_tool_env, 144);
AT(srt_host, share_loopback, 152);
AT(srt_host, launch_proxy_port, 160);
AT(srt_host, names_changed, 168);
AT(srt_host, launch_null_fd, 176);
AT(srt_host, violations_lost, 184);
AT(srt_host, inside_prepare, 192);
AT(srt_host, inside_launch, 200);
AT(srt_host, inside_monitor, 208);
SIZE(srt_inside, 40);
AT(srt_inside, struct_size, 0);
AT(srt_inside, reserved, 4);
AT(srt_inside, helper, 8);
AT(srt_inside, tmpdir, 16);
AT(srt_inside, private_dirs, 24);
AT(srt_inside, no_supervisor, 32);
SIZE(srt_backend, 88);
AT(srt_backend, struct_size, 0);
AT(srt_backend, abi, 4);
AT(srt_backend, name, 8);
AT(srt_backend, version, 16);
AT(srt_backend, summary, 24);
AT(srt_backend, platform, 32);
AT(srt_backend, priority, 40);
AT(srt_backend, reserved, 44);
AT(srt_backend, classes, 48);
AT(srt_backend, prepare, 56);
AT(srt_backend, wrap, 64);
AT(srt_backend, monitor, 72);
AT(srt_backend, teardown, 80);
IS(SRT_LOG_WARNING, 0);
IS(SRT_LOG_DEBUG, 1);
IS(SRT_PATH_INSIDE, 0);
IS(SRT_RULE_READ_DENY, 0);
IS(SRT_RULE_READ_ALLOW, 1);
IS(SRT_RULE_WRITE_ALLOW, 2);
IS(SRT_RULE_WRITE_DENY, 3);
IS(SRT_RULE_WRITE_DENY_MISSING, 4);
IS(SRT_RULE_GLOB_LATER, 5);
IS(SRT_RULE_NET_ISOLATE, 6);
IS(SRT_RULE_NET_PROXY, 7);
IS(SRT_RULE_UNIX_DENY, 8);
IS(SRT_RULE_UNIX_PATH, 9);
IS(SRT_RULE_PROCESS, 10);
IS(SRT_RULE_IPC, 11);
IS(SRT_RULE_SYSCALL, 12);
IS(SRT_RULE_TERMINAL, 13);
IS(SRT_ENFORCED, 0);
IS(SRT_SNAPSHOT, 1);
IS(SRT_UNSUPPORTED, 2);
IS(SRT_CHECKED, 3);
IS(SRT_ACCESS_HIDDEN, 0);
IS(SRT_ACCESS_READ, 1);
IS(SRT_ACCESS_WRITE, 2);
IS(SRT_NET_NONE, 0);
IS(SRT_NET_PROXY, 1);
IS(SRT_LISTENER_HTTP, 0);
IS(SRT_LISTENER_SOCKS, 1);
IS(SRT_PROTECT_CHECK, 0);
IS(SRT_PROTECT_EXACT, 1);
IS(SRT_PROTECT_OFF, 2);
IS(SRT_MONITOR_DEFAULT, 0);
IS(SRT_MONITOR_OFF, 1);
IS(SRT_MONITOR_FULL, 2);
IS(SRT_OP_READ, 0);
IS(SRT_OP_WRITE, 1);
IS(SRT_OP_CREATE, 2);
IS(SRT_OP_DELETE, 3);
IS(SRT_OP_RENAME, 4);
IS(SRT_OP_EXEC, 5);
IS(SRT_OP_CONNECT, 6);
IS(SRT_OP_RESOLVE, 7);
IS(SRT_OP_UNIX, 8);
IS(SRT_OP_SIGNAL, 9);
IS(SRT_OP_SYSCALL, 10);
IS(SRT_BACKEND_ABI, 1);
IS(SRT_HANDOFF_LISTENER, 76);
IS(SRT_HANDOFF_COMMAND, 67);
IS(SRT_HANDOFF_FAILED, 69);
IS(SRT_HANDOFF_MAX, 1024);
IS(SRT_PATH_DIR, 1);
IS(SRT_PATH_MANDATORY, 2);
IS(SRT_PATH_GLOB, 4);
IS(SRT_PATH_DEFAULT, 8);
IS(SRT_PATH_EXCEPTION, 16);
IS(SRT_LAYER_LANDLOCK, 1);
IS(SRT_INSIDE_LISTEN, 1);
IS(SRT_VIOLATION_ATTEMPT, 1);
IS(SRT_VIOLATION_TAMPERING, 2);

