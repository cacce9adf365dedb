/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

static const char *const titles[SB_FAMILY_COUNT] = {
    [SB_BASE_PROCESS] = "programs start, and see only each other",
    [SB_BASE_MACH] = "services of the system without which programs do not start",
    [SB_BASE_IPC] = "shared memory and semaphores, by name",
    [SB_BASE_IOKIT] = "devices that libraries ask about",
    [SB_BASE_SYSCTL] = "facts about the machine",
    [SB_BASE_OTHER] = "the start of Foundation and of the C library",
    [SB_READ_OPEN] = "reading is open, but for what follows",
    [SB_READ_LEVEL] = "hidden regions, and what is shown inside them",
    [SB_WRITE_LEVEL] = "writable regions, and what is protected inside them",
    [SB_OWN] = "files of the sandbox itself",
    [SB_TMP] = "the private temporary directory",
    [SB_LATER_HIDDEN] = "hidden whenever it appears",
    [SB_LATER_READ] = "protected whenever it appears",
    [SB_DEVICES] = "devices that every program uses",
    [SB_ROOT] = "without \"/\" no program starts",
    [SB_METADATA] = "ways lead through hidden directories",
    [SB_TERMINAL] = "modes of the terminal, and nothing typed into it",
    [SB_CLONE] = "a directory is cloned with what is hidden in it",
    [SB_PIN] = "directories with something protected in them stay where they are",
    [SB_CREATE] = "directories that could bring a protected name along",
    [SB_NET_PROXY] = "the proxies",
    [SB_NET_LOCAL] = "allowLocalBinding",
    [SB_UNIX] = "unix sockets",
    [SB_TRUSTD] = "enableWeakerNetworkIsolation",
    [SB_APPLE_EVENTS] = "allowAppleEvents",
    [SB_MACH] = "allowMachLookup",
    [SB_PTY] = "allowPty",
};

static void add_filter(sb_text *out, const sb_filter *filter)
{
    if (filter->around) {
        sb_text_putc(out, '(');
        sb_text_puts(out, filter->around);
        sb_text_putc(out, ' ');
    }
    if (filter->key) {
        sb_text_putc(out, '(');
        sb_text_puts(out, filter->key);
        sb_text_putc(out, ' ');
        sb_text_string(out, filter->text);
        sb_text_putc(out, ')');
    } else {
        sb_text_puts(out, filter->text);
    }
    if (filter->around)
        sb_text_putc(out, ')');
}

static void add_filters(sb_text *out, const sb_plan *plan, const sb_rule *rule)
{
    bool all = rule->only || rule->except_count > 0;
    if (all)
        sb_text_puts(out, "\n  (require-all");
    if (rule->only) {
        sb_text_puts(out, "\n  ");
        sb_text_puts(out, rule->only);
    }
    if (all && rule->count > 1)
        sb_text_puts(out, "\n  (require-any");
    for (size_t i = 0; i < rule->count; i++) {
        sb_text_puts(out, "\n  ");
        add_filter(out, &plan->filters[rule->first + i]);
    }
    if (all && rule->count > 1)
        sb_text_putc(out, ')');
    for (size_t i = 0; i < rule->except_count; i++) {
        sb_text_puts(out, "\n  (require-not ");
        add_filter(out, &plan->filters[rule->except_first + i]);
        sb_text_putc(out, ')');
    }
    if (all)
        sb_text_putc(out, ')');
}

static void add_message(sb_text *out, const char *tag)
{
    sb_text_puts(out, " (with message ");
    sb_text_string(out, tag);
    sb_text_puts(out, ")");
}

void sb_render(sb_text *out, const sb_plan *plan, const char *tag)
{
    int last = -1;
    sb_text_puts(out, "(version 1)\n(deny default");
    add_message(out, tag);
    sb_text_puts(out, ")\n");
    for (size_t i = 0; i < plan->n_rules; i++) {
        const sb_rule *rule = &plan->rules[i];
        if ((int)rule->family != last) {
            sb_text_puts(out, "\n; ");
            sb_text_puts(out, titles[rule->family]);
            sb_text_putc(out, '\n');
        }
        last = (int)rule->family;
        sb_text_puts(out, rule->allow ? "(allow " : "(deny ");
        sb_text_puts(out, rule->ops);
        add_filters(out, plan, rule);
        if (!rule->allow)
            add_message(out, tag);
        sb_text_puts(out, ")\n");
    }
}
