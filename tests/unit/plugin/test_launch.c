/* SPDX-License-Identifier: Apache-2.0 */
/* The launch, edited as a backend does it: through the host table. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "plugin/internal.h"
#include "support/unit.h"

static srt_host host;

static const char *const words[] = {"sh", "-c", "true", NULL};
static const char *const env[] = {"A=1", "AB=2", "B=", NULL};

static srt_launch *fresh(int handoff)
{
    srt_launch_fill_host(&host);
    return srt_launch_new(words, env, "/work", 0x6, handoff);
}

static char *joined(const char *const *vector)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (; *vector; vector++)
        g_string_append_printf(text, "%s|", *vector);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

#define ASSERT_WORDS(vector, expected)                                                             \
    do {                                                                                           \
        g_autofree char *text = joined(vector);                                                    \
        SRT_ASSERT_STR(text, expected);                                                            \
    } while (0)

static void what_it_starts_with(void)
{
    srt_launch *l = fresh(-1);
    gsize n = 7;
    ASSERT_WORDS(host.launch_argv(l), "sh|-c|true|");
    ASSERT_WORDS(host.launch_env(l), "A=1|AB=2|B=|");
    ASSERT_WORDS(srt_launch_tool_env(l), "");
    SRT_ASSERT_STR(host.launch_cwd(l), "/work");
    CU_ASSERT_EQUAL(host.launch_ignored_signals(l), 6);
    CU_ASSERT_EQUAL(host.launch_null_fd(l), -1);
    srt_launch_set_null_fd(l, 9);
    CU_ASSERT_EQUAL(host.launch_null_fd(l), 9);
    CU_ASSERT_PTR_NULL((int *)(guintptr)srt_launch_fds(l, &n));
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_FALSE(srt_launch_uses_handoff(l));
    CU_ASSERT_TRUE(srt_launch_problem(l) == NULL);
    srt_launch_free(l);
    srt_launch_free(NULL);
}

static void words_are_replaced(void)
{
    static const char *const others[] = {"/bin/x", "", NULL}, *const none[] = {NULL};
    srt_launch *l = fresh(-1);
    host.launch_set_argv(l, others);
    ASSERT_WORDS(srt_launch_argv(l), "/bin/x||");
    /* Also by a part of themselves. */
    host.launch_set_argv(l, host.launch_argv(l) + 1);
    ASSERT_WORDS(srt_launch_argv(l), "|");
    host.launch_set_argv(l, none);
    ASSERT_WORDS(srt_launch_argv(l), "|");
    SRT_ASSERT_STR(srt_launch_problem(l), "set an empty argument vector");
    srt_launch_free(l);
}

static void variables(void)
{
    srt_launch *l = fresh(-1);
    host.launch_setenv(l, "A", "x=y");
    host.launch_setenv(l, "C", "");
    host.launch_setenv(l, "B", NULL);
    host.launch_setenv(l, "NOTHING", NULL);
    ASSERT_WORDS(srt_launch_env(l), "A=x=y|AB=2|C=|");
    host.launch_set_tool_env(l, host.launch_env(l));
    ASSERT_WORDS(srt_launch_tool_env(l), "A=x=y|AB=2|C=|");
    host.launch_set_tool_env(l, NULL);
    ASSERT_WORDS(srt_launch_tool_env(l), "");
    CU_ASSERT_TRUE(srt_launch_problem(l) == NULL);
    host.launch_setenv(l, "", "x");
    CU_ASSERT_TRUE(srt_launch_problem(l) != NULL);
    srt_launch_free(l);
}

static void temporary_directory(void)
{
    srt_launch *l = fresh(-1);
    host.launch_set_tmpdir(l, "/t");
    ASSERT_WORDS(srt_launch_env(l), "A=1|AB=2|B=|TMPDIR=/t|TMP=/t|TEMP=/t|TMPPREFIX=/t/zsh|");
    host.launch_set_tmpdir(l, "relative");
    CU_ASSERT_TRUE(srt_launch_problem(l) != NULL);
    srt_launch_free(l);
}

