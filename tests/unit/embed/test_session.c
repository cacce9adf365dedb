/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions with a stand-in for srt: what is told, asked and answered, and every way to end. */
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

static char *failure_of(const char *steps, int wanted)
{
    srt_session *session = lab_session(NULL, NULL);
    srt_process *process = lab_spawn(session, NULL, steps);
    CU_ASSERT_EQUAL(srt_process_wait(process, 60000, NULL, NULL), 1);
    char *text = g_strdup(srt_process_failure(process));
    CU_ASSERT_EQUAL(lab_status(process), wanted);
    srt_session_free(session);
    return text;
}

static void tells_how_it_ended(void)
{
    static const struct {
        const char *steps;
        int status;
        const char *failure; /* NULL: none */
    } table[] = {
        {"hello start end=0", 0, NULL},
        {"hello start end=42", 42, NULL},
        {"hello start end=127", 127, NULL},
        {"hello start error=reason end=125", 125, "reason"},
        {"hello start error=reason exit=125", 125, "reason"},
        {"hello error=early end=125", 125, "early"},
        {"hello start end=125", 125, NULL},
        {"hello start error=reason end=2", 2, NULL},
        {"hello start exit=3", 125, "ended with status 3 before it said"},
        {"hello start stop=9", 137, "killed by signal 9"},
        {"start exit=0", 125, "did not speak to the session"},
        {"exit=1", 125, "did not speak to the session"},
        {"hello=2 eof exit=0", 125,
         "found version 2 of the session protocol (srt 0.0.0), expected version 1"},
        {"start notice=x eof exit=0", 125, "did not begin with hello"},
        {"hello hello eof exit=0", 125, "hello twice"},
        {"hello say={]\n eof exit=0", 125, "not srt, or of a version"},
        {"hello say={\"violation\":{\"a\":1}}\n eof exit=0", 125, "a record is wrong"},
        {"hello say={\"new\":1,\"notice\":\"x\"}\n start end=1", 1, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *found = failure_of(table[i].steps, table[i].status);
        if (table[i].failure)
            LAB_HAS(found, table[i].failure);
        else
            SRT_ASSERT_STR(found, NULL);
    }
    /* A line without an end. */
    g_autofree char *line = g_strnfill(200000, 'x');
    g_autofree char *steps =
        g_strdup_printf("hello say=%.100000s say=%.100000s eof exit=0", line, line);
    g_autofree char *found = failure_of(steps, 125);
    LAB_HAS(found, "too long");
}

static void is_no_srt(void)
{
    srt_session_options o = {.struct_size = sizeof o, .program = "/bin/true"};
    srt_session *session = lab_session(NULL, &o);
    srt_process *process = lab_spawn(session, NULL, "x");
    CU_ASSERT_EQUAL(srt_process_wait(process, -1, NULL, NULL), 1);
    LAB_HAS(srt_process_failure(process), "/bin/true ended with status 0 and did not speak");
    CU_ASSERT_EQUAL(lab_status(process), 125);
    srt_error *e = NULL;
    CU_ASSERT_EQUAL(srt_session_check(session, NULL, &e), -1);
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_PROTOCOL);
    lab_error(e);
    srt_session_free(session);
}

static void says_what_to_start(void)
{
    srt_error *e = NULL;
    const char *text = "{\"filesystem\": {\"allowWrite\": [\"a\"]}}";
    srt_settings *s = srt_settings_from_text(text, strlen(text), "mine", NULL, NULL);
    srt_settings *over = srt_settings_new();
    srt_settings_append(over, "filesystem.denyRead", "/x", NULL);
    srt_session_options o = {.struct_size = sizeof o,
                             .flags = SRT_SESSION_QUIET,
                             .backend = "null",
                             .allow_unenforced = "all"};
    srt_session *session = lab_session(s, &o);
    const char *argv[] = {"hello", "start", "show", "end=0", NULL};
    int status;
    g_autofree char *out =
        lab_output(session, (srt_command){.argv = argv, .id = "me", .settings = over}, &status);
    CU_ASSERT_EQUAL(status, 0);
    LAB_HAS(out, "mine|(null)|null|me|hello start show end=0|0111\n");
    LAB_HAS(out, "\"a\"");
    LAB_HAS(out, "denyRead");
    g_autofree char *plain = lab_output(
        session, (srt_command){.argv = argv, .text = "what", .flags = SRT_COMMAND_KEEP}, &status);
    LAB_HAS(plain, "mine|(null)|null|(null)|what|0011\n");
    CU_ASSERT_PTR_NULL(strstr(plain, "denyRead"));
    srt_settings *now = srt_session_settings(session);
    char *json = srt_settings_to_json(now);
    LAB_HAS(json, "allowWrite");
    srt_free(json);
    srt_settings_free(now);
    srt_settings_free(over);
    srt_settings_free(s);
    srt_session_free(session);
    (void)e;
}

