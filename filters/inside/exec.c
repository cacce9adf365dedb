/* SPDX-License-Identifier: Apache-2.0 */
/* From a word to a program, as execvp does it, but with the PATH of the command. */
#include <fcntl.h>
#include <string.h>

#include "inside.h"
#include "sys.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"
#define PATH_BYTES 4096

static bool exists(const char *path)
{
    return sys3(SYS_faccessat, AT_FDCWD, path, 0) >= 0;
}

/* A text file without "#!" is a script of the shell, as ever. */
static long exec_as_script(const inside_plan *plan, const char *path)
{
    /* plan_load leaves more room behind the words than this one more needs. */
    const char **argv = plan->argv;
    const char *word = argv[0];
    size_t n = plan->argc;
    memmove(argv + 1, argv, n * sizeof *argv);
    argv[0] = "/bin/sh";
    argv[1] = path;
    argv[n + 1] = NULL;
    long r = sys3(SYS_execve, "/bin/sh", argv, plan->envp);
    memmove(argv, argv + 1, n * sizeof *argv);
    argv[0] = word;
    argv[n] = NULL;
    return r;
}

static long try_exec(const inside_plan *plan, const char *path)
{
    long r = sys3(SYS_execve, path, plan->argv, plan->envp);
    return r == -ENOEXEC ? exec_as_script(plan, path) : r;
}

/* Errors that only say that this directory is not the right one. */
static bool look_further(long r)
{
    return r == -ENOENT || r == -ENOTDIR || r == -EACCES || r == -ENODEV || r == -ETIMEDOUT ||
           r == -ESTALE || r == -ENAMETOOLONG || r == -ELOOP;
}

static long exec_on_path(const inside_plan *plan, const char *search)
{
    char path[PATH_BYTES];
    const char *word = plan->argv[0];
    size_t word_length = strlen(word);
    long denied = 0;
    for (const char *p = search;;) {
        const char *colon = memchr(p, ':', strlen(p));
        size_t n = colon ? (size_t)(colon - p) : strlen(p);
        if (n + 1 + word_length < sizeof path) {
            size_t at = n;
            memcpy(path, p, n);
            if (n > 0)
                path[at++] = '/'; /* an empty element is the current directory */
            memcpy(path + at, word, word_length + 1);
            long r = try_exec(plan, path);
            if (!look_further(r))
                return r;
            if (r == -EACCES || (r == -ENOENT && exists(path)))
                denied = r;
        }
        if (!colon)
            return denied ? denied : -ENOENT;
        p = colon + 1;
    }
}

/* The words for a failed exec. A file that is there and still "not found" has
 * an interpreter that is missing. */
static int explain(const char *word, bool is_path, long r, inside_text *text)
{
    text_add(text, word);
    if (r == -ENOENT && is_path && exists(word)) {
        text_add(text, ": it is there, but the interpreter that it names is not");
        return INSIDE_NOT_EXECUTABLE;
    }
    if (r == -ENOENT && !is_path) {
        text_add(text, ": command not found");
        return INSIDE_NOT_FOUND;
    }
    text_add_errno(text, (int)-r);
    return r == -ENOENT ? INSIDE_NOT_FOUND : INSIDE_NOT_EXECUTABLE;
}

int exec_command(const inside_plan *plan, inside_text *ret_text)
{
    const char *word = plan->argv[0];
    bool is_path = memchr(word, '/', strlen(word)) != NULL;
    long r;
    if (is_path) {
        r = try_exec(plan, word);
    } else {
        const char *search = env_get((const char *const *)plan->envp, "PATH");
        r = exec_on_path(plan, search ? search : DEFAULT_PATH);
    }
    return explain(word, is_path, r, ret_text);
}

int exec_program(const inside_plan *plan, const char *const *envp, inside_text *ret_text)
{
    long r = sys3(SYS_execve, plan->argv[0], plan->argv, envp);
    text_add(ret_text, "cannot execute ");
    text_add(ret_text, plan->argv[0]);
    text_add_errno(ret_text, (int)-r);
    return INSIDE_FAILED;
}
