/* SPDX-License-Identifier: Apache-2.0 */
/* module DYLIB: runs the module that was built for macOS, x86-64, on a system that does
 * what a script says. The profiles that it makes have to be, byte for byte, those of the
 * code built for this system, and it has to read the same out of the log. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srt/backend.h>

#include "darwin.h"
#include "macho.h"
#include "profiles.h"
#include "render.h"

#define SESSION "5a5a5a5a5a5a5a5a5a5a5a5a"
#define MANY 6000

struct srt_launch {
    const char *command[3];
    char *words[8];
};

static const config *now; /* the configuration in hand */
static bool plan_only;
static char seen[4096]; /* violations, a line each */
static unsigned reported, failed;

__attribute__((format(printf, 2, 3))) static void wrong(const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s: ", what);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    failed++;
}

__attribute__((format(printf, 3, 4))) static void h_log(const srt_host *h, srt_log_level level,
                                                        const char *format, ...)
{
    va_list args;
    (void)h, (void)level;
    va_start(args, format);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    failed++;
}

__attribute__((format(printf, 3, 4))) static int h_fail(const srt_host *h, int error,
                                                        const char *format, ...)
{
    va_list args;
    (void)h;
    va_start(args, format);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    return -error;
}

static void h_report(const srt_host *h, srt_rule_class rule, srt_enforcement how, const char *why)
{
    (void)h, (void)rule, (void)how, (void)why;
    reported++;
}

static void h_violation(const srt_host *h, const srt_violation *v)
{
    size_t n = strlen(seen);
    (void)h;
    snprintf(seen + n, sizeof seen - n, "%d|%d|%s|%s\n", (int)v->operation, v->pid, v->program,
             v->target);
}

static const char *h_option(const srt_host *h, const char *name)
{
    const struct {
        const char *name;
        bool on;
    } switches[] = {{"plan", plan_only},
                    {"allowLocalBinding", now->options.local_binding},
                    {"enableWeakerNetworkIsolation", now->options.weaker_network},
                    {"allowAppleEvents", now->options.apple_events},
                    {"allowPty", now->options.pty}};
    (void)h;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (strcmp(name, switches[i].name) == 0)
            return switches[i].on ? "true" : NULL;
    return strcmp(name, "allowMachLookup") == 0 ? now->options.mach_names : NULL;
}

static const char *h_path(const srt_host *h, srt_path_name name)
{
    (void)h, (void)name;
    return NULL;
}

static void h_nothing(const srt_host *h)
{
    (void)h;
}

static const char *const *l_argv(const srt_launch *l)
{
    return l->command;
}

static void l_set_argv(srt_launch *l, const char *const *argv)
{
    for (size_t i = 0; i < 8 && argv[i]; i++)
        l->words[i] = strdup(argv[i]);
}

static const char *const *l_env(const srt_launch *l)
{
    static const char *const env[] = {"PATH=/bin:/usr/bin", NULL};
    (void)l;
    return env;
}

static void l_setenv(srt_launch *l, const char *name, const char *value)
{
    (void)l, (void)name, (void)value;
}

static const char *l_cwd(const srt_launch *l)
{
    (void)l;
    return "/";
}

static void l_text(srt_launch *l, const char *text)
{
    (void)l, (void)text;
}

static void l_tool_env(srt_launch *l, const char *const *env)
{
    (void)l, (void)env;
}

static uint16_t l_port(const srt_launch *l, srt_listener_role role)
{
    (void)l;
    return role == SRT_LISTENER_HTTP || now->same_ports ? 49201 : 49202;
}

static int l_null_fd(const srt_launch *l)
{
    (void)l;
    return -1;
}

static const srt_host host = {
    .struct_size = sizeof host,
    .abi = SRT_BACKEND_ABI,
    .log = h_log,
    .fail = h_fail,
    .report = h_report,
    .violation = h_violation,
    .path = h_path,
    .option = h_option,
    .share_loopback = h_nothing,
    .names_changed = h_nothing,
    .launch_argv = l_argv,
    .launch_set_argv = l_set_argv,
    .launch_env = l_env,
    .launch_setenv = l_setenv,
    .launch_cwd = l_cwd,
    .launch_set_tmpdir = l_text,
    .launch_set_connector = l_text,
    .launch_set_tool_env = l_tool_env,
    .launch_proxy_port = l_port,
    .launch_null_fd = l_null_fd,
};

static void clear_launch(srt_launch *l)
{
    for (size_t i = 0; i < 8; i++)
        free(l->words[i]);
}

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

/* What the code of this system makes of the same policy. */
static void compare(const srt_launch *l, profile *p)
{
    sb_text text = {0};
    sb_render(&text, &p->plan, "SRT1_" SESSION "_SRT");
    bool in_file = is(l->words[1], "-f");
    const char *other = in_file ? darwin_written : l->words[2];
    if (!is(other, text.bytes))
        wrong(now->name, "another profile:\n%s", other ? other : "none");
    if (!is(l->words[0], "/usr/bin/sandbox-exec") || !is(l->words[3], "/usr/bin/true") ||
        !is(l->words[4], "-x") || l->words[5] || (in_file && !is(l->words[2], DARWIN_OWN "/1.sb")))
        wrong(now->name, "another command");
    sb_text_clear(&text);
}

