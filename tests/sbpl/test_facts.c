/* SPDX-License-Identifier: Apache-2.0 */
/* What has been measured on macOS and published: the evaluator has to say the same.
 * Where a fact speaks against one of the other ways to weigh rules, that is held
 * too, so that the three do not become one by mistake. */
#include <stdio.h>
#include <string.h>

#include "sbpl.h"
#include "support/unit.h"

#define HEAD "(version 1)(deny default)"
#define TREE 1u
#define ORDERED 2u
#define LINEAR 4u
#define EVERY (TREE | ORDERED | LINEAR)

typedef struct fact {
    const char *profile;
    const char *question;
    bool allow;
    unsigned models; /* that agree */
} fact;

static const fact precedence[] = {
    /* A special allow beats a later general deny. */
    {HEAD "(allow file-read-data (subpath \"/\"))(deny file-read* (literal \"/p/.env\"))",
     "file-read-data path=/p/.env", true, TREE | ORDERED},
    {HEAD "(allow file-read-data (subpath \"/\"))(deny file-read* (literal \"/p/.env\"))",
     "file-read-metadata path=/p/.env", false, EVERY},
    /* With the same operation the later one wins. */
    {HEAD "(allow file-read-data (subpath \"/\"))(deny file-read-data (literal \"/p/.env\"))",
     "file-read-data path=/p/.env", false, EVERY},
    {HEAD "(allow file-read-data (subpath \"/\"))(deny file-read-data (literal \"/p/.env\"))",
     "file-read-data path=/p/x", true, EVERY},
    /* A later general allow does not lift a special deny. */
    {HEAD "(deny file-write-unlink (subpath \"/u\"))(allow file-write* (subpath \"/u/me\"))",
     "file-write-unlink path=/u/me/a", false, TREE | ORDERED},
    {HEAD "(deny file-write-unlink (subpath \"/u\"))(allow file-write* (subpath \"/u/me\"))",
     "file-write-create path=/u/me/a", true, EVERY},
    /* Nested, same operation. */
    {HEAD "(allow network-outbound (subpath \"/a\"))(deny network-outbound (subpath \"/a/b\"))"
          "(allow network-outbound (subpath \"/a/b/c\"))",
     "network-outbound remote=unix:/a/b/s", false, EVERY},
    {HEAD "(allow network-outbound (subpath \"/a\"))(deny network-outbound (subpath \"/a/b\"))"
          "(allow network-outbound (subpath \"/a/b/c\"))",
     "network-outbound remote=unix:/a/b/c/s", true, EVERY},
    {HEAD "(deny file-write* (subpath \"/X\"))(allow file-write* (subpath \"/\"))",
     "file-write-data path=/X/foo", true, EVERY},
    /* A rule without filter does not beat one with a filter, wherever it stands. */
    {HEAD "(deny network-outbound (subpath \"/secret\"))(allow network-outbound)",
     "network-outbound remote=unix:/secret/s", false, TREE},
    {HEAD "(deny network-outbound (subpath \"/secret\"))(allow network-outbound)",
     "network-outbound remote=tcp:1.1.1.1:443", true, EVERY},
    /* But it beats one of a more general operation. */
    {HEAD "(deny file-write-unlink)(allow file-write* (subpath \"/ws\"))",
     "file-write-unlink path=/ws/a", false, TREE | ORDERED},
    {HEAD "(allow file-read-metadata (subpath \"/private/var/run\"))"
          "(deny file-read* (regex #\"^/private/var/run/x\\.[^/]+/Listeners$\"))",
     "file-read-metadata path=/private/var/run/x.1/Listeners", true, TREE | ORDERED},
    {HEAD "(allow file-read-metadata (subpath \"/private/var/run\"))"
          "(deny file-read* (regex #\"^/private/var/run/x\\.[^/]+/Listeners$\"))",
     "file-read-data path=/private/var/run/x.1/Listeners", false, EVERY},
};

