/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_RUN_STREAMS_H
#define SRT_RUN_STREAMS_H

#include <glib.h>

/* FALSE with SRT_ERROR_LAUNCH when one of the descriptors 0 to 2, which every
 * command gets, is a directory: from it each path of the host can be reached,
 * past all mounts. */
gboolean srt_run_check_streams(GError **error);

#endif