static void makes_words(void)
{
    const char *env[] = {"FAKE_STEPS=hello start end=0", "PATH=/bin", NULL};
    const char *args[] = {"zero", "one two", NULL};
    int status;
    srt_session *session = lab_session(NULL, NULL);
    g_autofree char *words = lab_output(session, (srt_command){.argv = args, .env = env}, &status);
    SRT_ASSERT_STR(words, "[--][zero][one two]\n");
    g_autofree char *shell =
        lab_output(session, (srt_command){.shell = "echo $1", .argv = args, .env = env}, &status);
    SRT_ASSERT_STR(shell, "[-c][echo $1][--][zero][one two]\n");
    g_autofree char *other = lab_output(
        session,
        (srt_command){.shell = "echo", .shell_program = "/bin/dash", .argv = args, .env = env},
        &status);
    SRT_ASSERT_STR(other, "[--][/bin/dash][-c][echo][zero][one two]\n");
    srt_session_free(session);
}

static void attributes_records(void)
{
    srt_session *session = lab_session(NULL, NULL);
    srt_process *a =
        lab_spawn(session, "a", "hello start violation=/one violation=/two lost end=1");
    srt_process *b =
        lab_spawn(session, NULL, "hello start violation=/three violation=/three end=1");
    g_autofree char *b_id = g_strdup(srt_process_command_id(b));
    SRT_ASSERT_STR(b_id, "hello start violation=/three violation=/three end=1");
    lab_status(a);
    lab_status(b);
    srt_records *all = srt_session_records(session, NULL),
                *of_a = srt_session_records(session, "a"),
                *of_b = srt_session_records(session, b_id),
                *of_none = srt_session_records(session, "not me");
    CU_ASSERT_EQUAL(srt_records_count(all), 3);
    CU_ASSERT_EQUAL(srt_records_count(of_a), 2);
    CU_ASSERT_EQUAL(srt_records_count(of_b), 1);
    CU_ASSERT_EQUAL(srt_records_count(of_none), 0);
    CU_ASSERT_EQUAL(srt_session_record_total(session), 2 + 2 + 5 + 2 + 2);
    const srt_record *r = srt_records_get(of_b, 0);
    CU_ASSERT_EQUAL(r->struct_size, sizeof *r);
    CU_ASSERT_EQUAL(r->count, 4);
    CU_ASSERT_EQUAL(r->operation, SRT_OP_WRITE);
    CU_ASSERT_EQUAL(r->flags, SRT_VIOLATION_ATTEMPT);
    CU_ASSERT_EQUAL(r->pid, 77);
    CU_ASSERT_EQUAL(r->time_us, 1769860800000005);
    SRT_ASSERT_STR(r->target, "/three");
    SRT_ASSERT_STR(r->rule, "filesystem.allowWrite");
    SRT_ASSERT_STR(r->backend, "fake");
    SRT_ASSERT_STR(r->command, b_id);
    CU_ASSERT_PTR_NULL(r->program);
    CU_ASSERT_PTR_NULL(srt_records_get(of_b, 1));
    char *text = srt_session_annotate(session, "a", "oops");
    g_autofree char *wanted =
        g_strdup_printf("oops\n<sandbox_violations>\n%s\n%s\n</sandbox_violations>",
                        srt_records_get(of_a, 0)->line, srt_records_get(of_a, 1)->line);
    SRT_ASSERT_STR(text, wanted);
    srt_free(text);
    text = srt_session_annotate(session, "other", "oops");
    SRT_ASSERT_STR(text, "oops");
    srt_free(text);
    srt_session_clear_records(session);
    srt_records *none = srt_session_records(session, NULL);
    CU_ASSERT_EQUAL(srt_records_count(none), 0);
    CU_ASSERT_EQUAL(srt_session_record_total(session), 13);
    srt_session_free(session);
    /* Copies outlive the session. */
    SRT_ASSERT_STR(srt_records_get(of_a, 1)->target, "/two");
    srt_records_free(all);
    srt_records_free(of_a);
    srt_records_free(of_b);
    srt_records_free(of_none);
    srt_records_free(none);
}

