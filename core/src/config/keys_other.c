/* SPDX-License-Identifier: Apache-2.0 */
/* The keys below "credentials", and below those without a meaning in srt. */
#include "config/key_tables.h"

#define MASK_KEYS                                                                                  \
    {.name = "extract",                                                                            \
     .kind = SRT_KEY_STRING,                                                                       \
     .form = SRT_FORM_NONEMPTY,                                                                    \
     .help = "For masking: regular expression with the secret as its first group."},               \
        {.name = "onExtractNoMatch",                                                               \
         .kind = SRT_KEY_STRING,                                                                   \
         .form = SRT_FORM_ON_NO_MATCH,                                                             \
         .help = "For masking: what to do when it does not match."},                               \
        {.name = "decode",                                                                         \
         .kind = SRT_KEY_STRING,                                                                   \
         .form = SRT_FORM_DECODE,                                                                  \
         .help = "For masking: how the secret is coded."},                                         \
        {.name = "maskClaims",                                                                     \
         .kind = SRT_KEY_LIST,                                                                     \
         .form = SRT_FORM_NONEMPTY,                                                                \
         .minimum = 1,                                                                             \
         .help = "For masking: claims to replace; needs decode."},                                 \
    {                                                                                              \
        .name = "injectHosts", .kind = SRT_KEY_LIST, .form = SRT_FORM_PLAIN_DOMAIN,                \
        .help = "For masking: hosts that get the real value; each must be allowed."                \
    }

static const SrtKey credential_file_keys[] = {
    {.name = "path",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_PATH,
     .required = true,
     .help = "The file or directory."},
    {.name = "mode",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_CREDENTIAL_MODE,
     .required = true,
     .help = "\"deny\": as in filesystem.denyRead. \"mask\" is not supported by this version."},
    {.name = "maskDuplicates",
     .kind = SRT_KEY_BOOL,
     .help = "For masking: repetitions of the secret as well."},
    MASK_KEYS,
    SRT_KEYS_END,
};

static const SrtKey credential_env_keys[] = {
    {.name = "name",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_ENV_NAME,
     .required = true,
     .help = "The variable."},
    {.name = "mode",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_CREDENTIAL_MODE,
     .required = true,
     .help = "\"deny\": as in env.deny. \"mask\" is not supported by this version."},
    MASK_KEYS,
    SRT_KEYS_END,
};

static const SrtKey sigv4_keys[] = {
    {.name = "streaming",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_SIGV4,
     .help = "For masking: streaming signatures."},
    {.name = "presigned",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_SIGV4,
     .help = "For masking: presigned requests."},
    {.name = "sigv4a",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_SIGV4,
     .help = "For masking: SigV4A signatures."},
    SRT_KEYS_END,
};

const SrtKey srt_credential_keys[] = {
    {.name = "files",
     .kind = SRT_KEY_OBJECTS,
     .members = credential_file_keys,
     .help = "Files that hold credentials."},
    {.name = "envVars",
     .kind = SRT_KEY_OBJECTS,
     .members = credential_env_keys,
     .help = "Variables that hold credentials."},
    {.name = "allowPlaintextInject",
     .kind = SRT_KEY_BOOL,
     .where = SRT_WHERE_NOWHERE,
     .help = "For masking, which this version does not support."},
    {.name = "awsPairs",
     .kind = SRT_KEY_REFUSED,
     .hint = SRT_NOT_YET_MASK "; remove the key",
     .help = "Pairs of masked AWS variables. Not supported by this version."},
    {.name = "sigv4",
     .kind = SRT_KEY_OBJECT,
     .members = sigv4_keys,
     .where = SRT_WHERE_NOWHERE,
     .help = "For masking, which this version does not support."},
    SRT_KEYS_END,
};

const SrtKey srt_ripgrep_keys[] = {
    {.name = "command",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_NONEMPTY,
     .required = true,
     .help = "The program."},
    {.name = "args", .kind = SRT_KEY_LIST, .form = SRT_FORM_TEXT, .help = "Its arguments."},
    {.name = "argv0", .kind = SRT_KEY_STRING, .form = SRT_FORM_TEXT, .help = "Its name."},
    SRT_KEYS_END,
};

const SrtKey srt_seccomp_keys[] = {
    {.name = "applyPath", .kind = SRT_KEY_STRING, .form = SRT_FORM_PATH, .help = "The helper."},
    {.name = "argv0",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_TEXT,
     .help = "Its name; needs applyPath."},
    SRT_KEYS_END,
};

static const SrtKey srt_win_keys[] = {
    {.name = "path", .kind = SRT_KEY_STRING, .form = SRT_FORM_NONEMPTY, .help = "The helper."},
    SRT_KEYS_END,
};

const SrtKey srt_windows_keys[] = {
    {.name = "sandboxUser",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_USER_NAME,
     .help = "The user."},
    {.name = "sublayerGuid", .kind = SRT_KEY_STRING, .form = SRT_FORM_UUID, .help = "A UUID."},
    {.name = "wfpSublayerGuid", .kind = SRT_KEY_STRING, .form = SRT_FORM_UUID, .help = "A UUID."},
    {.name = "proxyPortRange",
     .kind = SRT_KEY_INT_PAIR,
     .minimum = 1,
     .maximum = 65535,
     .help = "First port, and a last one at most 64 above it."},
    {.name = "srtWin", .kind = SRT_KEY_OBJECT, .members = srt_win_keys, .help = "The helper."},
    SRT_KEYS_END,
};
