/* SPDX-License-Identifier: Apache-2.0 */
/* srt as a library: sandboxed commands from inside a program.
 *
 * A session holds settings. For each command that is run in it a process of its own, the program
 * srt, is the supervisor: it makes the sandbox, runs the proxies and tells the session what was
 * refused. So nothing of a sandbox runs in the calling program: it gets no signal handler, no
 * SIGCHLD, no child that its own waitpid(-1) would meet, and may hold many sessions with different
 * settings.
 *
 *   settings -> session -> [ command: spawn -> wait, or wrap -> (the caller starts it) ] -> free
 *
 * Threads: any function may be called from any thread, on different objects at the same time. A
 * session and a process may be used from several threads at once; every other object by one thread
 * at a time, unless said otherwise. A session has one thread of its own from its first command on;
 * callbacks run on it. They may call every function of the library but srt_session_free of their
 * session, and those that wait for one of its commands (srt_process_wait with a timeout other than
 * 0, srt_session_check) fail there. The library blocks all signals in its threads.
 *
 * Fork: in a child of the calling program that executes nothing the objects must not be used, and
 * srt_session_free does nothing. All descriptors are close-on-exec.
 *
 * Text is UTF-8 and ends with a NUL; paths are bytes. What a function returns as `char *` is the
 * caller's and is freed with srt_free; `const char *` belongs to the object that it was asked of.
 *
 * Errors: a function that can fail takes `srt_error **error`, which may be NULL, else *error must
 * be NULL before. On failure it returns NULL or -1 and sets *error, which the caller frees with
 * srt_error_free; nothing has happened then. Out of memory ends the program. A NULL where an object
 * is needed is SRT_E_USAGE, or, in functions without an error, gives NULL or 0 or does nothing.
 *
 * Structures that the caller fills start with their size, `sizeof` of what it was compiled with,
 * and grow at the end: what is missing counts as zero. Zero is always a good default; members named
 * reserved, and bits of flags that have no name, must be zero. Those that the library fills have
 * the library's size: what lies behind struct_size is not there. */
#ifndef SRT_SRT_H
#define SRT_SRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <srt/version.h>
#include <srt/violation.h> /* srt_operation, SRT_VIOLATION_* */

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define SRT_API __attribute__((visibility("default")))
#else
#define SRT_API
#endif

/* ---- General ---- */

typedef struct srt_error srt_error;
typedef struct srt_settings srt_settings;
typedef struct srt_session srt_session;
typedef struct srt_question srt_question;
typedef struct srt_wrapped srt_wrapped;
typedef struct srt_process srt_process;
typedef struct srt_records srt_records;

/* The version of the library that runs, "0.1.0"; SRT_VERSION is that of the header. */
SRT_API const char *srt_version(void);

/* Frees text that a function of the library returned as `char *`. NULL is fine. */
SRT_API void srt_free(char *text);

/* ---- Errors ---- */

/* Values are ABI: append only. */
typedef enum srt_error_code {
    SRT_E_USAGE = 1,       /* the call makes no sense: an argument is missing or wrong */
    SRT_E_SETTINGS = 2,    /* the settings are wrong; the text has a line for each problem */
    SRT_E_UNSUPPORTED = 3, /* commands cannot be sandboxed so on this machine */
    SRT_E_NOT_FOUND = 4,   /* a program, a directory or a file that was named is not there */
    SRT_E_SYSTEM = 5,      /* the operating system refused something */
    SRT_E_PROTOCOL = 6,    /* the program srt is of another version, or is not srt */
    SRT_E_TIMEOUT = 7,     /* given up: it took too long */
} srt_error_code;

/* 0 for NULL. */
SRT_API srt_error_code srt_error_get_code(const srt_error *error);
/* What was wrong, where, and what to do: one line or more, without a newline at the end. */
SRT_API const char *srt_error_message(const srt_error *error);
/* Frees. NULL is fine. */
SRT_API void srt_error_free(srt_error *error);

/* ---- Settings ---- */

/* Empty settings, that is the built-in defaults: no host may be reached, the working directory may
 * be written; see srt-settings(5). */
