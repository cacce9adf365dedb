/* SPDX-License-Identifier: Apache-2.0 */
#include "run/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEARCHES 20 /* a second */
#define DEPTH_MAX 4096

static gboolean may_search(void)
{
    static gint64 due;
    const gint64 now = g_get_monotonic_time();
    due = MAX(due, now - G_USEC_PER_SEC);
    if (due > now)
        return FALSE;
    due += G_USEC_PER_SEC / SEARCHES;
    return TRUE;
}

static guint port_of(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
    return ntohs(address->ss_family == AF_INET6 ? in6->sin6_port : in->sin_port);
}

/* All processes: number -> parent. */
static GHashTable *read_parents(void)
{
    GHashTable *parents = g_hash_table_new(NULL, NULL);
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    for (const char *name; proc && (name = g_dir_read_name(proc));) {
        g_autofree char *path = g_build_filename("/proc", name, "stat", NULL);
        g_autofree char *text = NULL;
        if (!g_ascii_isdigit(name[0]) || !g_file_get_contents(path, &text, NULL, NULL))
            continue;
        const char *end = strrchr(text, ')'); /* of the name, which may hold anything */
        int parent = 0;
        if (end && sscanf(end, ") %*c %d", &parent) == 1)
            g_hash_table_insert(parents, GINT_TO_POINTER(atoi(name)), GINT_TO_POINTER(parent));
    }
    return parents;
}

static gboolean descends(GHashTable *parents, int process, int root)
{
    for (int i = 0; process > 0 && i < DEPTH_MAX; i++) {
        if (process == root)
            return TRUE;
        process = GPOINTER_TO_INT(g_hash_table_lookup(parents, GINT_TO_POINTER(process)));
    }
    return FALSE;
}

/* The number of the socket between these ports, as the process sees its network; 0: none. */
static gulong find_socket(int process, guint local, guint remote)
{
    static const char *const tables[] = {"tcp", "tcp6"};
    gulong found = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(tables) && !found; i++) {
        g_autofree char *path = g_strdup_printf("/proc/%d/net/%s", process, tables[i]);
        g_autofree char *line = NULL;
        size_t size = 0;
        FILE *file = fopen(path, "re");
        while (file && !found && getline(&line, &size, file) > 0) {
            guint from, to;
            gulong inode;
            if (sscanf(line,
                       " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%x %*x %*x:%*x %*x:%*x %*x %*u %*d %lu",
                       &from, &to, &inode) == 3 &&
                from == local && to == remote)
                found = inode;
        }
        if (file)
            fclose(file);
    }
    return found;
}

static gboolean holds(int process, const char *link)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", process);
    g_autoptr(GDir) fds = g_dir_open(path, 0, NULL);
    char text[64];
    for (const char *name; fds && (name = g_dir_read_name(fds));) {
        g_autofree char *entry = g_build_filename(path, name, NULL);
        ssize_t n = readlink(entry, text, sizeof text - 1);
        text[MAX(n, 0)] = '\0';
        if (strcmp(text, link) == 0)
            return TRUE;
    }
    return FALSE;
}

static pid_t search(GHashTable *parents, pid_t root, guint local, guint remote)
{
    GHashTableIter iter;
    gpointer process;
    gulong inode = 0;
    g_hash_table_iter_init(&iter, parents);
    while (!inode && g_hash_table_iter_next(&iter, &process, NULL))
        if (descends(parents, GPOINTER_TO_INT(process), root))
            inode = find_socket(GPOINTER_TO_INT(process), local, remote);
    if (!inode)
        return 0;
    g_autofree char *link = g_strdup_printf("socket:[%lu]", inode);
    g_hash_table_iter_init(&iter, parents);
    while (g_hash_table_iter_next(&iter, &process, NULL))
        if (descends(parents, GPOINTER_TO_INT(process), root) &&
            holds(GPOINTER_TO_INT(process), link))
            return GPOINTER_TO_INT(process);
    return 0;
}

pid_t srt_peer_find(pid_t root, int socket, char **ret_program)
{
    struct sockaddr_storage ours, theirs;
    socklen_t ours_size = sizeof ours, theirs_size = sizeof theirs;
    *ret_program = NULL;
    if (root <= 0 || getsockname(socket, (struct sockaddr *)&ours, &ours_size) < 0 ||
        getpeername(socket, (struct sockaddr *)&theirs, &theirs_size) < 0 || !may_search())
        return 0;
    g_autoptr(GHashTable) parents = read_parents();
    pid_t found = search(parents, root, port_of(&theirs), port_of(&ours));
    if (found > 0) {
        g_autofree char *path = g_strdup_printf("/proc/%d/exe", (int)found);
        *ret_program = g_file_read_link(path, NULL);
    }
    return found;
}
