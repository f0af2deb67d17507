/* SPDX-License-Identifier: GPL-2.0-or-later
 * Notes: which shard it is, and with which options it was read. */
#include "keys.h"
#include "notes.h"

#include <stdlib.h>
#include <string.h>

static bool get_size(GKeyFile *file, const char *key, size_t *size)
{
    uint64_t number = 0;
    bool good = keys_get_number(file, "options", key, &number);
    *size = (size_t)number;
    return good;
}

GString *notes_head(const struct shard *shard)
{
    GKeyFile *file = g_key_file_new();
    g_key_file_set_string(file, "records", "program", PROGRAM_NAME " " GOTOP_VERSION);
    keys_put_number(file, "records", "shard", shard->number);
    keys_put_number(file, "records", "shards", shard->count);
    return keys_done(file);
}

bool notes_read_head(const GString *text, struct shard *shard)
{
    g_autoptr(GKeyFile) file = keys_open(text);
    uint64_t number, count;
    g_autofree char *program = file ? g_key_file_get_string(file, "records", "program", NULL) : NULL;
    if (g_strcmp0(program, PROGRAM_NAME " " GOTOP_VERSION) != 0 ||
        !keys_get_number(file, "records", "shard", &number) || !keys_get_number(file, "records", "shards", &count) ||
        number < 1 || number > count || count > SHARDS_MAX)
        return false;
    *shard = (struct shard){(uint32_t)number, (uint32_t)count};
    return true;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_ports(GKeyFile *file, const GArray *ports)
{
    g_autoptr(GString) text = g_string_new(ports ? NULL : "any");
    for (guint i = 0; ports && i < ports->len; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", (unsigned)g_array_index(ports, uint16_t, i));
    g_key_file_set_string(file, "options", "port", text->str);
}

static void put_devices(GKeyFile *file, GHashTable *devices)
{
    guint count;
    if (!devices)
        return;
    g_autofree gpointer *ids = g_hash_table_get_keys_as_array(devices, &count);
    qsort(ids, count, sizeof *ids, compare_texts);
    g_key_file_set_string_list(file, "options", "device", (const char *const *)ids, count);
}

GString *notes_options(const struct options *options)
{
    GKeyFile *file = g_key_file_new();
    put_ports(file, options->ports);
    keys_put_text(file, "options", "filter", options->filter);
    put_devices(file, options->devices);
    keys_put_time(file, "options", "since", options->since);
    keys_put_time(file, "options", "until", options->until);
    keys_put_number(file, "options", "by_capture", options->order == ORDER_CAPTURE);
    keys_put_number(file, "options", "overlap_last", options->overlap == TCP_OVERLAP_LAST);
    keys_put_number(file, "options", "csv_guard", options->csv_guard);
    keys_put_number(file, "options", "show_secrets", options->show_secrets);
    keys_put_number(file, "options", "hash", options->hash);
    keys_put_time(file, "options", "close_ns", options->close_ns);
    keys_put_time(file, "options", "idle_ns", options->idle_ns);
    keys_put_number(file, "options", "tracks", options->tracks);
    keys_put_number(file, "options", "track_gap", (uint64_t)options->track_gap);
    keys_put_number(file, "options", "geopackage", options->geopackage);
    keys_put_number(file, "options", "jsonl", options->jsonl);
    keys_put_number(file, "options", "timesketch", options->timesketch);
    keys_put_number(file, "options", "report", options->report);
    keys_put_number(file, "options", "max_streams", options->streams_max);
    keys_put_number(file, "options", "max_devices", options->devices_max);
    keys_put_number(file, "options", "max_waiting", options->tcp.bytes);
    keys_put_number(file, "options", "max_waiting_total", options->tcp.total);
    keys_put_number(file, "options", "max_unfinished", options->unfinished_max);
    keys_put_number(file, "options", "max_segments", options->tcp.ranges);
    keys_put_number(file, "options", "max_datagrams", options->fragments.datagrams);
    keys_put_number(file, "options", "max_fragment_bytes", options->fragments.bytes);
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        char value[G_ASCII_DTOSTR_BUF_SIZE];
        g_key_file_set_string(file, "rules", rules_parameters[i].name,
                              g_ascii_dtostr(value, sizeof value, options->rules.values[i]));
    }
    if (options->map) {
        keys_put_text(file, "options", "map_name", options->map->name);
        g_autofree char *text = g_base64_encode((const guchar *)options->map->text, options->map->length);
        g_key_file_set_string(file, "options", "map", text);
    }
    return keys_done(file);
}

static bool get_ports(GKeyFile *file, struct options *options)
{
    g_autofree char *text = g_key_file_get_string(file, "options", "port", NULL);
    return text && options_ports(text, &options->ports);
}

static void get_devices(GKeyFile *file, struct options *options)
{
    g_auto(GStrv) ids = g_key_file_get_string_list(file, "options", "device", NULL, NULL);
    if (ids)
        options->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (char **id = ids; id && *id; id++)
        g_hash_table_add(options->devices, g_strdup(*id));
}

static bool get_map(GKeyFile *file, struct options *options, char **message)
{
    g_autofree char *name = keys_get_text(file, "options", "map_name");
    g_autofree char *encoded = g_key_file_get_string(file, "options", "map", NULL);
    gsize length;
    if (!name && !encoded)
        return true;
    if (name && encoded) {
        char *text = (char *)g_base64_decode(encoded, &length);
        options->map = map_file_parse(name, text, length, message);
    }
    return options->map != NULL;
}

static bool get_rules(GKeyFile *file, struct rules *rules)
{
    rules_init(rules);
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        g_autofree char *value = g_key_file_get_string(file, "rules", rules_parameters[i].name, NULL);
        g_autofree char *rule = g_strdup_printf("%s=%s", rules_parameters[i].name, value ? value : "");
        if (!rules_set(rules, rule))
            return false;
    }
    rules_spell(rules);
    return true;
}