static void check_policy(const srt_backend *module, profile *p)
{
    srt_launch launch = {.command = {"true", "-x", NULL}};
    srt_backend_state *state = NULL;
    reported = 0;
    darwin_n_written = 0;
    if (module->prepare(&host, &p->policy, &state) != 0 || module->wrap(state, &launch) != 0)
        wrong(now->name, "the module refuses");
    else
        compare(&launch, p);
    if (reported != SRT_RULE_CLASS_COUNT)
        wrong(now->name, "%u classes are reported", reported);
    clear_launch(&launch);
    module->teardown(state);
}

/* So many protected files that the profile goes through a file. */
static void check_long(const srt_backend *module, const config *usual)
{
    profile p;
    char(*paths)[64] = calloc(MANY, sizeof *paths);
    srt_region *regions = calloc(MANY + 2, sizeof *regions);
    const srt_region **pointers = calloc(MANY + 2, sizeof *pointers);
    now = usual;
    profile_make(&p, usual, -1);
    for (size_t i = 0; i < MANY + 2; i++) {
        const char *path = i == 0 ? "/" : i == 1 ? "/Users/me/proj" : paths[i - 2];
        if (i > 1)
            snprintf(paths[i - 2], sizeof *paths, "/Users/me/proj/f%06zu", i);
        regions[i] = (srt_region){sizeof *regions, 0, i == 1 ? WRITE : READ, path, NULL};
        pointers[i] = &regions[i];
    }
    p.policy.regions = pointers;
    p.policy.n_regions = MANY + 2;
    sb_plan_clear(&p.plan);
    const sb_plan_input input = {.policy = &p.policy,
                                 .options = &usual->options,
                                 .own_dir = DARWIN_OWN,
                                 .tmp_dir = DARWIN_OWN "/tmp",
                                 .http_port = 49201,
                                 .socks_port = 49202};
    if (sb_plan_make(&p.plan, &input) != 0)
        wrong("long", "%s", p.plan.why);
    check_policy(module, &p);
    if (darwin_n_written < 128 * 1024)
        wrong("long", "no file was written");
    profile_clear(&p);
    free(paths);
    free(regions);
    free(pointers);
}

#define TAG "SRT1_" SESSION "_SRT"
#define JSON(pid, text)                                                                            \
    "{\"processID\":" pid ",\"senderImagePath\":\"/S/Sandbox\",\"eventMessage\":\"" text "\\n" TAG \
    "\"}\n"
#define COMPACT(sender, text)                                                                      \
    "2026-04-11 09:15:02.101 E  " sender "[0:1a2b3c] (Sandbox) " text "\n" TAG "\n"

static const char log_text[] = "Filtering the log data using \"x\"\n" /**/
    JSON("0", "Sandbox: cat(7) deny(1) file-read-data /Users/d/a \\\"b\\\" \\u00e9\\ud83d\\ude00")
        JSON("9", "Sandbox: cat(7) deny(1) file-read-data /forged")
            JSON("0", "Sandbox: My App (x)(8) deny(1) network-outbound remote:*:443")
                COMPACT("kernel", "Sandbox: touch(9) deny(1) file-write-create /Users/d/a (1).txt")
                    COMPACT("other", "Sandbox: touch(9) deny(1) file-write-create /forged");
static const char log_means[] = "0|7|cat|/Users/d/a \"b\" é😀\n"
                                "6|8|My App (x)|remote:*:443\n"
                                "2|9|touch|/Users/d/a (1).txt\n";

static void check_monitor(const srt_backend *module, const config *usual, size_t piece)
{
    profile p;
    srt_backend_state *state = NULL;
    srt_launch launch = {.command = {"true", "-x", NULL}};
    int fd = -1;
    now = usual;
    profile_make(&p, usual, -1);
    seen[0] = darwin_started[0] = '\0';
    darwin_log_says(log_text, piece);
    if (module->prepare(&host, &p.policy, &state) != 0 || module->wrap(state, &launch) != 0 ||
        module->monitor(state, 4001, &fd) != 0 || fd < 0 || module->monitor(state, 0, NULL) != 0)
        wrong("monitor", "the module refuses");
    if (!is(seen, log_means))
        wrong("monitor", "read out of the log:\n%s", seen);
    if (!strstr(darwin_started, "/usr/bin/log stream --style ndjson --predicate eventMessage "
                                "ENDSWITH \"_" SESSION "_SRT\"\n"))
        wrong("monitor", "started:\n%s", darwin_started);
    clear_launch(&launch);
    module->teardown(state);
    profile_clear(&p);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    void *entry = macho_load(argv[1], darwin_import, SRT_BACKEND_ENTRY);
    srt_backend_entry_function function;
    memcpy(&function, &entry, sizeof function);
    const srt_backend *module = function();
    if (!is(module->name, "seatbelt") || !is(module->platform, "macos") ||
        module->abi != SRT_BACKEND_ABI || module->struct_size != sizeof *module)
        wrong("entry", "another descriptor");
    plan_only = true;
    for (size_t i = 0; i < n_configs; i++) {
        profile p;
        now = &configs[i];
        profile_make(&p, now, -1);
        check_policy(module, &p);
        profile_clear(&p);
    }
    plan_only = false;
    darwin_log_says(log_text, 100);
    check_long(module, &configs[1]);
    static const size_t pieces[] = {1, 7, 100, 100000};
    for (size_t i = 0; i < 4; i++)
        check_monitor(module, &configs[1], pieces[i]);
    printf("x86_64, run here: %zu profiles and the log: %s\n", n_configs + 1,
           failed ? "WRONG" : "the same");
    return failed != 0;
}
