/* SPDX-License-Identifier: Apache-2.0 */
/* From the start of the process to its end: hand-off, signals, violations,
 * updates. */
#ifndef SRT_RUN_LOOP_H
#define SRT_RUN_LOOP_H

#include <glib.h>
#include <sys/types.h>

#include "net/proxy.h"
#include "plugin/plugin.h"
#include "run/control.h"
#include "run/manager.h"
#include "run/signal_plan.h"
#include "run/status.h"

typedef struct SrtLoop {
    /* Set by the caller; everything is borrowed. */
    pid_t child;
    const char *program;    /* what was started, for messages */
    int handoff;            /* outer end, or -1: the child itself is the command */
    int signals;            /* of srt_signals_open */
    SrtProxy *proxy;        /* NULL: no listener is expected */
    SrtBackendRun *backend; /* NULL: no violations */
    int monitor;            /* -1: none */
    SrtControl *control;    /* NULL: none */
    int control_fd;
    SrtManager *manager; /* NULL: nobody embeds srt */

    /* The loop's own; zero. */
    SrtSignalState state;
    SrtEnding ending;
    int command;       /* pidfd, -1 */
    pid_t command_pid; /* -1 when not known */
    int keeper;        /* pidfd of the process that holds the sandbox's processes, -1 */
    guint listeners;
    gboolean child_gone;
    gboolean killed;   /* by us */
    gboolean given_up; /* before there was a command */
} SrtLoop;

/* Returns srt's exit status; the child has been waited for, and as far as can be
 * known nothing of the sandbox is alive. */
int srt_run_loop(SrtLoop *loop);

#endif
