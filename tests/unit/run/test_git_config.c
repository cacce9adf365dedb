/* SPDX-License-Identifier: Apache-2.0 */
/* git's configuration: how it is read, and what in it matters. */
#include <stdio.h>
#include <string.h>

#include "run/git_config.h"
#include "support/unit.h"

static gboolean collect(void *data, const char *name, const char *value)
{
    GString *all = data;
    g_string_append_printf(all, "%s%s%s\n", name, value ? "=" : "", value ? value : "");
    return TRUE;
}

/* "name=value\n…", and "malformed" behind what could be read. */
static char *read_all(const char *text, gsize length)
{
    GString *all = g_string_new(NULL);
    if (!srt_git_config_parse(text, length, collect, all))
        g_string_append(all, "malformed");
    return g_string_free(all, FALSE);
}

static const struct {
    const char *text, *read;
} texts[] = {
    {"", ""},
    {"\n\n \t\r\n; c\n# c", ""},
    {"\xef\xbb\xbf[a]b=c", "a.b=c\n"},
    {"[core]\n\tbare = false\n\tfilemode=true\n", "core.bare=false\ncore.filemode=true\n"},
    {"[CORE]\nHooksPath = X\n", "core.hookspath=X\n"},
    {"[core] key = v [x]\n", "core.key=v [x]\n"},
    {"[core]key\n[core]other", "core.key\ncore.other\n"},
    {"[core]\nkey # comment\nb ; c\n", "core.key\ncore.b\n"},
    {"[remote \"Or.i gin\"]\nurl=x", "remote.Or.i gin.url=x\n"},
    {"[a \"q\\\"\\\\z\\n\"]k=v", "a.q\"\\zn.k=v\n"},
    {"[a   \t\"b\"]k=v", "a.b.k=v\n"},
    {"[filter.LFS]clean=x", "filter.lfs.clean=x\n"},
    {"[filter.lfs \"X\"]clean=x", "filter.lfs.X.clean=x\n"},
    {"[a]k=  v  w \t # no\n", "a.k=v  w\n"},
    {"[a]k=\"  v # yes \" ; no\n", "a.k=  v # yes \n"},
    {"[a]k=a\"b\"c\n", "a.k=abc\n"},
    {"[a]k=one\\\ntwo\n", "a.k=onetwo\n"},
    {"[a]k=one\\\r\n two\r\n", "a.k=one two\n"},
    {"[a]k=\\t\\n\\\\\\\"x\n", "a.k=\t\n\\\"x\n"},
    {"[a]k=\n", "a.k=\n"},
    {"[a]k=x\r\n[b]l=y\r\n", "a.k=x\nb.l=y\n"},
    {"[a]\nk=# all of it\n", "a.k=\n"},
    /* malformed */
    {"k=v", "malformed"},
    {"[a", "malformed"},
    {"[a\n]k=v", "malformed"},
    {"[]k=v", "malformed"},
    {"[.x]k=v", "malformed"},
    {"[a b]k=v", "malformed"},
    {"[a \"b]k=v", "malformed"},
    {"[a \"b\nc\"]k=v", "malformed"},
    {"[a \"b\" ]k=v", "malformed"},
    {"[a_b]k=v", "malformed"},
    {"[a]1=v", "malformed"},
    {"[a]k_=v", "malformed"},
    {"[a]k v", "malformed"},
    {"[a]k=\"v", "malformed"},
    {"[a]k=\"v\nw\"", "malformed"},
    {"[a]k=\\q", "malformed"},
    {"[a]k=\\", "malformed"},
    {"[a]x=1\n[b]y=\\z", "a.x=1\nmalformed"},
};

static void reading(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *read = read_all(texts[i].text, strlen(texts[i].text));
        if (strcmp(read, texts[i].read) != 0)
            printf("\n  %s\n", texts[i].text);
        SRT_ASSERT_STR(read, texts[i].read);
    }
    g_autofree char *nul = read_all("[a]k=v\n\0", 8);
    SRT_ASSERT_STR(nul, "malformed");
}