SRT_API srt_settings *srt_settings_new(void);
/* Settings of a file; path NULL: ~/.srt-settings.json, where a missing file means the defaults.
 * The file is read now: later changes of it do not count. Files that it extends are read now, to be
 * checked, and again when a command starts. Every problem is in the error. */
SRT_API srt_settings *srt_settings_from_file(const char *path, srt_error **error);
/* Settings of text as in a settings file. json need not end with a NUL. label: what messages call
 * it, NULL: "settings". directory: absolute, what "extends" is relative to; NULL: "extends" is
 * refused. */
SRT_API srt_settings *srt_settings_from_text(const char *json, size_t length, const char *label,
                                             const char *directory, srt_error **error);
/* A copy, independent of the original. NULL for NULL. */
SRT_API srt_settings *srt_settings_copy(const srt_settings *settings);
/* Frees. NULL is fine. */
SRT_API void srt_settings_free(srt_settings *settings);

/* Building. key: as srt-settings(5) names it, "filesystem.allowWrite"; a key that is not known or
 * has another type is an error, and so is a value that would not be right in a file. The settings
 * stay as they were after an error. In keys that are not names of settings (of env.set, of
 * ignoreViolations) a dot is a part of the name. */

/* One more entry of a list, which is made where it is missing; an entry that is there already is
 * not added again. The first entry of filesystem.allowWrite takes the place of the default "."; its
 * paths must exist when a command starts, or they are left out with a warning. */
SRT_API int srt_settings_append(srt_settings *settings, const char *key, const char *value,
                                srt_error **error);
/* Sets a key whose value is text: "backend". */
SRT_API int srt_settings_set_text(srt_settings *settings, const char *key, const char *value,
                                  srt_error **error);
/* Sets a key that is true or false: "network.strictAllowlist". */
SRT_API int srt_settings_set_bool(srt_settings *settings, const char *key, bool value,
                                  srt_error **error);
/* Sets a key that is a whole number: "network.httpProxyPort". */
SRT_API int srt_settings_set_number(srt_settings *settings, const char *key, int64_t value,
                                    srt_error **error);
/* Any key, also a whole section, from JSON text: `["example.com"]`, `{"allowedDomains": []}`. */
SRT_API int srt_settings_set_json(srt_settings *settings, const char *key, const char *json,
                                  srt_error **error);
/* Takes a key away, so that its default counts; one that is not there is fine. */
SRT_API int srt_settings_unset(srt_settings *settings, const char *key, srt_error **error);
/* Puts other settings over these: every key that over has replaces that of settings, inside of
 * sections key by key; lists are replaced as a whole. */
SRT_API int srt_settings_merge(srt_settings *settings, const srt_settings *over, srt_error **error);
/* The settings as JSON text, the way a file would have it; "extends" has absolute names. */
SRT_API char *srt_settings_to_json(const srt_settings *settings);

/* ---- Sessions ---- */

/* May a host be reached, which no list decides? data: of the session's options. Asked for every
 * connection, on the session's thread. The answer is given with srt_question_answer, at once or
 * later, from any thread. Nobody is asked where a list decides, where network.strictAllowlist is
 * set, or for what the guard against internal addresses refuses. */
typedef void (*srt_ask_callback)(void *data, srt_question *question);
/* The host that is asked about: a name or an address, without the port. */
SRT_API const char *srt_question_host(const srt_question *question);
/* The port that is asked about. 0 for NULL. */
SRT_API uint16_t srt_question_port(const srt_question *question);
/* How the command asked for it: "http", "https" or "socks". */
SRT_API const char *srt_question_protocol(const srt_question *question);
/* The id of the command that asks; "" when it was given none. */
SRT_API const char *srt_question_command_id(const srt_question *question);
/* The text of the command that asks. */
SRT_API const char *srt_question_command(const srt_question *question);
/* Answers and frees the question: each must be answered once, also when nobody waits for the answer
 * any more or the session is gone. srt itself refuses what is not answered within 10 minutes. */
SRT_API void srt_question_answer(srt_question *question, bool allow);

/* An operation as records show it: "read", "write", "create", "delete", "rename", "exec",
 * "connect", "resolve", "unix", "signal", "syscall"; "?" for one that this library does not know.
 */
