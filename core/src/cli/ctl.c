/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of srtctl, and their help. */
#include "cli/ctl.h"

#include <stdio.h>
#include <string.h>

#include <srt/version.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/streams.h"

static const SrtCtlCommand *const commands[] = {
    &srt_ctl_doctor,   &srt_ctl_backends,   &srt_ctl_check,       &srt_ctl_plan,
    &srt_ctl_explain,  &srt_ctl_violations, &srt_ctl_suggest,     &srt_ctl_allow,
    &srt_ctl_annotate, &srt_ctl_schema,     &srt_ctl_backend_test};

static const SrtCtlCommand *find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int print_help(void)
{
    printf("Usage: srtctl COMMAND [option...] [operand...]\n\n"
           "Looks at settings, backends and this machine for srt.\n\nCommands:\n");
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
    printf("\n`srtctl COMMAND --help` says more about one. `srtctl --version` prints the version.\n"
           "Exit status: 0 yes; 1 no (the command's help says what); 125 srtctl failed or was\n"
           "called wrongly.\n");
    return SRT_CTL_OK;
}

static int print_command_help(const SrtCtlCommand *command)
{
    g_autofree char *options = srt_options_help(command->options);
    printf("Usage: srtctl %s%s%s\n\n%s\n\nOptions:\n%s", command->name,
           *command->synopsis ? " " : "", command->synopsis, command->text, options);
    return SRT_CTL_OK;
}

static int usage(const char *command, const char *text)
{
    srt_log_error("%s\n`srtctl %s%s--help` shows how it is used", text, command,
                  *command ? " " : "");
    return SRT_CTL_FAILED;
}

static int run_command(const SrtCtlCommand *command, int argc, const char *const *argv)
{
    g_auto(SrtOptionValues) values = {.operands = NULL};
    g_autoptr(GError) error = NULL;
    if (!srt_options_parse(command->options, command->stop, argc, argv, &values, &error))
        return usage(command->name, error->message);
    if (values.values[SRT_CTL_HELP])
        return print_command_help(command);
    if (values.values[SRT_CTL_DEBUG])
        srt_log_set_debug(TRUE);
    guint n = srt_options_count(&values);
    if (n < command->least || n > command->most) {
        g_autofree char *text =
            g_strdup_printf("srtctl %s: found %u operands, expected: %s", command->name, n,
                            *command->synopsis ? command->synopsis : "none");
        return usage(command->name, text);
    }
    return command->run(&values);
}

static int unknown_command(const char *name)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i]->name;
    const char *like = srt_nearest(name, names);
    g_autofree char *all = g_strjoinv(", ", (char **)(guintptr)names);
    g_autofree char *text =
        like ? g_strdup_printf("srtctl has no command '%s': did you mean '%s'?", name, like)
             : g_strdup_printf("srtctl has no command '%s': there are %s", name, all);
    return usage("", text);
}

int srt_ctl_main(int argc, const char *const *argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    const SrtCtlCommand *command = find(word);
    if (command)
        return run_command(command, argc - 1, argv + 1);
    if (strcmp(word, "help") == 0 && argc > 2)
        return (command = find(argv[2])) ? print_command_help(command) : unknown_command(argv[2]);
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return print_help();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf(SRT_VERSION "\n");
        return SRT_CTL_OK;
    }
    if (!*word)
        return usage("", "No command specified: name one, as in `srtctl doctor`");
    return unknown_command(word);
}