static const fact objects[] = {
    /* Linking asks for the source as writing does. */
    {HEAD "(allow file-write* (subpath \"/w\"))(deny file-write* (subpath \"/w/d\"))",
     "file-link path=/w/plain", true, EVERY},
    {HEAD "(allow file-write* (subpath \"/w\"))(deny file-write* (subpath \"/w/d\"))",
     "file-link path=/w/d/secret", false, EVERY},
    {HEAD "(allow file-write* (subpath \"/w\"))", "file-clone path=/other", false, EVERY},
    /* localhost is 127/8 and ::1, and not the mapped address. */
    {HEAD "(allow network-outbound (remote ip \"localhost:*\"))",
     "network-outbound remote=tcp:127.0.0.1:5000 local=tcp:0.0.0.0:0", true, EVERY},
    {HEAD "(allow network-outbound (remote ip \"localhost:*\"))",
     "network-outbound remote=tcp:::1:5000", true, EVERY},
    {HEAD "(allow network-outbound (remote ip \"localhost:*\"))",
     "network-outbound remote=tcp:::ffff:127.0.0.1:5000", false, EVERY},
    {HEAD "(allow network-outbound (remote ip \"localhost:*\"))",
     "network-outbound remote=udp:1.1.1.1:53 local=udp:0.0.0.0:0", false, EVERY},
    {HEAD "(allow network-bind (local ip \"*:*\"))", "network-bind local=tcp:::ffff:127.0.0.1:0",
     true, EVERY},
    {HEAD "(allow network-bind (local ip \"localhost:*\"))",
     "network-bind local=tcp:::ffff:127.0.0.1:0", false, EVERY},
    /* The filter on the local address that let everything out. */
    {HEAD "(allow network-outbound (local ip \"localhost:*\"))",
     "network-outbound remote=tcp:1.1.1.1:443 local=tcp:0.0.0.0:0", true, EVERY},
    {HEAD "(allow network-outbound (remote ip \"localhost:3128\"))",
     "network-outbound remote=tcp:127.0.0.1:3129", false, EVERY},
    /* Ends of components, kinds of files, names. */
    {HEAD "(allow file-read* (subpath \"/a/src\"))", "file-read-data path=/a/src", true, EVERY},
    {HEAD "(allow file-read* (subpath \"/a/src\"))", "file-read-data path=/a/srcs", false, EVERY},
    {HEAD "(allow file-write-data (require-all (literal \"/dev/null\") (vnode-type "
          "CHARACTER-DEVICE)))",
     "file-write-data path=/dev/null vnode-type=CHARACTER-DEVICE", true, EVERY},
    {HEAD "(allow file-write-data (require-all (literal \"/dev/null\") (vnode-type "
          "CHARACTER-DEVICE)))",
     "file-write-data path=/dev/null", false, EVERY},
    {HEAD
     "(allow file-write* (require-all (subpath \"/ws\") (require-not (subpath \"/ws/.git\"))))",
     "file-write-create path=/ws/.git/x", false, EVERY},
    {HEAD
     "(allow file-write* (require-all (subpath \"/ws\") (require-not (subpath \"/ws/.git\"))))",
     "file-write-create path=/ws/.github", true, EVERY},
    {HEAD "(allow sysctl-read (sysctl-name \"hw.ncpu\") (sysctl-name-prefix \"kern.proc.\"))",
     "sysctl-read sysctl-name=kern.proc.pid.1", true, EVERY},
    {HEAD "(allow sysctl-read (sysctl-name \"hw.ncpu\") (sysctl-name-prefix \"kern.proc.\"))",
     "sysctl-read sysctl-name=hw.ncpus", false, EVERY},
    {HEAD "(allow signal (target same-sandbox))", "signal target=same-sandbox", true, EVERY},
    {HEAD "(allow signal (target same-sandbox))", "signal target=others", false, EVERY},
    {HEAD "(allow process-info* (target same-sandbox))", "process-info-pidinfo target=same-sandbox",
     true, EVERY},
    {HEAD "(allow system-socket (require-all (socket-domain AF_SYSTEM) (socket-protocol 2)))",
     "system-socket socket-domain=AF_SYSTEM socket-protocol=2", true, EVERY},
    {HEAD "(allow system-socket (require-all (socket-domain AF_SYSTEM) (socket-protocol 2)))",
     "system-socket socket-domain=AF_UNIX socket-protocol=2", false, EVERY},
    {HEAD "(allow network-bind (local unix-socket (path-regex #\"^/\")))",
     "network-bind local=unix:/t/s", true, EVERY},
    {HEAD "(allow network-bind (local unix-socket (path-regex #\"^/\")))",
     "network-outbound remote=unix:/t/s", false, EVERY},
    {HEAD "(allow file-ioctl (require-all (literal \"/dev/tty\") (ioctl-command TIOCGETA)))",
     "file-ioctl path=/dev/tty ioctl-command=TIOCSTI", false, EVERY},
};

static void check(const fact *f)
{
    char why[300] = "", words[400];
    sbpl_question question;
    sbpl *profile = sbpl_load(f->profile, strlen(f->profile), why, sizeof why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_TRUE_FATAL(sbpl_parse_question(f->question, words, sizeof words, &question));
    for (int model = 0; model < SBPL_MODELS; model++) {
        sbpl_answer answer;
        bool agrees = f->models & (1u << model);
        bool ok = sbpl_ask(profile, (sbpl_model)model, false, &question, &answer, why, sizeof why);
        CU_ASSERT_TRUE(ok);
        if (!ok || (answer.allow == f->allow) != agrees)
            printf("\n  model %d: %s\n  %s %s\n", model, f->profile, f->question, why);
        CU_ASSERT_EQUAL(answer.allow == f->allow, agrees);
    }
    sbpl_free(profile);
}

static void test_precedence(void)
{
    for (size_t i = 0; i < sizeof precedence / sizeof *precedence; i++)
        check(&precedence[i]);
}

static void test_objects(void)
{
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        check(&objects[i]);
}

static const srt_unit_case cases[] = {
    {"which rule wins", test_precedence},
    {"what filters match", test_objects},
};

SRT_UNIT_MAIN("sbpl facts", cases)
