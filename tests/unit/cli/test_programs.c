/* SPDX-License-Identifier: Apache-2.0 */
/* srt and srtctl as programs: what they print where, and their exit status. No
 * sandbox is needed: the null backend and the bestiary stand in. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <srt/version.h>

#include "support/unit.h"

typedef struct Outcome {
    int status;
    char *out, *err;
} Outcome;

static char *lab; /* a directory of its own for each case */

static char *build_file(const char *a, const char *b)
{
    return g_build_filename(g_getenv("SRT_BUILD_DIR"), a, b, NULL);
}

static void put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(lab, name, NULL);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, text, -1, NULL));
}

static Outcome run(const char *program, const char *const *words)
{
    Outcome o = {.status = -1};
    int wait_status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *path = build_file("bin", program);
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "HOME", lab, TRUE);
    env = g_environ_setenv(env, "PATH", "/usr/bin:/bin", TRUE);
    env = g_environ_unsetenv(env, "SRT_DEBUG");
    g_ptr_array_add(argv, path);
    for (; *words; words++)
        g_ptr_array_add(argv, (gpointer)(guintptr)*words);
    g_ptr_array_add(argv, NULL);
    CU_ASSERT_TRUE_FATAL(g_spawn_sync(lab, (char **)argv->pdata, env, G_SPAWN_DEFAULT, NULL, NULL,
                                      &o.out, &o.err, &wait_status, &error));
    o.status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 1000 + WTERMSIG(wait_status);
    return o;
}

