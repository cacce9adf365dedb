/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int ll_list_directory(void *data, const char *directory,
                      int (*each)(void *each_data, const char *name, bool is_link), void *each_data)
{
    (void)data;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return -error;
    }
    int r = 0;
    struct dirent *entry;
    while (r == 0 && (errno = 0, entry = readdir(dir)) != NULL)
        if (!is_dots(entry->d_name))
            r = each(each_data, entry->d_name, entry->d_type == DT_LNK);
    if (r == 0 && errno)
        r = -errno;
    closedir(dir);
    return r;
}
