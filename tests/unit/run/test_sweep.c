/* SPDX-License-Identifier: Apache-2.0 */
/* What is found after a run is recorded and kept; what copying may cost. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "run/quarantine.h"
#include "run/quarantine_copy.h"
#include "run/sweep.h"
#include "support/unit.h"

typedef struct Lab {
    char *top;
    char *work;
    char *state;
    SrtConfig *config;
    SrtPolicy *policy;
} Lab;

static char *put(const Lab *lab, const char *path, const char *text)
{
    char *full = g_build_filename(lab->top, path, NULL);
    g_autofree char *directory = g_path_get_dirname(full);
    CU_ASSERT_FATAL(g_mkdir_with_parents(directory, 0755) == 0);
    CU_ASSERT_FATAL(g_file_set_contents(full, text, -1, NULL));
    return full;
}

static void lab_open(Lab *lab)
{
    g_autofree char *made = g_strdup("/var/tmp/srt-sweep-XXXXXX");
    CU_ASSERT_FATAL(g_mkdtemp(made) != NULL);
    char *real = realpath(made, NULL);
    lab->top = g_strdup(real);
    free(real);
    lab->work = g_build_filename(lab->top, "work", NULL);
    lab->state = g_build_filename(lab->top, "state", NULL);
    CU_ASSERT_FATAL(g_mkdir_with_parents(lab->work, 0755) == 0);
    CU_ASSERT_FATAL(g_mkdir_with_parents(lab->state, 0755) == 0);
    g_autoptr(GError) error = NULL;
    const SrtPolicyInputs inputs = {.cwd = lab->work};
    lab->config = srt_config_defaults();
    lab->policy = srt_policy_new(lab->config, &inputs, &error);
    CU_ASSERT_FATAL(lab->policy != NULL);
}

static void lab_close(Lab *lab)
{
    srt_autofd int top = open("/var/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autofree char *name = g_path_get_basename(lab->top);
    SrtCopyLimits nothing = {0, 0};
    CU_ASSERT_TRUE(srt_copy_away(top, name, -1, "", &nothing));
    CU_ASSERT_NOT_EQUAL(access(lab->top, F_OK), 0);
    srt_policy_free(lab->policy);
    srt_config_free(lab->config);
    g_free(lab->top);
    g_free(lab->work);
    g_free(lab->state);
}

static void records(void)
{
    Lab lab;
    lab_open(&lab);
    SrtViolationStore *store = srt_violation_store_new();
    g_autoptr(SrtSweep) sweep = srt_sweep_new(lab.policy, lab.state);
    g_autofree char *bashrc = put(&lab, "work/a/.bashrc", "evil");
    g_autofree char *config = put(&lab, "work/r/.git/config", "[core]\npager = evil\n");
    srt_log_set_quiet(TRUE);
    CU_ASSERT_EQUAL(srt_sweep_run(sweep, store, "b"), 2);
    srt_log_set_quiet(FALSE);
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL_FATAL(list->len, 2);
    gboolean seen[2] = {FALSE, FALSE};
    for (guint i = 0; i < list->len; i++) {
        const SrtViolationRecord *record = list->pdata[i];
        gboolean git = strcmp(record->target, config) == 0;
        seen[git] = TRUE;
        SRT_ASSERT_STR(record->target, git ? config : bashrc);
        SRT_ASSERT_STR(record->backend, "b");
        CU_ASSERT_EQUAL(record->operation, SRT_OP_CREATE);
        CU_ASSERT_EQUAL(record->flags, SRT_VIOLATION_TAMPERING);
        CU_ASSERT_TRUE(g_str_has_prefix(record->rule, "protected name ("));
        CU_ASSERT_PTR_NOT_NULL(strstr(record->reason, lab.state));
        CU_ASSERT_PTR_NOT_NULL(strstr(record->reason, git ? "core.pager" : "protected name"));
    }
    CU_ASSERT_TRUE(seen[0] && seen[1]);
    CU_ASSERT_NOT_EQUAL(access(bashrc, F_OK), 0);
    CU_ASSERT_NOT_EQUAL(access(config, F_OK), 0);
    srt_violation_store_free(store);
    lab_close(&lab);
}

static void nothing_is_made_without_need(void)
{
    Lab lab;
    lab_open(&lab);
    g_autofree char *kept = put(&lab, "work/x", "");
    g_autoptr(SrtSweep) sweep = srt_sweep_new(lab.policy, lab.state);
    CU_ASSERT_EQUAL(srt_sweep_run(sweep, NULL, "b"), 0);
    CU_ASSERT_EQUAL(access(kept, F_OK), 0);
    CU_ASSERT_EQUAL(rmdir(lab.state), 0); /* empty */
    lab_close(&lab);
}

