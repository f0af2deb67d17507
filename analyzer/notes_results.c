/* SPDX-License-Identifier: GPL-2.0-or-later
 * Notes: what the second step found in a part. */
#include "keys.h"
#include "notes.h"

#include <string.h>

static void put_shards(GKeyFile *file, const struct analysis *analysis)
{
    for (guint i = 0; i < analysis->shards->len; i++) {
        const struct shard_total *shard = &g_array_index(analysis->shards, struct shard_total, i);
        const uint64_t numbers[] = {shard->shard.number, shard->shard.count,   shard->first_input,
                                    shard->inputs,       shard->streams,       shard->payload_bytes,
                                    shard->frame_bytes,  shard->leftover_bytes};
        g_autofree char *group = keys_group("shard", i);
        keys_put_numbers(file, group, "totals", numbers, G_N_ELEMENTS(numbers));
    }
}

GString *notes_results(const struct analysis *analysis, const GArray *files)
{
    GKeyFile *file = g_key_file_new();
    const struct pictures_totals *pictures = &analysis->pictures_total;
    const uint64_t rows[] = {analysis->reports.devices, analysis->reports.rows, analysis->reports.without_device,
                             analysis->reports.untimed, analysis->reports.unmarked};
    const uint64_t counts[] = {pictures->pictures, pictures->complete, pictures->refused_bytes, pictures->refused};
    keys_put_number(file, "part", "part", analysis->part);
    keys_put_number(file, "part", "parts", analysis->parts);
    keys_put_numbers(file, "part", "rows", rows, G_N_ELEMENTS(rows));
    keys_put_numbers(file, "part", "kinds", analysis->reports.kinds, S7_KIND_COUNT);
    keys_put_numbers(file, "part", "pictures", counts, G_N_ELEMENTS(counts));
    keys_put_number(file, "part", "bad_records", analysis->bad_records);
    put_shards(file, analysis);
    for (guint i = 0; i < analysis->damage->len; i++) {
        g_autofree char *group = keys_group("damage", i);
        keys_put_text(file, group, "text", analysis->damage->pdata[i]);
    }
    for (guint i = 0; i < analysis->findings->len; i++) {
        const struct finding *finding = &g_array_index(analysis->findings, struct finding, i);
        g_autofree char *group = keys_group("finding", i);
        keys_put_text(file, group, "device_id", finding->device_id);
        keys_put_text(file, group, "text", finding->text);
        if (finding->counted)
            keys_put_number(file, group, "rows", finding->rows);
    }
    for (guint i = 0; i < files->len; i++) {
        const struct output_file *output = &g_array_index(files, struct output_file, i);
        g_autofree char *group = keys_group("file", i);
        keys_put_text(file, group, "name", output->name);
        keys_put_number(file, group, "size", output->size);
        keys_put_text(file, group, "sha256", output->sha256);
    }
    return keys_done(file);
}

static void get_shards(GKeyFile *file, GArray *shards)
{
    uint64_t numbers[8];
    for (guint i = 0;; i++) {
        g_autofree char *group = keys_group("shard", i);
        if (!keys_get_numbers(file, group, "totals", numbers, G_N_ELEMENTS(numbers)))
            return;
        const struct shard_total shard = {{(uint32_t)numbers[0], (uint32_t)numbers[1]},
                                          (uint32_t)numbers[2],
                                          (uint32_t)numbers[3],
                                          numbers[4],
                                          numbers[5],
                                          numbers[6],
                                          numbers[7]};
        g_array_append_val(shards, shard);
    }
}

static void get_findings(GKeyFile *file, GArray *findings)
{
    for (guint i = 0;; i++) {
        g_autofree char *group = keys_group("finding", i);
        struct finding finding = {.device_id = keys_get_text(file, group, "device_id"),
                                  .text = keys_get_text(file, group, "text")};
        finding.counted = keys_get_number(file, group, "rows", &finding.rows);
        if (!finding.device_id || !finding.text) {
            g_free(finding.device_id);
            g_free(finding.text);
            return;
        }
        g_array_append_val(findings, finding);
    }
}

static void get_files(GKeyFile *file, GArray *files)
{
    for (guint i = 0;; i++) {
        g_autofree char *group = keys_group("file", i);
        struct output_file output = {.name = keys_get_text(file, group, "name")};
        if (!output.name)
            return;
        output.measured = keys_get_number(file, group, "size", &output.size);
        output.sha256 = keys_get_text(file, group, "sha256");
        g_array_append_val(files, output);
    }
}

bool notes_read_results(const GString *text, struct analysis *analysis, GArray *files)
{
    g_autoptr(GKeyFile) file = keys_open(text);
    uint64_t part, parts, bad, rows[5], kinds[S7_KIND_COUNT], pictures[4];
    if (!file || !keys_get_number(file, "part", "part", &part) || !keys_get_number(file, "part", "parts", &parts) ||
        !keys_get_numbers(file, "part", "rows", rows, G_N_ELEMENTS(rows)) ||
        !keys_get_numbers(file, "part", "kinds", kinds, S7_KIND_COUNT) ||
        !keys_get_numbers(file, "part", "pictures", pictures, G_N_ELEMENTS(pictures)) ||
        !keys_get_number(file, "part", "bad_records", &bad) || part < 1 || part > parts || parts > SHARDS_MAX)
        return false;
    analysis->part = (uint32_t)part;
    analysis->parts = (uint32_t)parts;
    analysis->reports.devices += rows[0];
    analysis->reports.rows += rows[1];
    analysis->reports.without_device += rows[2];
    analysis->reports.untimed += rows[3];
    analysis->reports.unmarked += rows[4];
    for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++)
        analysis->reports.kinds[kind] += kinds[kind];
    analysis->pictures_total.pictures += pictures[0];
    analysis->pictures_total.complete += pictures[1];
    analysis->pictures_total.refused_bytes += pictures[2];
    analysis->pictures_total.refused += pictures[3];
    analysis->bad_records += bad;
    g_array_set_size(analysis->shards, 0);
    get_shards(file, analysis->shards);
    for (guint i = 0;; i++) {
        g_autofree char *group = keys_group("damage", i);
        char *damage = keys_get_text(file, group, "text");
        if (!damage)
            break;
        g_ptr_array_add(analysis->damage, damage);
    }
    get_findings(file, analysis->findings);
    get_files(file, files);
    return true;
}
