/* SPDX-License-Identifier: Apache-2.0 */
/* The backend that restricts nothing. It shows that the core knows no backend,
 * and it is the control of the tests: what it lets through, a real backend must
 * stop. It enforces no rule class and says so, so it runs a command only for
 * somebody who names it and accepts every class that goes unenforced:
 *
 *   srt --backend=PATH/null.so --allow-unenforced=all command...
 *
 * libc only; nothing of the program but <srt/backend.h>. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <srt/backend.h>
#include <srt/version.h>

#define WORDS_MAX 65536u

struct state {
    const srt_host *host;
    const srt_policy *policy;
};

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return host->fail(host, ENOMEM, "out of memory");
    *ret_state = state;
    state->host = host;
    state->policy = policy;
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        host->report(host, (srt_rule_class)rule, SRT_UNSUPPORTED, "it restricts nothing");
    return 0;
}

static const char *value_of(const char *const *env, const char *name)
{
    size_t n = strlen(name);
    for (; *env; env++)
        if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
            return *env + n + 1;
    return NULL;
}

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Joins directory, "/" and name; an empty directory is the current one. */
static char *join(const char *cwd, const char *directory, size_t length, const char *name)
{
    bool absolute = length > 0 && directory[0] == '/';
    size_t size = strlen(cwd) + length + strlen(name) + 3;
    char *path = malloc(size);
    if (!path)
        return NULL;
    char *end = path;
    if (!absolute) {
        end = stpcpy(end, cwd);
        *end++ = '/';
    }
    memcpy(end, directory, length);
    end += length;
    if (length > 0)
        *end++ = '/';
    memcpy(end, name, strlen(name) + 1);
    return path;
}

/* The absolute path of the program that the word means, or NULL. */
static char *find_program(const char *word, const char *search, const char *cwd)
{
    if (strchr(word, '/')) {
        char *path = word[0] == '/' ? strdup(word) : join(cwd, "", 0, word);
        if (path && is_program(path))
            return path;
        free(path);
        return NULL;
    }
    while (*word) {
        size_t n = strcspn(search, ":");
        char *path = join(cwd, search, n, word);
        if (path && is_program(path))
            return path;
        free(path);
        if (!search[n])
            break;
        search += n + 1;
    }
    return NULL;
}

/* What cannot be found is left to a shell to fail on: it says so in the usual
 * words and ends with 126 or 127. */
static const char *const through_shell[] = {"/bin/sh", "-c", "exec \"$@\"", "srt"};

static int set_words(const struct state *state, srt_launch *launch, const char *const *argv,
                     char *program)
{
    size_t n = 0, before = program ? 0 : sizeof through_shell / sizeof *through_shell;
    while (argv[n])
        n++;
    if (n > WORDS_MAX)
        return state->host->fail(state->host, E2BIG, "more than %u words", WORDS_MAX);
    const char **words = calloc(before + n + 1, sizeof *words);
    if (!words)
        return state->host->fail(state->host, ENOMEM, "out of memory");
    if (program) {
        memcpy(words, argv, n * sizeof *words);
        words[0] = program;
    } else {
        memcpy(words, through_shell, sizeof through_shell);
        memcpy(words + before, argv, n * sizeof *words);
    }
    state->host->launch_set_argv(launch, words);
    free(words);
    return 0;
}

static int wrap(srt_backend_state *data, srt_launch *launch)
{
    const struct state *state = data;
    const srt_host *host = state->host;
    const char *const *argv = host->launch_argv(launch);
    const char *const *env = host->launch_env(launch);
    const char *search = value_of(env, "PATH");
    const char *cwd = host->launch_cwd(launch);
    host->log(host, SRT_LOG_WARNING, "THIS COMMAND RUNS WITHOUT ANY SANDBOX");
    char *program = find_program(argv[0], search ? search : "/usr/bin:/bin", cwd ? cwd : "/");
    int result = set_words(state, launch, argv, program);
    free(program);
    /* The started process is the command itself. */
    host->launch_set_tool_env(launch, env);
    return result;
}

static int monitor(srt_backend_state *data, int32_t pid, int *ret_fd)
{
    (void)data, (void)pid;
    if (ret_fd)
        *ret_fd = -1;
    return 0;
}

static void teardown(srt_backend_state *data)
{
    free(data);
}

static const srt_backend descriptor = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "null",
    .version = SRT_VERSION,
    .summary = "restricts nothing: for tests and for looking at what a sandbox changes",
    .platform = "any",
    .priority = -1,
    .classes = 0,
    .prepare = prepare,
    .wrap = wrap,
    .monitor = monitor,
    .teardown = teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &descriptor;
}