static bool get_forms(GKeyFile *file, struct options *options)
{
    uint64_t tracks = 0, gap = 0;
    bool good = keys_get_number(file, "options", "tracks", &tracks) &&
                keys_get_number(file, "options", "track_gap", &gap) &&
                keys_get_flag(file, "options", "geopackage", &options->geopackage) &&
                keys_get_flag(file, "options", "jsonl", &options->jsonl) &&
                keys_get_flag(file, "options", "timesketch", &options->timesketch) &&
                keys_get_flag(file, "options", "report", &options->report);
    options->tracks = (unsigned)tracks;
    options->track_gap = (int64_t)gap;
    return good && tracks <= (OPTIONS_GPX | OPTIONS_KML | OPTIONS_GEOJSON) && gap <= INT32_MAX;
}

bool notes_read_options(const GString *text, struct options *options, char **message)
{
    g_autoptr(GKeyFile) file = keys_open(text);
    bool by_capture, last;
    if (!file || !get_ports(file, options) || !keys_get_time(file, "options", "since", &options->since) ||
        !keys_get_time(file, "options", "until", &options->until) || !get_forms(file, options) ||
        !keys_get_flag(file, "options", "by_capture", &by_capture) ||
        !keys_get_flag(file, "options", "overlap_last", &last) ||
        !keys_get_flag(file, "options", "csv_guard", &options->csv_guard) ||
        !keys_get_flag(file, "options", "show_secrets", &options->show_secrets) ||
        !keys_get_flag(file, "options", "hash", &options->hash) ||
        !keys_get_time(file, "options", "close_ns", &options->close_ns) ||
        !keys_get_time(file, "options", "idle_ns", &options->idle_ns) ||
        !get_size(file, "max_streams", &options->streams_max) ||
        !get_size(file, "max_devices", &options->devices_max) || !get_size(file, "max_waiting", &options->tcp.bytes) ||
        !get_size(file, "max_waiting_total", &options->tcp.total) ||
        !get_size(file, "max_unfinished", &options->unfinished_max) ||
        !get_size(file, "max_segments", &options->tcp.ranges) ||
        !get_size(file, "max_datagrams", &options->fragments.datagrams) ||
        !get_size(file, "max_fragment_bytes", &options->fragments.bytes) || !get_rules(file, &options->rules) ||
        !get_map(file, options, message)) {
        if (!*message)
            *message = g_strdup("its options cannot be read");
        return false;
    }
    options->filter = keys_get_text(file, "options", "filter");
    get_devices(file, options);
    options->order = by_capture ? ORDER_CAPTURE : ORDER_DEVICE;
    options->overlap = last ? TCP_OVERLAP_LAST : TCP_OVERLAP_FIRST;
    return true;
}