SRT_API const char *srt_operation_name(srt_operation operation);

/* One thing that was refused. Every text but target and line may be NULL. */
typedef struct srt_record {
    uint32_t struct_size;
    uint32_t flags; /* SRT_VIOLATION_* */
    srt_operation operation;
    int32_t pid;     /* on the host, 0: not known */
    int64_t time_us; /* when it happened first and last: microseconds since 1970 UTC */
    int64_t last_us;
    uint64_t count; /* how often */
    const char *program;
    const char *target; /* path, host:port, socket, system call */
    const char *rule;   /* the deciding rule, "network.deniedDomains[0]" */
    const char *reason;
    const char *backend; /* its name, or "proxy" */
    const char *command_id;
    const char *command; /* text of the command */
    const char *session; /* the run of srt, as srtctl violations shows it */
    const char *line;    /* all of it in one line, as srt_session_annotate writes it */
} srt_record;

/* Told of a refusal, on the session's thread. record and its texts are valid during the call. count
 * is of this one report, so repeats are told again. */
typedef void (*srt_record_callback)(void *data, const srt_record *record);

typedef struct srt_session_options {
    uint32_t struct_size;
    uint32_t flags;               /* SRT_SESSION_* */
    const char *program;          /* the program srt, absolute; NULL: $SRT_PROGRAM (absolute), else
                                     the one installed with the library, else in PATH */
    const char *backend;          /* name or path, NULL: chosen as srt(1) says. Whether it is there
                                     is seen when a command starts */
    const char *allow_unenforced; /* rule classes that may go unenforced, with commas between, or
                                     "all"; NULL: none beyond those of the settings */
    srt_ask_callback ask;         /* NULL: what no list decides is refused */
    srt_record_callback record;   /* told of every refusal; NULL: nobody */
    void *data;                   /* for both callbacks */
    uint32_t keep_records;        /* how many records stay in memory, of all the session's commands
                                     together; 0: 100, at most 1000000 */
    uint32_t reserved;
} srt_session_options;

/* srt_session_free ends the commands too that were prepared with srt_session_wrap and
 * srt_session_wrap_shell. Those of srt_session_spawn it always ends, unless SRT_COMMAND_KEEP says
 * otherwise. */
#define SRT_SESSION_END_ALL (1u << 0)
/* No warnings of srt on the standard error of commands. */
#define SRT_SESSION_QUIET (1u << 1)

/* A session with a copy of the settings (NULL: the built-in defaults) and of the options (may be
 * NULL). Checks them and finds the program srt; starts no process and no thread. */
SRT_API srt_session *srt_session_new(const srt_settings *settings,
                                     const srt_session_options *options, srt_error **error);
/* Ends commands (TERM, after 2 seconds KILL), waits until they are gone, at most about 4 seconds,
 * and stops the session's thread: no callback runs any more when it returns, and shell texts of
 * srt_session_wrap_shell do not run any more. Not to be called while another thread uses the
 * session. Processes, wrapped commands, records and questions stay valid and are still to be freed.
 * NULL is fine. */
SRT_API void srt_session_free(srt_session *session);

/* Other settings from now on: for commands that run, the hosts (allowed, denied, strictAllowlist);
 * for commands to come, everything. What a command's own settings (srt_command.settings) name stays
 * theirs: a list of hosts that they have is not replaced. Connections that are open stay open. It
 * does not wait for running commands to have it. On an error everything stays. settings NULL: the
 * built-in defaults. */
SRT_API int srt_session_update(srt_session *session, const srt_settings *settings,
                               srt_error **error);
/* A copy of the settings that count now. */
SRT_API srt_settings *srt_session_settings(srt_session *session);
/* What the settings lead to in a directory (NULL: the working one), as `srtctl plan --json` says
 * it: regions, hosts, sockets, who enforces what. Runs srtctl, which lies beside srt, and waits for
 * it. */
SRT_API char *srt_session_plan(srt_session *session, const char *directory, srt_error **error);
/* Whether commands can be run here: tries one, in the working directory, at most 60 seconds. 0 when
 * they can, with *warnings (may be NULL) what srt warned of, one a line, to be freed with srt_free,
 * or NULL; else -1, and the error says what to do. */