static void what_the_settings_set_is_kept(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    srt_launch *l = fresh(-1);
    g_hash_table_add(names, (gpointer)(guintptr) "TMP");
    g_hash_table_add(names, (gpointer)(guintptr) "GIT_SSH_COMMAND");
    srt_launch_keep_variables(l, names);
    srt_launch_set_net(l, TRUE);
    host.launch_setenv(l, "TMP", "/own");
    host.launch_set_tmpdir(l, "/t");
    host.launch_set_connector(l, "/run/srt-inside");
    ASSERT_WORDS(srt_launch_env(l), "A=1|AB=2|B=|TMP=/own|TMPDIR=/t|TEMP=/t|TMPPREFIX=/t/zsh|");
    srt_launch_free(l);
}

static const struct {
    const char *helper, *command;
} connectors[] = {
    {"/run/srt-inside", "ssh -o ControlMaster=no -o ControlPath=none -o "
                        "ProxyCommand='/run/srt-inside connect %h %p'"},
    {"/a b/h", "ssh -o ControlMaster=no -o ControlPath=none -o "
               "ProxyCommand=''\\''/a b/h'\\'' connect %h %p'"},
    {"/a%h/$x", "ssh -o ControlMaster=no -o ControlPath=none -o "
                "ProxyCommand=''\\''/a%%h/$x'\\'' connect %h %p'"},
};

static void connector(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(connectors); i++) {
        srt_launch *l = fresh(-1);
        g_autofree char *expected =
            g_strconcat("A=1|AB=2|B=|GIT_SSH_COMMAND=", connectors[i].command, "|", NULL);
        srt_launch_set_net(l, TRUE);
        host.launch_set_connector(l, connectors[i].helper);
        ASSERT_WORDS(srt_launch_env(l), expected);
        srt_launch_free(l);
    }
    srt_launch *l = fresh(-1);
    host.launch_set_connector(l, "/run/srt-inside"); /* no network: nothing to connect through */
    ASSERT_WORDS(srt_launch_env(l), "A=1|AB=2|B=|");
    CU_ASSERT_TRUE(srt_launch_problem(l) == NULL);
    host.launch_set_connector(l, "relative");
    CU_ASSERT_TRUE(srt_launch_problem(l) != NULL);
    srt_launch_free(l);
}

