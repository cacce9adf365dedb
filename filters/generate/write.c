/* SPDX-License-Identifier: Apache-2.0 */
#include "generate.h"
#include "simulate/simulate.h"

static void write_variant(FILE *out, const char *arch, uint32_t variant,
                          const struct sock_filter *code, uint32_t count)
{
    fprintf(out, "\n/* %s */\nstatic const struct sock_filter %s_%u[] = {\n",
            srt_variant_name(variant), arch, variant);
    for (uint32_t i = 0; i < count; i++)
        fprintf(out, "%s{0x%02x,%u,%u,0x%x},%s", i % 4 == 0 ? "    " : " ", code[i].code,
                code[i].jt, code[i].jf, code[i].k, i % 4 == 3 || i + 1 == count ? "\n" : "");
    fputs("};\n", out);
}

void srt_write_program(FILE *out, enum srt_arch arch, const srt_generated *programs)
{
    const char *name = srt_arches[arch].name;
    fprintf(out,
            "/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Made from filters/rules by srt-filtergen with %s. Do not edit: change the\n"
            " * rules and make it again (filters/README.md). %s.txt says what it does. */\n"
            "#include <linux/filter.h>\n#include <stddef.h>\n\n#include \"programs.h\"\n\n/* "
            "clang-format off */\n",
            srt_generator_version(), name);
    for (uint32_t v = 0; v < SRT_FILTER_VARIANTS; v++)
        if (programs->count[v] != 0)
            write_variant(out, name, v, programs->code[v], programs->count[v]);
    fprintf(out, "\nconst srt_filter_program srt_filter_%s[SRT_FILTER_VARIANTS] = {\n", name);
    for (uint32_t v = 0; v < SRT_FILTER_VARIANTS; v++)
        if (programs->count[v] != 0)
            fprintf(out, "    {\"%s\", %u, %u, %s_%u},\n", name, v, programs->count[v], name, v);
        else
            fprintf(out, "    {\"%s\", %u, 0, NULL},\n", name, v);
    fputs("};\n", out);
}

void srt_write_listing(FILE *out, enum srt_arch arch, const srt_generated *programs)
{
    fprintf(out, "# Made from filters/rules by srt-filtergen with %s. For reading only.\n\n",
            srt_generator_version());
    srt_list_rules(out, arch);
    for (uint32_t v = 0; v < SRT_FILTER_VARIANTS; v++) {
        if (programs->count[v] == 0)
            continue;
        fprintf(out, "\n%s %s: %u instructions\n", srt_arches[arch].name, srt_variant_name(v),
                programs->count[v]);
        srt_list_program(out, arch, programs->code[v], programs->count[v], false);
    }
}