SRT_API int srt_session_check(srt_session *session, char **warnings, srt_error **error);

/* ---- Commands ---- */

typedef struct srt_command {
    uint32_t struct_size;
    uint32_t flags;               /* SRT_COMMAND_* */
    const char *const *argv;      /* words, NULL-terminated; with shell: its $0, $1, …, or NULL */
    const char *shell;            /* text for a shell, NULL: argv is the command */
    const char *shell_program;    /* absolute path of the shell, NULL: bash, else sh */
    const char *const *env;       /* NAME=VALUE, NULL-terminated; NULL: the caller's */
    const char *cwd;              /* absolute: where it runs and what relative rules mean; NULL: the
                                     caller's */
    const char *id;               /* by which records name it, at most 251 bytes; NULL: the text.
                                     Should be unique in a session: what has the same id cannot be
                                     told apart */
    const char *text;             /* what records show; NULL: shell, or the words of argv, quoted
                                     as for a shell */
    const srt_settings *settings; /* put over the session's for this command, as by
                                     srt_settings_merge; or NULL */
    /* Spawn only: descriptor + 1 for standard input, output and error; 0: the caller's. They are
     * copied; the caller goes on to own them. */
    int32_t stdin_plus_1;
    int32_t stdout_plus_1;
    int32_t stderr_plus_1;
    uint32_t reserved;
} srt_command;

/* Spawn: the command stays when the session or the calling program ends. */
#define SRT_COMMAND_KEEP (1u << 0)
/* Spawn: the command gets a process group of its own, the number of which is srt_process_pid: what
 * the terminal sends to the caller's does not reach it. Without it, it stays in the caller's group.
 */
#define SRT_COMMAND_NEW_GROUP (1u << 1)

/* Starts a command in a sandbox and returns when srt has been started; how that went on says
 * srt_process_wait. No signal is blocked or, but for SIGHUP, SIGINT and SIGQUIT where the caller
 * ignores them, ignored in it. What can be known before is an error: wrong settings, no such
 * program srt, no such directory, a bad descriptor. */
SRT_API srt_process *srt_session_spawn(srt_session *session, const srt_command *command,
                                       srt_error **error);
/* Waits until the command has ended, its sandbox is gone and its records have come; where srt
 * itself was killed, the kernel ends its sandbox at that time too, but nobody waits for it.
 * timeout_ms -1: as long as it takes; 0: looks. Returns 1 with *status (may be NULL): the command's
 * exit status, 128+N after signal N, 125 when srt failed (srt_process_failure says why), 126 when
 * it cannot be executed, 127 when it was not found; 0 when it still runs; -1 with *error. Any
 * number of times.
 */
SRT_API int srt_process_wait(srt_process *process, int timeout_ms, int *status, srt_error **error);
/* Why srt failed (125), was killed, or could not run the command (126, 127): text when
 * srt_process_wait has returned 1 and the status is not the command's own; else NULL. */
SRT_API const char *srt_process_failure(srt_process *process);
/* A descriptor that becomes readable when srt_process_wait would return 1, for poll. It is the
 * process's: neither to be read nor closed. */
SRT_API int srt_process_pollfd(const srt_process *process);
/* Process id of srt, which passes signals on to the command. After the end another process may
 * have it. */
SRT_API int srt_process_pid(const srt_process *process);
/* Sends a signal to the command, by srt, which passes on INT, TERM, HUP, QUIT, USR1, USR2, WINCH,
 * TSTP and CONT; KILL ends the whole sandbox, and 0 sends nothing; any other is SRT_E_USAGE. A
 * second INT or TERM, or five seconds after the first TERM, ends the sandbox by force. Returns 0,
 * also when the command has ended.
 *
 * A time limit: srt_process_wait with a timeout, then TERM, srt_process_wait with another, then
 * KILL, srt_process_wait without one. After KILL the status is 137 and srt_process_failure says
 * "srt was killed by signal 9", as when somebody else killed srt. After an end by force that
 * followed TERM the status is 137, too, and it is NULL. */
