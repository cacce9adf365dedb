/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that one policy needs once. Nothing is changed outside of memory. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "native.h"
#include "reach.h"

/* The number that stands for every user who does not exist in the namespace that srt runs in. */
#define OVERFLOW_UID 65534u

/* What is executed outside must be as hard to replace as the module is: srt has judged the
 * directory. An owner who does not exist here is no worse than srt's own, who is the same. */
static const char *launcher_problem(const char *path, const char *helper)
{
    struct stat st, own;
    const bool is_installed = helper && stat(helper, &own) == 0 && own.st_uid == OVERFLOW_UID;
    if (lstat(path, &st) != 0)
        return strerror(errno);
    if (!S_ISREG(st.st_mode))
        return "it is not a regular file";
    if (st.st_uid != 0 && st.st_uid != geteuid() && !(is_installed && st.st_uid == OVERFLOW_UID))
        return "it belongs to somebody else";
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return "others may write to it (\"chmod go-w\" it)";
    return access(path, X_OK) == 0 ? NULL : strerror(errno);
}

/* The launcher lies beside the module. */
static int find_launcher(nt_state *s)
{
    Dl_info info;
    char *file = NULL, *slash = NULL;
    if (dladdr((const void *)(uintptr_t)nt_prepare, &info) && info.dli_fname)
        file = realpath(info.dli_fname, NULL);
    if (file)
        slash = strrchr(file, '/');
    if (!slash || asprintf(&s->launcher, "%.*s/%s", (int)(slash - file), file, NT_LAUNCHER) < 0)
        s->launcher = NULL;
    free(file);
    if (!s->launcher)
        return s->host->fail(s->host, ENOTSUP, "cannot find out where this module lies");
    const char *why = launcher_problem(s->launcher, s->host->path(s->host, SRT_PATH_INSIDE));
    return why ? s->host->fail(s->host, ENOTSUP, "%s cannot be used: %s", s->launcher, why) : 0;
}

static int find_helper(nt_state *s)
{
    const char *helper = s->host->path(s->host, SRT_PATH_INSIDE);
    s->helper = helper ? realpath(helper, NULL) : NULL;
    if (!s->helper || access(s->helper, X_OK) != 0)
        return s->host->fail(s->host, ENOTSUP,
                             "the helper srt-inside is missing from this installation");
    return 0;
}

static int enclose(const srt_host *host)
{
    static const char *const private_dirs[] = {"/dev/shm", "/dev", NULL};
    const srt_inside inside = {
        .struct_size = sizeof inside,
        .helper = NT_INSIDE_HELPER,
        .tmpdir = NT_INSIDE_TMP,
        .private_dirs = private_dirs,
    };
    return host->inside_prepare(host, &inside);
}

/* The smallest sandbox that needs all that a machine may refuse. */
static int try_out(const nt_state *s, char *why, size_t size)
{
    static const char *const no_texts[] = {NULL};
    const srt_policy nothing = {
        .struct_size = sizeof nothing, .fs_disabled = true, .unix_paths = no_texts};
    const nt_plan_input input = {
        .policy = &nothing, .helper = s->helper, .host_proc = s->host_proc};
    nt_plan plan = {0};
    int r = nt_plan_make(&plan, &input);
    int fd = r < 0 ? r : nt_steps_memfd(&plan);
    nt_plan_clear(&plan);
    if (fd < 0) {
        snprintf(why, size, "%s", strerror(-fd));
        return -ENOTSUP;
    }
    r = nt_try(s->launcher, fd, why, size);
    close(fd);
    return r;
}

static int examine_machine(nt_state *s, const nt_facts *facts)
{
    char message[1024] = "";
    const char *why;
    const nt_verdict verdict = nt_judge(facts, &why);
    if (verdict == NT_REFUSED)
        return s->host->fail(s->host, ENOTSUP, "%s", why);
    const bool weaker = s->policy->weaker_nested;
    if (verdict == NT_WORKS && !weaker)
        return 0;
    if (!(weaker && facts->is_proc_masked) && try_out(s, message, sizeof message) == 0)
        return 0;
    s->host_proc = weaker;
    if (weaker && try_out(s, message, sizeof message) == 0)
        return 0;
    return s->host->fail(s->host, ENOTSUP, "namespaces cannot be made here: %.300s; %s", message,
                         nt_remedy(facts, message));
}

