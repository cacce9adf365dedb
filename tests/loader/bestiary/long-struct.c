/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor of a later version: longer than the host knows. */
#include "beast.h"

static const struct {
    srt_backend known;
    void *later[8];
} beast = {
    .known = {.struct_size = sizeof beast,
              .abi = SRT_BACKEND_ABI,
              .name = "long-struct",
              .version = "2.0",
              .summary = "one of the bestiary",
              .platform = "any",
              .classes = BEAST_ALL,
              .prepare = beast_prepare,
              .wrap = beast_wrap,
              .monitor = beast_monitor,
              .teardown = beast_teardown},
    .later = {&beast_object},
};

const srt_backend *srt_backend_entry(void)
{
    return &beast.known;
}