/* The state directory is replaced by a link while the command runs: it was open. */
static void the_state_is_held(void)
{
    Lab lab;
    lab_open(&lab);
    g_autoptr(SrtSweep) sweep = srt_sweep_new(lab.policy, lab.state);
    g_autofree char *moved = g_build_filename(lab.top, "moved", NULL);
    g_autofree char *trap = g_build_filename(lab.top, "trap", NULL);
    g_autofree char *inside = g_build_filename(moved, "srt", "quarantine", NULL);
    CU_ASSERT_FATAL(rename(lab.state, moved) == 0 && mkdir(trap, 0755) == 0 &&
                    symlink(trap, lab.state) == 0);
    g_autofree char *file = put(&lab, "work/.bashrc", "evil");
    srt_log_set_quiet(TRUE);
    CU_ASSERT_EQUAL(srt_sweep_run(sweep, NULL, "b"), 1);
    srt_log_set_quiet(FALSE);
    CU_ASSERT_NOT_EQUAL(access(file, F_OK), 0);
    CU_ASSERT_EQUAL(access(inside, F_OK), 0);
    CU_ASSERT_EQUAL(rmdir(trap), 0);
    lab_close(&lab);
}

static off_t size_of(const char *directory, const char *name)
{
    struct stat st;
    g_autofree char *path = g_build_filename(directory, name, NULL);
    return lstat(path, &st) == 0 ? st.st_size : -1;
}

/* What is over the limits is not kept, and not left either. */
static void limits(void)
{
    Lab lab;
    lab_open(&lab);
    g_autofree char *one = put(&lab, "work/d/1", "0123456789");
    srt_autofd int from = open(lab.work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    srt_autofd int to = open(lab.state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    SrtCopyLimits bytes = {4, 100};
    CU_ASSERT_TRUE(srt_copy_away(from, "d", to, "cut", &bytes));
    CU_ASSERT_EQUAL(size_of(lab.state, "cut/1"), 4);
    CU_ASSERT_EQUAL(bytes.bytes, 0);
    CU_ASSERT_NOT_EQUAL(access(one, F_OK), 0);
    G_GNUC_UNUSED g_autofree char *two = put(&lab, "work/d/e/1", "0123456789");
    SrtCopyLimits entries = {100, 2};
    CU_ASSERT_TRUE(srt_copy_away(from, "d", to, "few", &entries));
    CU_ASSERT_TRUE(size_of(lab.state, "few/e") >= 0);
    CU_ASSERT_EQUAL(size_of(lab.state, "few/e/1"), -1);
    CU_ASSERT_EQUAL(size_of(lab.work, "d"), -1);
    lab_close(&lab);
}

static void the_note(void)
{
    Lab lab;
    lab_open(&lab);
    g_autoptr(SrtQuarantine) quarantine = srt_quarantine_new(lab.state);
    G_GNUC_UNUSED g_autofree char *file = put(&lab, "work/a\"b\\\n\xff", "x");
    g_autofree char *place = NULL;
    g_autoptr(GError) error = NULL;
    CU_ASSERT_TRUE(
        srt_quarantine_take(quarantine, lab.work, "a\"b\\\n\xff", "rule", "why", &place, &error));
    CU_ASSERT_FALSE(srt_quarantine_take(quarantine, lab.work, "no", "rule", "why", &place, &error));
    CU_ASSERT_TRUE(error && strstr(error->message, "cannot move"));
    g_autofree char *directory = g_path_get_dirname(place);
    g_autofree char *note = g_build_filename(directory, "note.json", NULL);
    g_autofree char *text = NULL;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(note, &text, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "/work/a\\\"b\\\\\\u000a\\\\xff\", \"kept\": \"1-a"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"rule\": \"rule\", \"why\": \"why\"}\n"));
    lab_close(&lab);
}

static const srt_unit_case cases[] = {
    {"records", records},
    {"nothing is made without need", nothing_is_made_without_need},
    {"the state is held", the_state_is_held},
    {"limits", limits},
    {"the note", the_note},
};
SRT_UNIT_MAIN("run.sweep", cases)