static int add_link(nt_state *s, int root, const char *name)
{
    char target[PATH_MAX];
    const ssize_t n = readlinkat(root, name, target, sizeof target - 1);
    if (n <= 0 || s->n_links == NT_SHELF)
        return 0; /* none, or not to be read */
    target[n] = '\0';
    char **texts = &s->link_texts[2 * s->n_links];
    if (asprintf(&texts[0], "/%s", name) < 0)
        texts[0] = NULL;
    texts[1] = strdup(target);
    s->links[s->n_links++] = (nt_link){texts[0], texts[1]};
    return texts[0] && texts[1] ? 0 : -ENOMEM;
}

/* What they lead to is as the rules say. */
static int find_root_links(nt_state *s)
{
    DIR *root = opendir("/");
    int r = root ? 0 : -errno;
    for (struct dirent *e; r == 0 && (e = readdir(root)) != NULL;)
        if (e->d_type == DT_LNK || e->d_type == DT_UNKNOWN)
            r = add_link(s, dirfd(root), e->d_name);
    if (root)
        closedir(root);
    return r;
}

/* Whether the user could put another file in its place. */
static bool is_replaceable(const char *path)
{
    char at[PATH_MAX];
    snprintf(at, sizeof at, "%s", path);
    for (;;) {
        if (access(at, W_OK) == 0)
            return true;
        char *slash = strrchr(at, '/');
        if (!slash || !at[1])
            return false;
        slash[slash == at] = '\0';
    }
}

static int make_plan(nt_state *s, const nt_facts *facts)
{
    const char *protect[2];
    nt_plan_input input = {
        .policy = s->policy,
        .helper = s->helper,
        .host_proc = s->host_proc,
        .is_root = facts->uid == 0,
        .protect = protect,
    };
    int r = 0;
    if (is_replaceable(s->helper))
        protect[input.n_protect++] = s->helper;
    if (is_replaceable(s->launcher))
        protect[input.n_protect++] = s->launcher;
    if (!s->policy->fs_disabled && nt_access_at(s->policy, "/") == SRT_ACCESS_HIDDEN)
        r = find_root_links(s);
    input.links = s->links;
    input.n_links = s->n_links;
    if (r == 0 && input.is_root)
        r = nt_reach_find(s->policy, nt_closed_to_root, &s->closed);
    input.closed = s->closed;
    if (r == 0)
        r = nt_plan_make(&s->plan, &input);
    if (r == -EINVAL)
        return s->host->fail(s->host, EINVAL, "the policy does not say what holds for \"/\"");
    return r < 0 ? s->host->fail(s->host, -r, "cannot plan the mounts: %s", strerror(-r)) : 0;
}

int nt_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    nt_facts facts;
    const size_t needed = offsetof(srt_host, inside_monitor) + sizeof host->inside_monitor;
    if (policy->struct_size < sizeof *policy || host->struct_size < needed)
        return host->fail(host, ENOTSUP, "this srt is older than its module native");
    nt_state *s = calloc(1, sizeof *s);
    if (!s)
        return host->fail(host, ENOMEM, "out of memory");
    s->host = host;
    s->policy = policy;
    *ret_state = s;
    nt_facts_read(&facts, "");
    int r = find_launcher(s);
    if (r == 0)
        r = find_helper(s);
    if (r == 0)
        r = enclose(host);
    if (r == 0)
        r = examine_machine(s, &facts);
    if (r == 0)
        r = make_plan(s, &facts);
    if (r == 0)
        nt_report(host, policy, s->host_proc);
    return r;
}

void nt_teardown(srt_backend_state *state)
{
    nt_state *s = state;
    if (!s)
        return;
    nt_plan_clear(&s->plan);
    nt_reach_clear(s->closed, s->policy->n_regions);
    for (size_t i = 0; i < 2 * s->n_links; i++)
        free(s->link_texts[i]);
    free(s->helper);
    free(s->launcher);
    free(s);
}
