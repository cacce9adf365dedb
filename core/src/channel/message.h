/* SPDX-License-Identifier: Apache-2.0 */
/* What srt and the program that embeds it (the manager) say to each other: structures and the one
 * line of JSON that each of them is. docs/session-protocol.md is the text of the protocol. Pure,
 * any thread.
 *
 * A line holds exactly one message. Keys that are not known are ignored, null is as if the key
 * were absent, and of a key that stands twice the last one counts. */
#ifndef SRT_CHANNEL_MESSAGE_H
#define SRT_CHANNEL_MESSAGE_H

#include <glib.h>

#define SRT_CHANNEL_VERSION 1
/* Longest lines, in bytes, without their end. */
#define SRT_CHANNEL_TO_SRT_MAX (4u * 1024 * 1024)
#define SRT_CHANNEL_TO_MANAGER_MAX (64u * 1024)
/* Largest number of a question, or of anything counted: what every JSON reader holds exactly. */
#define SRT_CHANNEL_NUMBER_MAX ((guint64)1 << 53)

typedef enum {
    SRT_TO_MANAGER_HELLO,
    SRT_TO_MANAGER_STARTED,
    SRT_TO_MANAGER_VIOLATION,
    SRT_TO_MANAGER_LOST,
    SRT_TO_MANAGER_ASK,
    SRT_TO_MANAGER_ERROR,
    SRT_TO_MANAGER_NOTICE,
    SRT_TO_MANAGER_ENDED,
} SrtToManagerKind;

typedef enum { SRT_ASK_HTTP, SRT_ASK_HTTPS, SRT_ASK_SOCKS } SrtAskProtocol;

/* srt -> manager. Texts belong to the structure when it was parsed; for rendering they may be
 * anybody's. */
typedef struct SrtToManager {
    SrtToManagerKind kind;
    guint protocol_version;      /* hello; any number, for the reader to judge */
    char *version;               /* hello: of srt */
    int pid;                     /* hello: of srt; started: of the command, 0: not known */
    char *token;                 /* hello: in the path form, else NULL */
    char *violation;             /* violation: one JSON object */
    guint64 number;              /* lost: how many; ask: the number of the question */
    char *host;                  /* ask */
    guint16 port;                /* ask */
    SrtAskProtocol ask_protocol; /* ask */
    char *text;                  /* error, notice */
    int status;                  /* error, ended: 0 to 255 */
} SrtToManager;

/* One line without its end. FALSE with SRT_ERROR_FAILED: the channel cannot go on. ret is to be
 * cleared in any case. */
gboolean srt_to_manager_parse(const char *line, gsize length, SrtToManager *ret, GError **error);
void srt_to_manager_clear(SrtToManager *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtToManager, srt_to_manager_clear)
/* One line with its end, within SRT_CHANNEL_TO_MANAGER_MAX: the text of an error or notice is cut
 * until it fits; NULL for a violation that does not. Bytes that are not UTF-8 are replaced. Caller
 * frees. */
char *srt_to_manager_line(const SrtToManager *message);

typedef enum {
    SRT_FROM_MANAGER_START,
    SRT_FROM_MANAGER_UPDATE,
    SRT_FROM_MANAGER_ANSWER,
} SrtFromManagerKind;

/* How a command is to be run. */
typedef struct SrtStart {
    char *settings;         /* text of a settings file */
    char *label;            /* what errors call it; NULL: "settings" */
    char *directory;        /* absolute: what a relative "extends" starts from; NULL: none may be */
    char *backend;          /* name or path; NULL: as usual */
    char *allow_unenforced; /* as --allow-unenforced; NULL: none */
    char *command_id;       /* NULL: none */
    char *command_text;     /* NULL: made of the command's words */
    gboolean ask;           /* hosts that no list decides are asked for */
    gboolean live;          /* "update" is to work also when nothing may be reached at first */
    gboolean end_with_session;
    gboolean quiet;
} SrtStart;

/* manager -> srt. Ownership as above. */
typedef struct SrtFromManager {
    SrtFromManagerKind kind;
    SrtStart start;
    char *update;   /* text of a settings file */
    guint64 answer; /* the number of the question */
    gboolean allow;
} SrtFromManager;

gboolean srt_from_manager_parse(const char *line, gsize length, SrtFromManager *ret,
                                GError **error);
void srt_from_manager_clear(SrtFromManager *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtFromManager, srt_from_manager_clear)
/* One line with its end; NULL with SRT_ERROR_FAILED when it is longer than SRT_CHANNEL_TO_SRT_MAX
 * (the settings are too long), or a text is no UTF-8. Caller frees. */
char *srt_from_manager_line(const SrtFromManager *message, GError **error);

#endif
