/* SPDX-License-Identifier: Apache-2.0 */
/* Which unix sockets a policy grants, and which it leaves out. */
#include "support/unit.h"
#include "tree.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

/* A socket at a path of the tree. */
static void make_socket(const Tree *tree, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autofree char *full = tree_path(tree, path);
    g_autofree char *directory = g_path_get_dirname(full);
    CU_ASSERT_FATAL(g_mkdir_with_parents(directory, 0755) == 0);
    CU_ASSERT_FATAL(g_strlcpy(address.sun_path, full, sizeof address.sun_path) <
                    sizeof address.sun_path);
    srt_autofd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0);
}

static char *granted(const Tree *tree, const SrtPolicy *policy)
{
    g_autofree char *all = g_strjoinv(" ", (char **)(gsize)srt_policy_view(policy)->unix_paths);
    g_auto(GStrv) parts = g_strsplit(all, tree->root, -1);
    return g_strjoinv("@", parts);
}

/* settings: entries of allowUnixSockets, and what else stands in "network". */
static SrtPolicy *make(const Tree *tree, const char *entries, gboolean dangerous, char **ret_error)
{
    g_autofree char *settings =
        g_strdup_printf("{'network': {'allowUnixSockets': [%s]%s}}", entries,
                        dangerous ? ", 'allowDangerousSockets': true" : "");
    return tree_policy(tree, settings, ret_error);
}

static void expect(const Tree *tree, const char *entries, gboolean dangerous, const char *paths,
                   const char *note)
{
    g_autoptr(SrtPolicy) policy = make(tree, entries, dangerous, NULL);
    g_autofree char *actual = granted(tree, policy);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(actual, paths);
    if (note ? !strstr(notes, note) : *notes != '\0')
        printf("\n  %s: %s\n", entries, notes);
    CU_ASSERT(note ? strstr(notes, note) != NULL : *notes == '\0');
}

static void paths_directories_patterns(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/d/ home/work/w[x]y/ l>@/home/work/d");
    expect(tree, "'a.sock', '@/l/b.sock', 'd', '@/l/../d/'", FALSE,
           "@/home/work/a.sock @/home/work/d/b.sock @/home/work/d @/home/work/d", NULL);
    expect(tree, "'w[x]y/s', 'w[x]y'", FALSE, "@/home/work/w[x]y/s @/home/work/w[[]x]y", NULL);
    expect(tree, "'d/*.sock', '@/l/**/s?'", FALSE, "@/home/work/d/*.sock @/home/work/d/**/s?",
           NULL);
    expect(tree, "'no/*.sock'", FALSE, "", "\"no/*.sock\" matches nothing: ");
    g_autofree char *error = NULL;
    g_autoptr(SrtPolicy) none = make(tree, "'d/*/../x'", FALSE, &error);
    CU_ASSERT(!none && strstr(error, "has \".\" or \"..\" after a wildcard"));
    g_clear_pointer(&error, g_free);
    g_autoptr(SrtPolicy) open = make(tree, "'d/[x'", FALSE, &error);
    CU_ASSERT(!open && strstr(error, "has a '[' without a ']'"));
}

static const char *const named[] = {
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/RUN/Docker.sock",
    "/srv/any/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/user/1000/bus",
    "/run/user/4711/podman/podman.sock",
    "/run/user/1000/systemd/private",
    "/run/dbus/system_bus_socket",
    "/tmp/.X11-unix/X0",
    "/run/user/0/wayland-0",
    "/tmp/tmux-1000/default",
    "/run/screen/S-me/1.x",
    "/run/snapd.socket",
    "/var/lib/lxd/unix.socket",
    "/var/lib/incus/unix.socket",
    "/run/libvirt/libvirt-sock",
    "/run/crio/crio.sock",
    "/run/buildkit/buildkitd.sock",
    "/var/lib/kubelet/kubelet.sock",
    "/run/systemd/private",
    "~/.docker/run/docker.sock",
    "/run/user/1/gnupg/S.gpg-agent.browser",
};

static void dangerous_names_need_the_switch(void)
{
    g_autoptr(Tree) tree = tree_new("");
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autofree char *error = NULL;
        g_autofree char *entry = g_strdup_printf("'%s'", named[i]);
        g_autoptr(SrtPolicy) refused = make(tree, entry, FALSE, &error);
        if (refused)
            printf("\n  %s is granted\n", named[i]);
        CU_ASSERT_FATAL(refused == NULL);
        CU_ASSERT(strstr(error, "leads out of the sandbox: ") != NULL);
        CU_ASSERT(strstr(error, "or set network.allowDangerousSockets to true") != NULL);
        g_autoptr(SrtPolicy) taken = make(tree, entry, TRUE, NULL);
        CU_ASSERT(taken && srt_policy_view(taken)->unix_paths[0] != NULL);
    }
}

static void harmless_names_do_not(void)
{
    static const char *const names[] = {
        "/run/user/1000/gnupg/S.gpg-agent",
        "/run/user/1000/gnupg/S.gpg-agent.extra",
        "/run/postgresql/.s.PGSQL.5432",
        "/tmp/ssh-abc/agent.1",
        "/run/user/1000/buses",
        "/srv/docker.sockets",
        "/run/mysqld/mysqld.sock",
        "/tmp/.X11-unixx/X0",
    };
    g_autoptr(Tree) tree = tree_new("");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *entry = g_strdup_printf("'%s'", names[i]);
        g_autoptr(SrtPolicy) policy = make(tree, entry, FALSE, NULL);
        CU_ASSERT(policy && srt_policy_view(policy)->unix_paths[0] != NULL);
    }
}