static void bounds(void)
{
    g_autofree char *large = g_strnfill(SRT_GIT_CONFIG_MAX + 1, '\n');
    g_autofree char *over = read_all(large, SRT_GIT_CONFIG_MAX + 1);
    g_autofree char *just = read_all(large, SRT_GIT_CONFIG_MAX);
    SRT_ASSERT_STR(over, "malformed");
    SRT_ASSERT_STR(just, "");
    g_autofree char *fill = g_strnfill(SRT_GIT_VALUE_MAX + 2, 'v');
    g_autofree char *text = g_strconcat("[a]k=", fill, NULL);
    g_autofree char *wide = read_all(text, strlen(text));
    SRT_ASSERT_STR(wide, "malformed");
}

static const char *const harmless[] = {
    "core.bare=true",
    "core.repositoryformatversion=0",
    "core.filemode=true",
    "core.logallrefupdates=true",
    "core.fsmonitor=true",
    "core.fsmonitor=0",
    "core.worktree=../x",
    "remote.origin.url=https://example.com/x",
    "remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*",
    "branch.main.remote=origin",
    "submodule.x.url=y",
    "submodule.x.update=merge",
    "alias.st=status -s",
    "pager.log=false",
    "user.name=a",
    "extensions.objectformat=sha256",
    "filtered.a.clean=x",
    "lfs.repositoryformatversion=0",
    "sendemail.to=a@b",
    "nodot=x",
};

static const char *const dangerous[] = {
    "core.hookspath=x",
    "core.fsmonitor=.git/evil",
    "core.sshcommand=x",
    "core.editor=x",
    "core.pager=x",
    "core.askpass=x",
    "core.gitproxy=x",
    "sequence.editor=x",
    "diff.external=x",
    "diff.a.b.textconv=x",
    "diff.x.command=x",
    "merge.x.driver=x",
    "filter.lfs.clean=x",
    "filter.lfs.smudge=x",
    "filter.a.process=x",
    "include.path=x",
    "includeif.gitdir:~/.path=x",
    "credential.helper=x",
    "credential.https://example.com.helper=!x",
    "gpg.program=x",
    "gpg.ssh.program=x",
    "gpg.ssh.defaultkeycommand=x",
    "alias.st=!evil",
    "alias.st= \t!evil",
    "alias.st=-c core.pager=evil log",
    "alias.x.command=!evil",
    "pager.log=evil",
    "remote.origin.uploadpack=x",
    "remote.origin.vcs=x",
    "submodule.x.update=!evil",
    "protocol.ext.allow=always",
    "mergetool.x.cmd=x",
    "difftool.x.cmd=x",
    "interactive.difffilter=x",
    "uploadpack.packobjectshook=x",
    "hook.x.command=x",
    "trailer.x.cmd=x",
    "init.templatedir=x",
    "sendemail.smtpserver=/x",
    "core.hookspath",
};

static const char *danger_of(const char *row)
{
    g_auto(GStrv) parts = g_strsplit(row, "=", 2);
    return srt_git_config_danger(parts[0], parts[1]);
}

static void dangers(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
        if (danger_of(harmless[i]))
            printf("\n  %s: %s\n", harmless[i], danger_of(harmless[i]));
        CU_ASSERT_PTR_NULL(danger_of(harmless[i]));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(dangerous); i++) {
        if (!danger_of(dangerous[i]))
            printf("\n  %s is harmless\n", dangerous[i]);
        CU_ASSERT_PTR_NOT_NULL(danger_of(dangerous[i]));
    }
}

static void judging(void)
{
    char *worktree = NULL;
    const char *good = "[core]\n\tbare=false\n\tworktree = ../a\n\tworktree = ../b\n";
    CU_ASSERT_PTR_NULL(srt_git_config_judge(good, strlen(good), &worktree));
    SRT_ASSERT_STR(worktree, "../b");
    g_free(worktree);
    const char *bad = "[core]worktree=x\n[Diff \"a\"]\nTextConv = evil\n[more";
    g_autofree char *why = srt_git_config_judge(bad, strlen(bad), &worktree);
    SRT_ASSERT_STR(why, "it sets diff.a.textconv: git runs it to compare files");
    CU_ASSERT_PTR_NULL(worktree);
    g_autofree char *broken = srt_git_config_judge("[core", 5, &worktree);
    SRT_ASSERT_STR(broken, "it is no configuration that could be read to its end");
}

static const srt_unit_case cases[] = {
    {"reading", reading},
    {"bounds", bounds},
    {"dangers", dangers},
    {"judging", judging},
};
SRT_UNIT_MAIN("run.git_config", cases)