typedef struct Watch {
    srt_session *session;
    uint32_t number;
    gint calls;
    gboolean once;
} Watch;

static void on_record(void *data, const srt_record *record)
{
    Watch *watch = data;
    CU_ASSERT_EQUAL(record->count, 2);
    g_atomic_int_inc(&watch->calls);
    if (watch->once)
        srt_session_unsubscribe(watch->session, watch->number);
}

static void tells_subscribers(void)
{
    Watch first = {0}, second = {.once = TRUE}, third = {0}, gone = {0};
    srt_session_options o = {.struct_size = sizeof o, .record = on_record, .data = &first};
    srt_session *session = second.session = lab_session(NULL, &o);
    second.number = srt_session_subscribe(session, on_record, &second);
    third.number = srt_session_subscribe(session, on_record, &third);
    gone.number = srt_session_subscribe(session, on_record, &gone);
    CU_ASSERT(second.number > 0 && third.number > second.number);
    srt_session_unsubscribe(session, gone.number);
    srt_session_unsubscribe(session, 12345);
    lab_status(
        lab_spawn(session, NULL, "hello start violation=/a violation=/b violation=/c end=0"));
    CU_ASSERT_EQUAL(first.calls, 3);
    CU_ASSERT_EQUAL(second.calls, 1);
    CU_ASSERT_EQUAL(third.calls, 3);
    CU_ASSERT_EQUAL(gone.calls, 0);
    srt_session_free(session);
}

typedef struct Asked {
    pthread_mutex_t lock;
    GPtrArray *held;
    gboolean hold;
    srt_session *session;
    int spawned; /* by the callback */
} Asked;

static void on_ask(void *data, srt_question *question)
{
    Asked *asked = data;
    CU_ASSERT_EQUAL(srt_question_port(question), 443);
    SRT_ASSERT_STR(srt_question_protocol(question), "https");
    SRT_ASSERT_STR(srt_question_command_id(question), "id");
    pthread_mutex_lock(&asked->lock);
    if (asked->session) {
        srt_error *e = NULL;
        srt_process *process = lab_spawn(asked->session, "inner", "hello start end=0");
        CU_ASSERT_EQUAL(srt_process_wait(process, 10, NULL, &e), -1);
        CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
        srt_error_free(e);
        srt_process_free(process);
        asked->spawned++;
    }
    if (asked->hold)
        g_ptr_array_add(asked->held, question);
    else
        srt_question_answer(question, strcmp(srt_question_host(question), "yes.example.com") == 0);
    pthread_mutex_unlock(&asked->lock);
}

static guint held(Asked *asked)
{
    pthread_mutex_lock(&asked->lock);
    guint n = asked->held->len;
    pthread_mutex_unlock(&asked->lock);
    return n;
}

static void answers_questions(void)
{
    Asked asked = {.lock = PTHREAD_MUTEX_INITIALIZER, .held = g_ptr_array_new()};
    srt_session_options o = {.struct_size = sizeof o, .ask = on_ask, .data = &asked};
    srt_session *session = lab_session(NULL, &o);
    CU_ASSERT_EQUAL(lab_status(lab_spawn(session, "id", "hello start ask=yes.example.com end")), 0);
    CU_ASSERT_EQUAL(lab_status(lab_spawn(session, "id", "hello start ask=no.example.com end")), 3);
    /* Commands are started from within. */
    asked.session = session;
    CU_ASSERT_EQUAL(lab_status(lab_spawn(session, "id", "hello start ask=yes.example.com end")), 0);
    asked.session = NULL;
    CU_ASSERT_EQUAL(asked.spawned, 1);
    /* Later, from another thread: this one. */
    asked.hold = TRUE;
    srt_process *late = lab_spawn(session, "id", "hello start ask=x.example.com end");
    while (held(&asked) < 1)
        g_usleep(1000);
    CU_ASSERT_EQUAL(srt_process_wait(late, 0, NULL, NULL), 0);
    srt_question_answer(asked.held->pdata[0], true);
    CU_ASSERT_EQUAL(lab_status(late), 0);
    /* When the command, and then the session, are gone. */
    srt_process *dead = lab_spawn(session, "id", "hello start ask=x.example.com end");
    while (held(&asked) < 2)
        g_usleep(1000);
    srt_process *open = lab_spawn(session, "id", "hello start ask=x.example.com end");
    while (held(&asked) < 3)
        g_usleep(1000);
    srt_process_signal(dead, SIGKILL, NULL);
    CU_ASSERT_EQUAL(lab_status(dead), 137);
    srt_question_answer(asked.held->pdata[1], true);
    srt_session_free(session);
    CU_ASSERT_EQUAL(lab_status(open), 98); /* what the fake exits with when nobody answers */
    srt_question_answer(asked.held->pdata[2], true);
    g_ptr_array_unref(asked.held);
    /* Nobody to ask. */
    session = lab_session(NULL, NULL);
    CU_ASSERT_EQUAL(lab_status(lab_spawn(session, "id", "hello start ask=yes.example.com end")), 3);
    srt_session_free(session);
}

