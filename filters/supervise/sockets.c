/* SPDX-License-Identifier: Apache-2.0 */
/* The unix sockets that a policy grants. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "walk.h"

struct sup_socket_rule {
    const char *path; /* borrowed from the policy */
    sup_glob *glob;   /* NULL: literal */
};

int sup_sockets_new(srt_supervisor *sup)
{
    const char *const *paths = sup->policy->unix_paths;
    size_t count = 0;
    while (paths && paths[count])
        count++;
    sup->sockets = calloc(count + 1, sizeof *sup->sockets);
    if (!sup->sockets)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        sup_socket_rule *rule = &sup->sockets[sup->n_sockets];
        rule->path = paths[i];
        if (strpbrk(paths[i], "*?[")) {
            rule->glob = sup_glob_new(paths[i], strlen(paths[i]), false);
            if (!rule->glob)
                return -errno;
            if (!sup_glob_prepare(rule->glob)) {
                sup_glob_free(rule->glob);
                return -ENOMEM;
            }
        }
        sup->n_sockets++;
    }
    return 0;
}

void sup_sockets_free(srt_supervisor *sup)
{
    for (size_t i = 0; i < sup->n_sockets; i++)
        sup_glob_free(sup->sockets[i].glob);
    free(sup->sockets);
    sup->sockets = NULL;
    sup->n_sockets = 0;
}

/* It, or a directory above it, matches. */
static bool glob_holds(const sup_glob *glob, const char *path)
{
    sup_glob_state state;
    sup_glob_start(glob, &state);
    for (const char *p = path; *p;) {
        size_t length = 1 + strcspn(p + 1, "/");
        if (!sup_glob_step(glob, &state, p, length))
            return false;
        if (sup_glob_accepts(glob, &state))
            return true;
        p += length;
    }
    return false;
}

static bool rule_holds(const sup_socket_rule *rule, const char *path)
{
    const char *const one[] = {rule->path, NULL};
    return rule->glob ? glob_holds(rule->glob, path) : sup_within_any(one, path);
}

/* The very socket that the host has at the path. The command may have put a link there. */
static bool is_inode_of(const sup_socket_rule *rule, const struct stat *st)
{
    struct stat granted;
    if (rule->glob)
        return false;
    int fd = sup_openat2(AT_FDCWD, rule->path, O_PATH | O_NOFOLLOW,
                         RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (fd < 0)
        return false;
    bool same = fstat(fd, &granted) == 0 && S_ISSOCK(granted.st_mode) &&
                granted.st_dev == st->st_dev && granted.st_ino == st->st_ino;
    close(fd);
    return same;
}

bool sup_socket_allowed(const srt_supervisor *sup, int fd, const char *canonical, bool known)
{
    struct stat st;
    if (known && sup_within_any(sup->policy->unix_denied, canonical))
        return false;
    if (sup->policy->unix_all)
        return true;
    if (known && sup_within_any(sup->options.private_dirs, canonical))
        return true;
    for (size_t i = 0; known && i < sup->n_sockets; i++)
        if (rule_holds(&sup->sockets[i], canonical))
            return true;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
        return false;
    for (size_t i = 0; !known && i < sup->n_sockets; i++)
        if (is_inode_of(&sup->sockets[i], &st))
            return true;
    return false;
}

/* In a network namespace of the sandbox's own they are its own; else the host's. */
bool sup_abstract_allowed(const srt_supervisor *sup)
{
    return sup->policy->unix_all && !sup->options.judge_tcp;
}
