/* SPDX-License-Identifier: Apache-2.0 */
/* A module that does everything right, and BEAST, which makes a module of it with
 * one thing changed. Each file of the bestiary has one behaviour, and its name.
 *
 * Every call is written as one line to the file that the option "journal" names. */
#ifndef SRT_TESTS_BEAST_H
#define SRT_TESTS_BEAST_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <srt/backend.h>

#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

#define BEAST_BIT(rule) (UINT64_C(1) << (rule))
#define BEAST_ALL ((UINT64_C(1) << SRT_RULE_CLASS_COUNT) - 1)

/* volatile: in a module without prepare the compiler would see that it stays NULL. */
static const srt_host *volatile beast_host;
static char beast_journal[4096];
static int beast_object;
static uint64_t beast_silent; /* classes that the module reports by itself */

static inline void beast_note(const char *line)
{
    int fd = beast_journal[0] ? open(beast_journal, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    if (write(fd, line, strlen(line)) < 0 || write(fd, "\n", 1) < 0)
        beast_journal[0] = '\0';
    close(fd);
}

static inline void beast_begin(const srt_host *host)
{
    const char *journal = host->option(host, "journal");
    beast_host = host;
    snprintf(beast_journal, sizeof beast_journal, "%s", journal ? journal : "");
    beast_note("prepare");
}

static inline void beast_report_all(const srt_host *host)
{
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        if (!(beast_silent & (UINT64_C(1) << rule)))
            host->report(host, (srt_rule_class)rule, SRT_ENFORCED, NULL);
}

static inline int beast_prepare(const srt_host *host, const srt_policy *policy,
                                srt_backend_state **ret_state)
{
    (void)policy;
    beast_begin(host);
    beast_report_all(host);
    *ret_state = &beast_object;
    return 0;
}

static inline int beast_wrap(srt_backend_state *state, srt_launch *launch)
{
    const char *const words[] = {"/bin/true", NULL};
    (void)state;
    beast_note("wrap");
    beast_host->launch_set_argv(launch, words);
    return 0;
}

static inline int beast_monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    (void)state, (void)pid;
    beast_note(ret_fd ? "monitor" : "drain");
    if (ret_fd)
        *ret_fd = -1;
    return 0;
}

static inline void beast_teardown(srt_backend_state *state)
{
    beast_note(state ? "teardown" : "teardown without state");
}

#define BEAST(beast_name, ...)                                                                     \
    static const srt_backend beast = {.struct_size = sizeof(srt_backend),                          \
                                      .abi = SRT_BACKEND_ABI,                                      \
                                      .name = beast_name,                                          \
                                      .version = "1.0",                                            \
                                      .summary = "one of the bestiary",                            \
                                      .platform = "any",                                           \
                                      .priority = 10,                                              \
                                      .classes = BEAST_ALL,                                        \
                                      .prepare = beast_prepare,                                    \
                                      .wrap = beast_wrap,                                          \
                                      .monitor = beast_monitor,                                    \
                                      .teardown = beast_teardown,                                  \
                                      __VA_ARGS__};                                                \
    const srt_backend *srt_backend_entry(void)                                                     \
    {                                                                                              \
        return &beast;                                                                             \
    }

#endif