static void names_that_leak_are_never_granted(void)
{
    static const char *const names[] = {"/run/nscd/socket", "/var/run/nscd/socket",
                                        "/run/systemd/resolve/io.systemd.Resolve",
                                        "/var/lib/sss/pipes/nss", "/run/nslcd/socket"};
    g_autoptr(Tree) tree = tree_new("");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *error = NULL;
        g_autofree char *entry = g_strdup_printf("'%s'", names[i]);
        g_autoptr(SrtPolicy) policy = make(tree, entry, TRUE, &error);
        CU_ASSERT(policy == NULL && strstr(error, "is never allowed: ") != NULL);
    }
}

static void links_are_followed(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/s>/run/user/1000/bus docker.sock>@/other "
                                    "home/work/t>@/real/docker.sock");
    make_socket(tree, "other");
    make_socket(tree, "real/docker.sock");
    const char *const entries[] = {"'s'", "'@/docker.sock'", "'t'"};
    for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
        g_autofree char *error = NULL;
        g_autoptr(SrtPolicy) policy = make(tree, entries[i], FALSE, &error);
        CU_ASSERT(policy == NULL && strstr(error, "leads out of the sandbox") != NULL);
    }
}

/* The home directory holds .docker/run: what is in it now is taken one by one. */
static void what_covers_stands_for_the_rest(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/deep/");
    make_socket(tree, "home/.docker/run/docker.sock");
    make_socket(tree, "home/work/[db].sock");
    const char *left_out = "covers sockets that are left out (Docker starts containers with every "
                           "file of the user), and so stands only for the other sockets that exist "
                           "in it now (1); network.allowDangerousSockets would allow it";
    expect(tree, "'~'", FALSE, "@/home/work/[[]db].sock", left_out);
    expect(tree, "'~/**/*.sock'", FALSE, "@/home/work/[[]db].sock", left_out);
    expect(tree, "'~/*/run'", FALSE, "", "(0)");
    expect(tree, "'~'", TRUE, "@/home", NULL);
    expect(tree, "'~/**/*.sock'", TRUE, "@/home/**/*.sock", NULL);
    expect(tree, "'.'", FALSE, "@/home/work", NULL);
}

/* A name that is dangerous anywhere, in a directory that is otherwise nothing special. */
static void what_holds_one_now_as_well(void)
{
    g_autoptr(Tree) tree = tree_new("");
    make_socket(tree, "srv/docker.sock");
    make_socket(tree, "srv/app.sock");
    expect(tree, "'@/srv'", FALSE, "@/srv/app.sock", "left out (Docker");
    expect(tree, "'@/srv/*.sock'", FALSE, "@/srv/app.sock", "left out (Docker");
    expect(tree, "'@/srv'", TRUE, "@/srv", NULL);
}

static void what_is_missing_and_would_cover(void)
{
    g_autoptr(Tree) tree = tree_new("");
    expect(tree, "'~/.docker'", FALSE, "", "it does not exist, and as a directory it would cover");
    expect(tree, "'~/.docker'", TRUE, "@/home/.docker", NULL);
}

static void what_the_caller_has(void)
{
    g_autoptr(Tree) tree = tree_new("");
    make_socket(tree, "odd/session");
    g_autofree char *runtime = tree_path(tree, "rt"), *session = tree_path(tree, "odd/session");
    g_autofree char *bus = tree_path(tree, "rt/bus");
    const char *const sockets[] = {session, "relative", "/", NULL};
    const char *const paths[] = {bus, session};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        SrtPolicyInputs inputs = {.cwd = tree->cwd, .home = tree->home};
        g_autoptr(SrtConfig) config = srt_config_defaults();
        g_autoptr(GError) error = NULL;
        config->network.allow_unix_sockets =
            g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
        g_ptr_array_add(config->network.allow_unix_sockets,
                        srt_config_item_new(paths[i], "network.allowUnixSockets[0]", "s", 1, 1));
        g_autoptr(SrtPolicy) without = srt_policy_new(config, &inputs, &error);
        CU_ASSERT(without != NULL);
        inputs.runtime = runtime;
        inputs.sockets = sockets;
        g_autoptr(SrtPolicy) with = srt_policy_new(config, &inputs, &error);
        CU_ASSERT(with == NULL && error && strstr(error->message, "leads out of the sandbox"));
    }
}

static const srt_unit_case cases[] = {
    {"paths, directories, patterns", paths_directories_patterns},
    {"dangerous names need the switch", dangerous_names_need_the_switch},
    {"harmless names do not", harmless_names_do_not},
    {"names that leak are never granted", names_that_leak_are_never_granted},
    {"links are followed", links_are_followed},
    {"what covers stands for the rest", what_covers_stands_for_the_rest},
    {"what holds one now as well", what_holds_one_now_as_well},
    {"what is missing and would cover", what_is_missing_and_would_cover},
    {"what the caller has", what_the_caller_has},
};

SRT_UNIT_MAIN("policy sockets", cases)