static void updates(void)
{
    srt_error *e = NULL;
    srt_session *session = lab_session(NULL, NULL);
    srt_settings *s = srt_settings_new();
    srt_settings_append(s, "network.allowedDomains", "updated.example.com", NULL);
    srt_process *process = lab_spawn(session, NULL, "hello start update end");
    CU_ASSERT_EQUAL(srt_session_update(session, s, &e), 0);
    CU_ASSERT_EQUAL(lab_status(process), 0);
    srt_settings *now = srt_session_settings(session);
    char *json = srt_settings_to_json(now);
    LAB_HAS(json, "updated.example.com");
    srt_free(json);
    srt_settings_free(now);
    srt_settings_free(s);
    srt_session_free(session);
}

static void keeps_what_is_told_to(void)
{
    srt_session *session = lab_session(NULL, NULL);
    const char *argv[] = {"hello", "start", "eof", "end=6", NULL};
    srt_command command = {.struct_size = sizeof command, .argv = argv};
    srt_process *ended = srt_session_spawn(session, &command, NULL);
    srt_process *kept =
        srt_session_spawn(session,
                          &(srt_command){.struct_size = sizeof command,
                                         .argv = (const char *[]){"hello", "start", "sleep", NULL},
                                         .flags = SRT_COMMAND_KEEP},
                          NULL);
    srt_process *dropped = srt_session_spawn(session, &command, NULL);
    srt_process_free(dropped);
    srt_session_free(session);
    CU_ASSERT_EQUAL(srt_process_wait(ended, 0, NULL, NULL), 1);
    CU_ASSERT_EQUAL(lab_status(ended), 6); /* said after the session began to end */
    CU_ASSERT_EQUAL(srt_process_wait(kept, 0, NULL, NULL), 0);
    CU_ASSERT_EQUAL(kill(srt_process_pid(kept), 0), 0);
    srt_process_signal(kept, SIGTERM, NULL);
    CU_ASSERT_EQUAL(lab_status(kept), 128 + SIGTERM);
}

static void is_polled(void)
{
    srt_session *session = lab_session(NULL, NULL);
    srt_process *process = lab_spawn(session, NULL, "hello start eof end=0");
    struct pollfd fd = {.fd = srt_process_pollfd(process), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
    CU_ASSERT_EQUAL(srt_process_wait(process, 0, NULL, NULL), 0);
    CU_ASSERT_EQUAL(srt_process_wait(process, 20, NULL, NULL), 0);
    srt_session_free(session);
    CU_ASSERT_EQUAL(poll(&fd, 1, 0), 1);
    CU_ASSERT_EQUAL(lab_status(process), 0);
}

static const srt_unit_case cases[] = {
    {"tells_how_it_ended", tells_how_it_ended},       {"is_no_srt", is_no_srt},
    {"says_what_to_start", says_what_to_start},       {"makes_words", makes_words},
    {"attributes_records", attributes_records},       {"tells_subscribers", tells_subscribers},
    {"answers_questions", answers_questions},         {"updates", updates},
    {"keeps_what_is_told_to", keeps_what_is_told_to}, {"is_polled", is_polled},
};

SRT_UNIT_MAIN("embed.session", cases)
