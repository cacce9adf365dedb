/* SPDX-License-Identifier: Apache-2.0 */
/* srt-filtergen DIRECTORY: writes the programs and their listings there. */
#include <stdlib.h>
#include <string.h>

#include "generate.h"

static int write_file(const char *directory, const char *suffix, enum srt_arch arch,
                      const srt_generated *programs,
                      void (*write)(FILE *, enum srt_arch, const srt_generated *))
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s%s", directory, srt_arches[arch].name, suffix) >=
        sizeof path) {
        fputs("srt-filtergen: the directory's name is too long\n", stderr);
        return -1;
    }
    FILE *out = fopen(path, "we");
    if (!out) {
        perror(path);
        return -1;
    }
    write(out, arch, programs);
    if (ferror(out) | fclose(out)) {
        perror(path);
        return -1;
    }
    return 0;
}

static int generate_into(const char *directory, srt_generated *programs)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        if (srt_generate((enum srt_arch)arch, programs) != 0 ||
            write_file(directory, ".c", (enum srt_arch)arch, programs, srt_write_program) != 0 ||
            write_file(directory, ".txt", (enum srt_arch)arch, programs, srt_write_listing) != 0)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: srt-filtergen DIRECTORY\n", stderr);
        return 2;
    }
    srt_generated *programs = calloc(1, sizeof *programs);
    int r = programs ? generate_into(argv[1], programs) : -1;
    free(programs);
    return r == 0 ? 0 : 1;
}