static void begin(void)
{
    lab = g_strdup("/var/tmp/srt-cli.XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(g_mkdtemp_full(lab, 0700));
}

static void end(void)
{
    g_autoptr(GDir) dir = g_dir_open(lab, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(lab, name, NULL);
        g_remove(path);
    }
    g_rmdir(lab);
    g_clear_pointer(&lab, g_free);
}

static gboolean holds(const char *text, const char *part)
{
    if (!*part ? !*text : strstr(text, part) != NULL)
        return TRUE;
    printf("\nexpected \"%s\" in:\n%s\n", part, text);
    return FALSE;
}

/* part "" means: nothing at all. */
#define ASSERT_RUN(expected_status, out_part, err_part, program, ...)                              \
    do {                                                                                           \
        Outcome o = run(program, (const char *const[]){__VA_ARGS__, NULL});                        \
        CU_ASSERT_EQUAL(o.status, expected_status);                                                \
        if (o.status != (expected_status))                                                         \
            printf("\nstatus %d: %s%s\n", o.status, o.out, o.err);                                 \
        CU_ASSERT_TRUE(holds(o.out, out_part));                                                    \
        CU_ASSERT_TRUE(holds(o.err, err_part));                                                    \
        g_free(o.out);                                                                             \
        g_free(o.err);                                                                             \
    } while (0)

static void version_and_help(void)
{
    begin();
    ASSERT_RUN(0, SRT_VERSION "\n", "", "srt", "-V");
    ASSERT_RUN(0, "Usage: srt [options]", "", "srt", "--help");
    ASSERT_RUN(0, SRT_VERSION "\n", "", "srtctl", "--version");
    ASSERT_RUN(0, "doctor", "", "srtctl", "--help");
    ASSERT_RUN(0, "Usage: srtctl plan", "", "srtctl", "help", "plan");
    ASSERT_RUN(0, "Usage: srtctl explain", "", "srtctl", "explain", "--help");
    end();
}

static void mistakes_of_the_caller(void)
{
    begin();
    ASSERT_RUN(125, "", "srt: No command specified", "srt", "-d");
    ASSERT_RUN(125, "", "srt: unknown option '--setings': did you mean", "srt", "--setings", "x");
    ASSERT_RUN(125, "", "not usable", "srt", "--control-fd", "77", "true");
    ASSERT_RUN(125, "", "missing.json", "srt", "-s", "missing.json", "touch", "ran");
    ASSERT_RUN(125, "", "no rule class", "srt", "--allow-unenforced=x", "touch", "ran");
    ASSERT_RUN(125, "", "did you mean 'doctor'", "srtctl", "docter");
    ASSERT_RUN(125, "", "expected PATH, HOST[:PORT] or --last", "srtctl", "explain");
    ASSERT_RUN(125, "", "unknown option", "srtctl", "check", "--frobnicate");
    g_autofree char *ran = g_build_filename(lab, "ran", NULL);
    CU_ASSERT_FALSE(g_file_test(ran, G_FILE_TEST_EXISTS));
    end();
}

static void commands_through_null(void)
{
    g_autofree char *null = build_file("plugins", "null.so");
    g_autofree char *backend = g_strconcat("--backend=", null, NULL);
    const char *all = "--allow-unenforced=all";
    begin();
    ASSERT_RUN(125, "", "cannot enforce", "srt", backend, "echo", "ran");
    ASSERT_RUN(0, "ran\n", "WITHOUT ANY SANDBOX", "srt", backend, all, "echo", "ran");
    ASSERT_RUN(0, "[a  b][c]", "NOT ENFORCED", "srt", backend, all, "printf", "[%s]", "a  b", "c");
    ASSERT_RUN(3, "", "", "srt", backend, all, "-qc", "exit 3");
    ASSERT_RUN(0, "0ne", "", "srt", backend, all, "-q", "echo one | tr o 0");
    ASSERT_RUN(0, "sh one two", "", "srt", backend, all, "-q", "-c", "echo $0 $1 $2", "sh", "one",
               "two");
    ASSERT_RUN(143, "", "", "srt", backend, all, "-qc", "kill -TERM $$");
    ASSERT_RUN(127, "", "not found", "srt", backend, all, "-q", "no-such-program");
    ASSERT_RUN(127, "", "srt: '': command not found", "srt", backend, all, "-q", "");
    ASSERT_RUN(127, "", "srt: '': command not found", "srt", backend, all, "-q", "", "operand");
    ASSERT_RUN(126, "", "ermission denied", "srt", backend, all, "-q", "/etc/passwd");
    ASSERT_RUN(0, "", "srt: debug: ", "srt", backend, all, "-qd", "true");
    end();
}

static void settings(void)
{
    begin();
    put("good.json", "{\"filesystem\":{\"denyRead\":[\"/etc/hostname\"],\"allowWrite\":[\".\"]},\n"
                     " \"network\":{\"allowedDomains\":[\"example.com\",\"*.github.com:443\"],"
                     "\"deniedDomains\":[]}}");
    put("bad.json", "{\"filesystem\":{\"denyRaed\":[],\"allowWrite\":\"x\"}}");
    ASSERT_RUN(0, "good.json: good", "", "srtctl", "check", "good.json");
    ASSERT_RUN(1, "", "denyRaed", "srtctl", "check", "bad.json");
    ASSERT_RUN(1, "", "allowWrite", "srtctl", "check", "bad.json");
    ASSERT_RUN(0, "built-in defaults", "", "srtctl", "check");
    ASSERT_RUN(0, "\"$schema\"", "", "srtctl", "schema");
    end();
}

static void explanations(void)
{
    begin();
    put("s.json", "{\"filesystem\":{\"denyRead\":[\"/etc/hostname\"],\"allowWrite\":[\".\"]},\n"
                  " \"network\":{\"allowedDomains\":[\"example.com\",\"*.github.com:443\"],"
                  "\"deniedDomains\":[]}}");
    ASSERT_RUN(1, "denied", "", "srtctl", "explain", "-s", "s.json", "/etc/hostname");
    ASSERT_RUN(1, "s.json:1, filesystem.denyRead[0]", "", "srtctl", "explain", "-s", "s.json",
               "/etc/hostname");
    ASSERT_RUN(0, "allowed", "", "srtctl", "explain", "-s", "s.json", "/etc/passwd");
    ASSERT_RUN(1, "denied", "", "srtctl", "explain", "-s", "s.json", "/etc/passwd", "--write");
    ASSERT_RUN(0, "allowed", "", "srtctl", "explain", "-s", "s.json", "-w", "./new-file");
    ASSERT_RUN(1, "denied", "", "srtctl", "explain", "-s", "s.json", "-w", "~/.bashrc");
    ASSERT_RUN(0, "connect example.com:443: allowed", "", "srtctl", "explain", "-s", "s.json",
               "EXAMPLE.com");
    ASSERT_RUN(0, "network.allowedDomains[1]", "", "srtctl", "explain", "-s", "s.json",
               "api.github.com:443");
    ASSERT_RUN(1, "denied", "", "srtctl", "explain", "-s", "s.json", "api.github.com:80");
    ASSERT_RUN(1, "denied", "", "srtctl", "explain", "-s", "s.json", "other.example.org");
    ASSERT_RUN(1, "connect [::1]:80: denied", "", "srtctl", "explain", "-s", "s.json", "--host",
               "[::1]:80");
    ASSERT_RUN(125, "", "name only the host", "srtctl", "explain", "https://example.com/x");
    ASSERT_RUN(0, "read ", "", "srtctl", "explain", "--path", "https://example.com/x");
    ASSERT_RUN(125, "", "no port", "srtctl", "explain", "-s", "s.json", "example.com:0");
    put("off.json", "{\"filesystem\":{\"protectMissing\":\"off\"}}");
    put("exact.json", "{\"filesystem\":{\"protectMissing\":\"exact\",\"denyWrite\":[\"no\"]}}");
    ASSERT_RUN(1, "does not exist: making it is refused; what wins a race", "", "srtctl", "explain",
               "-w", "./x/.mcp.json");
    ASSERT_RUN(1, "it can be made all the same (protectMissing \"off\"", "", "srtctl", "explain",
               "-s", "off.json", "-w", "./x/.mcp.json");
    ASSERT_RUN(1, "and no race can win", "", "srtctl", "explain", "-s", "exact.json", "-w", "no");
    ASSERT_RUN(1, "denyWrite[0]", "", "srtctl", "explain", "-s", "exact.json", "-w", "no");
    end();
}

static void plans(void)
{
    g_autofree char *null = build_file("plugins", "null.so");
    g_autofree char *backend = g_strconcat("--backend=", null, NULL);
    begin();
    put("s.json", "{\"filesystem\":{\"denyRead\":[\"/etc/hostname\"]}}");
    ASSERT_RUN(1, "REFUSED: ", "", "srtctl", "plan", "-s", "s.json", backend, "--", "ls", "-l");
    ASSERT_RUN(0, "hidden /etc/hostname", "WITHOUT", "srtctl", "plan", "-s", "s.json", backend,
               "--allow-unenforced=all", "--", "ls", "-l");
    ASSERT_RUN(0, "EXECUTED\n  /", "WITHOUT", "srtctl", "plan", "-s", "s.json", backend,
               "--allow-unenforced=all", "ls", "-l");
    ASSERT_RUN(0, "set   SANDBOX_RUNTIME=1", "WITHOUT", "srtctl", "plan", backend,
               "--allow-unenforced=all", "ls");
    ASSERT_RUN(0, "\"argv\":", "WITHOUT", "srtctl", "plan", "--json", backend,
               "--allow-unenforced=all", "ls");
    ASSERT_RUN(1, "\"refused\":\"backend null cannot", "", "srtctl", "plan", "--json", backend);
    ASSERT_RUN(0, "yet (protectMissing \"check\", NOT held: the backend cannot):", "", "srtctl",
               "plan", backend, "--allow-unenforced=all");
    g_autofree char *open = build_file("tests", "bestiary/runs-open.so");
    g_autofree char *checks = g_strconcat("--backend=", open, NULL);
    put("off.json", "{\"filesystem\":{\"protectMissing\":\"off\"}}");
    put("exact.json", "{\"filesystem\":{\"protectMissing\":\"exact\"}}");
    put("net.json", "{\"network\":{\"allowedDomains\":[\"example.com\"]}}");
    ASSERT_RUN(0, "(protectMissing \"check\", held: judged at every try", "", "srtctl", "plan",
               checks);
    ASSERT_RUN(0, "writeDenyMissing  asked for checked", "", "srtctl", "plan", checks);
    ASSERT_RUN(0, "\"held\":true", "", "srtctl", "plan", "--json", checks);
    ASSERT_RUN(1, "\"level\":\"exact\"", "", "srtctl", "plan", "--json", "-s", "exact.json",
               checks);
    ASSERT_RUN(0, "(protectMissing \"off\", names that do not exist yet are not protected)", "",
               "srtctl", "plan", "-s", "off.json", checks);
    ASSERT_RUN(0, "set   http_proxy=http://srt:TOKEN@127.0.0.1:3128", "", "srtctl", "plan", "-s",
               "net.json", checks, "/bin/ls");
    ASSERT_RUN(0, "ports and token are made at the start", "", "srtctl", "plan", "-s", "net.json",
               checks);
    end();
}

static void backends(void)
{
    g_autofree char *bestiary = build_file("tests", "bestiary");
    g_setenv("SRT_BACKEND_PATH", bestiary, TRUE);
    /* One of them warns. */
    static const char warned[] = "inside: no supervisor: this is a test";
    begin();
    ASSERT_RUN(1, "abi-two    REFUSED", warned, "srtctl", "backends");
    ASSERT_RUN(1, "usable here", warned, "srtctl", "backends");
    ASSERT_RUN(1, "not usable here: ", warned, "srtctl", "backends");
    ASSERT_RUN(1, "\"name\":\"good\"", warned, "srtctl", "backends", "--json");
    ASSERT_RUN(1, "\"usable\":true", warned, "srtctl", "backends", "--json");
    ASSERT_RUN(1, "the moon is not full; wait 7 days\",", warned, "srtctl", "backends", "--json");
    ASSERT_RUN(1, "wrote to standard output", warned, "srtctl", "backends", "--check");
    ASSERT_RUN(1, "left descriptor", warned, "srtctl", "backends", "--check");
    ASSERT_RUN(1, "MISTAKE: backend ", warned, "srtctl", "backends", "--check");
    ASSERT_RUN(0, "backend good: usable\n", warned, "srtctl", "doctor");
    ASSERT_RUN(0, "the moon is not full", warned, "srtctl", "doctor");
    ASSERT_RUN(0, "\"usable\":true", warned, "srtctl", "doctor", "--json");
    g_unsetenv("SRT_BACKEND_PATH");
    end();
}

/* With a stream closed, no file that is opened later takes its place. */
static void closed_streams(void)
{
    begin();
    for (int fd = 0; fd < 3; fd++) {
        g_autofree char *path = build_file("bin", "srtctl");
        pid_t pid = fork();
        if (pid == 0) {
            int null = open("/dev/null", O_RDWR);
            for (int i = 0; i < 3; i++)
                dup2(null, i);
            close(fd);
            if (chdir(lab) == 0)
                execl(path, "srtctl", "check", (char *)NULL);
            _exit(99);
        }
        int status = 0;
        CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
        CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    end();
}

/* What was printed and did not arrive is a failure. */
static void full_output(void)
{
    g_autofree char *path = build_file("bin", "srt");
    pid_t pid = fork();
    if (pid == 0) {
        int full = open("/dev/full", O_WRONLY), null = open("/dev/null", O_WRONLY);
        dup2(full, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(path, "srt", "--help", (char *)NULL);
        _exit(99);
    }
    int status = 0;
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 125);
}

static const srt_unit_case cases[] = {
    {"version_and_help", version_and_help},
    {"mistakes_of_the_caller", mistakes_of_the_caller},
    {"commands_through_null", commands_through_null},
    {"settings", settings},
    {"explanations", explanations},
    {"plans", plans},
    {"backends", backends},
    {"closed_streams", closed_streams},
    {"full_output", full_output},
};

SRT_UNIT_MAIN("cli.programs", cases)
