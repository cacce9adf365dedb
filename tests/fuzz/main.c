/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over files and directories of files: the corpus as a test,
 * without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned ran;

static void run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    size_t size = 0, room = 0;
    uint8_t *data = NULL;
    for (;;) {
        if (size == room) {
            room = room ? room * 2 : 4096;
            data = realloc(data, room);
            if (!data)
                exit(1);
        }
        size_t n = fread(data + size, 1, room - size, f);
        if (n == 0)
            break;
        size += n;
    }
    fclose(f);
    /* An exact-size copy, so that a sanitizer sees one byte too far. */
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        exit(1);
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    free(data);
    ran++;
}

static void run_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        perror(path);
        exit(1);
    }
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            char full[4096];
            snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
            run_path(full);
        }
    if (dir)
        closedir(dir);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    printf("%u inputs\n", ran);
    return ran > 0 ? 0 : 1;
}