SRT_API int srt_process_signal(srt_process *process, int signal_number, srt_error **error);
/* By which records name it: the id, or the text when it has none. */
SRT_API const char *srt_process_command_id(const srt_process *process);
/* Frees; the command runs on. NULL is fine. */
SRT_API void srt_process_free(srt_process *process);

/* For callers that start processes themselves: the words, the environment and the descriptor to
 * hand down. It may be started once, in command->cwd, which the caller sees to. Standard
 * descriptors and SRT_COMMAND_* are not used and must be 0. */
SRT_API srt_wrapped *srt_session_wrap(srt_session *session, const srt_command *command,
                                      srt_error **error);
/* NULL-terminated; the first is the absolute path of srt. */
SRT_API const char *const *srt_wrapped_argv(const srt_wrapped *wrapped);
/* NULL-terminated: command->env, or the caller's environment as it was. */
SRT_API const char *const *srt_wrapped_env(const srt_wrapped *wrapped);
/* Must be open in the child under the same number, not close-on-exec; here it is close-on-exec. */
SRT_API int srt_wrapped_fd(const srt_wrapped *wrapped);
/* Frees and closes the descriptor here: to be called after the start of the child. NULL is fine. */
SRT_API void srt_wrapped_free(srt_wrapped *wrapped);

/* The same as text for `sh -c`, to be run any number of times while the session lives, by the same
 * user, in whatever directory and environment (command->env and cwd must be NULL). From then on the
 * session listens on a socket in srt's state directory: HOME and XDG_STATE_HOME have to be the same
 * for whoever runs the text. */
SRT_API char *srt_session_wrap_shell(srt_session *session, const srt_command *command,
                                     srt_error **error);
/* Texts of srt_session_wrap_shell with this command id (or command text) are not run any more. */
SRT_API void srt_session_forget(srt_session *session, const char *command_id);

/* ---- Records of what was refused ---- */

/* Copies of those in memory, oldest first: all (command_id NULL), or of one command by id (by text,
 * where it has no id). The session keeps the newest of all its commands together (keep_records):
 * many refusals of one push out those of another. NULL only without a session. */
SRT_API srt_records *srt_session_records(srt_session *session, const char *command_id);
/* How many refusals there were altogether: with repeats, forgotten ones and those that were only
 * counted. */
SRT_API uint64_t srt_session_record_total(srt_session *session);
/* Forgets those in memory; the total stays, and so does the database. */
SRT_API void srt_session_clear_records(srt_session *session);
/* One more who is told of every record, beside options.record. Returns a number > 0. */
SRT_API uint32_t srt_session_subscribe(srt_session *session, srt_record_callback record,
                                       void *data);
/* When this returns the callback is not running and will not be called (called from it: will not be
 * called again). A lock that the callback takes must not be held. */
SRT_API void srt_session_unsubscribe(srt_session *session, uint32_t number);
/* A command's error text and, behind it, what was refused to the command (id, or text where it has
 * none) in a block <sandbox_violations>; the text alone where nothing was. */
SRT_API char *srt_session_annotate(srt_session *session, const char *command_id, const char *text);

/* What to look for among the records of all runs. */
typedef struct srt_query {
    uint32_t struct_size;
    uint32_t operations; /* bits 1 << SRT_OP_*, 0: all */
    int64_t since_us;    /* microseconds since 1970 UTC, 0: all */
    const char *command; /* part of the command's text, NULL: any */
    const char *session; /* a run of srt, NULL: any */
    uint32_t limit;      /* the newest, 0: 1000 */
    uint32_t reserved;
} srt_query;
/* Records of all runs of this user from srt's database, oldest first. query NULL: all zero. */
SRT_API srt_records *srt_records_query(const srt_query *query, srt_error **error);

SRT_API size_t srt_records_count(const srt_records *records);
/* Valid as long as records; NULL when index is too large. */
SRT_API const srt_record *srt_records_get(const srt_records *records, size_t index);
/* Frees. NULL is fine. */
SRT_API void srt_records_free(srt_records *records);

#ifdef __cplusplus
}
#endif
#endif