/* The shell that git starts, and the one that ssh starts, see what was meant. */
static void connector_survives_two_shells(void)
{
    g_autofree char *dir = g_strdup("/tmp/srt launch.XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(g_mkdtemp(dir));
    g_autofree char *helper = g_build_filename(dir, "it's $HOME; h", NULL);
    CU_ASSERT_TRUE_FATAL(
        g_file_set_contents(helper, "#!/bin/sh\nprintf '[%s]' \"$@\"\n", -1, NULL));
    CU_ASSERT_EQUAL_FATAL(chmod(helper, 0700), 0);
    srt_launch *l = fresh(-1);
    srt_launch_set_net(l, TRUE);
    host.launch_set_connector(l, helper);
    const char *command = strstr(srt_launch_env(l)[3], "ProxyCommand=");
    CU_ASSERT_PTR_NOT_NULL_FATAL(command);
    /* As git: the shell takes the quotes away; as ssh: %h and %p, then a shell. */
    g_autofree char *script =
        g_strdup_printf("set -- %s; c=${1#ProxyCommand=}; "
                        "c=$(printf %%s \"$c\" | sed 's/%%h/host/;s/%%p/22/'); "
                        "exec sh -c \"$c\"",
                        command);
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    g_autofree char *out = NULL;
    CU_ASSERT_TRUE(
        g_spawn_sync(NULL, (char **)(guintptr)argv, NULL, 0, NULL, NULL, &out, NULL, NULL, NULL));
    SRT_ASSERT_STR(out, "[connect][host][22]");
    srt_launch_free(l);
    unlink(helper);
    rmdir(dir);
}

static void descriptors(void)
{
    int pipe_ends[2];
    gsize n = 0;
    CU_ASSERT_EQUAL_FATAL(pipe(pipe_ends), 0);
    srt_launch *l = fresh(-1);
    CU_ASSERT_EQUAL(host.launch_take_fd(l, pipe_ends[0]), 3);
    CU_ASSERT_EQUAL(host.launch_take_fd(l, pipe_ends[1]), 4);
    CU_ASSERT_EQUAL(host.launch_take_fd(l, pipe_ends[0]), 3); /* the same one again */
    const int *fds = srt_launch_fds(l, &n);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_EQUAL(fds[1], pipe_ends[1]);
    CU_ASSERT_TRUE(fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
    CU_ASSERT_TRUE(srt_launch_problem(l) == NULL);
    CU_ASSERT_EQUAL(host.launch_take_fd(l, 1), -1);
    CU_ASSERT_TRUE(srt_launch_problem(l) != NULL);
    srt_launch_free(l);
    CU_ASSERT_TRUE(fcntl(pipe_ends[0], F_GETFD) < 0);
    CU_ASSERT_TRUE(fcntl(pipe_ends[1], F_GETFD) < 0);
}

static void handoff(void)
{
    int ends[2], others[2];
    gsize n = 0;
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL_FATAL(pipe(others), 0);
    srt_launch *l = fresh(ends[0]);
    srt_launch_fds(l, &n);
    CU_ASSERT_EQUAL(n, 0); /* nobody asked */
    CU_ASSERT_EQUAL(host.launch_take_fd(l, others[0]), 3);
    CU_ASSERT_EQUAL(host.launch_handoff_fd(l), 4);
    CU_ASSERT_EQUAL(host.launch_handoff_fd(l), 4);
    CU_ASSERT_TRUE(srt_launch_uses_handoff(l));
    srt_launch_fds(l, &n);
    CU_ASSERT_EQUAL(n, 2);
    srt_launch_free(l);
    CU_ASSERT_TRUE(fcntl(ends[0], F_GETFD) < 0);
    l = fresh(ends[1]);
    srt_launch_free(l); /* owned also when it was not asked for */
    CU_ASSERT_TRUE(fcntl(ends[1], F_GETFD) < 0);
    l = fresh(-1);
    CU_ASSERT_EQUAL(host.launch_handoff_fd(l), -1);
    CU_ASSERT_TRUE(srt_launch_problem(l) != NULL);
    srt_launch_free(l);
    close(others[1]);
}

static void the_host_table_has_no_holes(void)
{
    static const srt_backend nothing = {.name = "x"};
    SrtBackend backend = {.descriptor = nothing};
    SrtBackendRun run = {.backend = &backend};
    srt_host_init(&run);
    CU_ASSERT_EQUAL(run.host.struct_size, sizeof(srt_host));
    CU_ASSERT_EQUAL(run.host.abi, SRT_BACKEND_ABI);
    const char *bytes = (const char *)&run.host;
    for (gsize at = G_STRUCT_OFFSET(srt_host, log); at < sizeof(srt_host); at += sizeof(void *)) {
        void *slot;
        memcpy(&slot, bytes + at, sizeof slot);
        CU_ASSERT_PTR_NOT_NULL(slot);
    }
}

static const srt_unit_case cases[] = {
    {"what_it_starts_with", what_it_starts_with},
    {"words_are_replaced", words_are_replaced},
    {"variables", variables},
    {"temporary_directory", temporary_directory},
    {"what_the_settings_set_is_kept", what_the_settings_set_is_kept},
    {"connector", connector},
    {"connector_survives_two_shells", connector_survives_two_shells},
    {"descriptors", descriptors},
    {"handoff", handoff},
    {"the_host_table_has_no_holes", the_host_table_has_no_holes},
};

SRT_UNIT_MAIN("plugin.launch", cases)
