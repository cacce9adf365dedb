/* SPDX-License-Identifier: Apache-2.0 */
/* The one error domain of the core. Functions that can fail take GError **error
 * last and return FALSE or NULL exactly when it is set. */
#ifndef SRT_BASE_ERROR_H
#define SRT_BASE_ERROR_H

#include <glib.h>

#define SRT_ERROR (srt_error_quark())

typedef enum {
    SRT_ERROR_FAILED,      /* anything without a kind of its own */
    SRT_ERROR_USAGE,       /* the command line is wrong */
    SRT_ERROR_SETTINGS,    /* a settings file is missing, unreadable or wrong */
    SRT_ERROR_POLICY,      /* the settings cannot be turned into a policy */
    SRT_ERROR_BACKEND,     /* a backend cannot be found, loaded or used */
    SRT_ERROR_UNENFORCED,  /* no backend enforces what was asked for */
    SRT_ERROR_LAUNCH,      /* the command could not be started */
    SRT_ERROR_NOT_EXECUTABLE, /* exit status 126 */
    SRT_ERROR_NOT_FOUND,   /* exit status 127 */
    SRT_ERROR_NETWORK,     /* a proxy could not be made */
} SrtError;

GQuark srt_error_quark(void);

/* Sets *error from errno-style number e: "<text>: <strerror>". Returns FALSE. */
gboolean srt_set_errno(GError **error, SrtError code, int e, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
