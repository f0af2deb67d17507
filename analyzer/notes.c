/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts between the pieces of the way. Whatever a user named is in percent-encoding, so that every byte comes back. */
#include "notes.h"

#include <stdlib.h>
#include <string.h>

#define KEPT " !#$&'()*+,/:;=?@[]<>{}|~^`\""
/* Numbers of one key, at most. */
#define NUMBERS_AT_ONCE 32
G_STATIC_ASSERT(S7_LEFTOVER_COUNT <= NUMBERS_AT_ONCE && PACKET_RESULT_COUNT <= NUMBERS_AT_ONCE &&
                S7_KIND_COUNT <= NUMBERS_AT_ONCE);

static GString *text_of(GKeyFile *file)
{
    gsize length;
    g_autofree char *data = g_key_file_to_data(file, &length, NULL);
    g_key_file_unref(file);
    return g_string_new_len(data, (gssize)length);
}

/* NULL if it is no key file. */
static GKeyFile *file_of(const GString *text)
{
    GKeyFile *file = g_key_file_new();
    if (g_key_file_load_from_data(file, text->str, text->len, G_KEY_FILE_NONE, NULL))
        return file;
    g_key_file_unref(file);
    return NULL;
}

/* NULL: nothing is written. */
static void put_text(GKeyFile *file, const char *group, const char *key, const char *text)
{
    if (!text)
        return;
    g_autofree char *encoded = g_uri_escape_string(text, KEPT, TRUE);
    g_key_file_set_string(file, group, key, encoded);
}

/* NULL if there is none. */
static char *get_text(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *encoded = g_key_file_get_string(file, group, key, NULL);
    return encoded ? g_uri_unescape_string(encoded, NULL) : NULL;
}

static void put_numbers(GKeyFile *file, const char *group, const char *key, const uint64_t *numbers, size_t count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "", numbers[i]);
    g_key_file_set_string(file, group, key, text->str);
}

static void put_number(GKeyFile *file, const char *group, const char *key, uint64_t number)
{
    put_numbers(file, group, key, &number, 1);
}

/* Exactly so many numbers. */
static bool get_numbers(GKeyFile *file, const char *group, const char *key, uint64_t *numbers, size_t count)
{
    g_autofree char *text = g_key_file_get_string(file, group, key, NULL);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        if (!at || !g_ascii_isdigit(*at))
            return false;
        numbers[i] = g_ascii_strtoull(at, &at, 10);
        at += *at == ' ' && i + 1 < count;
    }
    return at && *at == '\0';
}

static bool get_number(GKeyFile *file, const char *group, const char *key, uint64_t *number)
{
    return get_numbers(file, group, key, number, 1);
}

/* Times may be negative. */
static void put_time(GKeyFile *file, const char *group, const char *key, int64_t time)
{
    g_key_file_set_int64(file, group, key, time);
}

static bool get_time(GKeyFile *file, const char *group, const char *key, int64_t *time)
{
    GError *error = NULL;
    *time = g_key_file_get_int64(file, group, key, &error);
    bool good = error == NULL;
    g_clear_error(&error);
    return good;
}

static bool get_size(GKeyFile *file, const char *key, size_t *size)
{
    uint64_t number = 0;
    bool good = get_number(file, "options", key, &number);
    *size = (size_t)number;
    return good;
}

static bool get_flag(GKeyFile *file, const char *group, const char *key, bool *flag)
{
    uint64_t number = 0;
    bool good = get_number(file, group, key, &number) && number <= 1;
    *flag = number == 1;
    return good;
}

GString *notes_head(const struct shard *shard)
{
    GKeyFile *file = g_key_file_new();
    g_key_file_set_string(file, "records", "program", PROGRAM_NAME " " GOTOP_VERSION);
    put_number(file, "records", "shard", shard->number);
    put_number(file, "records", "shards", shard->count);
    return text_of(file);
}

bool notes_read_head(const GString *text, struct shard *shard)
{
    g_autoptr(GKeyFile) file = file_of(text);
    uint64_t number, count;
    g_autofree char *program = file ? g_key_file_get_string(file, "records", "program", NULL) : NULL;
    if (g_strcmp0(program, PROGRAM_NAME " " GOTOP_VERSION) != 0 || !get_number(file, "records", "shard", &number) ||
        !get_number(file, "records", "shards", &count) || number < 1 || number > count || count > SHARDS_MAX)
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
    put_text(file, "options", "filter", options->filter);
    put_devices(file, options->devices);
    put_time(file, "options", "since", options->since);
    put_time(file, "options", "until", options->until);
    put_number(file, "options", "by_capture", options->order == ORDER_CAPTURE);
    put_number(file, "options", "overlap_last", options->overlap == TCP_OVERLAP_LAST);
    put_number(file, "options", "csv_guard", options->csv_guard);
    put_number(file, "options", "show_secrets", options->show_secrets);
    put_number(file, "options", "hash", options->hash);
    put_time(file, "options", "close_ns", options->close_ns);
    put_time(file, "options", "idle_ns", options->idle_ns);
    put_number(file, "options", "tracks", options->tracks);
    put_number(file, "options", "track_gap", (uint64_t)options->track_gap);
    put_number(file, "options", "geopackage", options->geopackage);
    put_number(file, "options", "jsonl", options->jsonl);
    put_number(file, "options", "timesketch", options->timesketch);
    put_number(file, "options", "report", options->report);
    put_number(file, "options", "max_streams", options->streams_max);
    put_number(file, "options", "max_devices", options->devices_max);
    put_number(file, "options", "max_waiting", options->tcp.bytes);
    put_number(file, "options", "max_waiting_total", options->tcp.total);
    put_number(file, "options", "max_segments", options->tcp.ranges);
    put_number(file, "options", "max_datagrams", options->fragments.datagrams);
    put_number(file, "options", "max_fragment_bytes", options->fragments.bytes);
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        char value[G_ASCII_DTOSTR_BUF_SIZE];
        g_key_file_set_string(file, "rules", rules_parameters[i].name,
                              g_ascii_dtostr(value, sizeof value, options->rules.values[i]));
    }
    if (options->map) {
        put_text(file, "options", "map_name", options->map->name);
        g_autofree char *text = g_base64_encode((const guchar *)options->map->text, options->map->length);
        g_key_file_set_string(file, "options", "map", text);
    }
    return text_of(file);
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
    g_autofree char *name = get_text(file, "options", "map_name");
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
    bool good = get_number(file, "options", "tracks", &tracks) && get_number(file, "options", "track_gap", &gap) &&
                get_flag(file, "options", "geopackage", &options->geopackage) &&
                get_flag(file, "options", "jsonl", &options->jsonl) &&
                get_flag(file, "options", "timesketch", &options->timesketch) &&
                get_flag(file, "options", "report", &options->report);
    options->tracks = (unsigned)tracks;
    options->track_gap = (int64_t)gap;
    return good && tracks <= (OPTIONS_GPX | OPTIONS_KML | OPTIONS_GEOJSON) && gap <= INT32_MAX;
}

bool notes_read_options(const GString *text, struct options *options, char **message)
{
    g_autoptr(GKeyFile) file = file_of(text);
    bool by_capture, last;
    if (!file || !get_ports(file, options) || !get_time(file, "options", "since", &options->since) ||
        !get_time(file, "options", "until", &options->until) || !get_forms(file, options) ||
        !get_flag(file, "options", "by_capture", &by_capture) || !get_flag(file, "options", "overlap_last", &last) ||
        !get_flag(file, "options", "csv_guard", &options->csv_guard) ||
        !get_flag(file, "options", "show_secrets", &options->show_secrets) ||
        !get_flag(file, "options", "hash", &options->hash) ||
        !get_time(file, "options", "close_ns", &options->close_ns) ||
        !get_time(file, "options", "idle_ns", &options->idle_ns) ||
        !get_size(file, "max_streams", &options->streams_max) ||
        !get_size(file, "max_devices", &options->devices_max) || !get_size(file, "max_waiting", &options->tcp.bytes) ||
        !get_size(file, "max_waiting_total", &options->tcp.total) ||
        !get_size(file, "max_segments", &options->tcp.ranges) ||
        !get_size(file, "max_datagrams", &options->fragments.datagrams) ||
        !get_size(file, "max_fragment_bytes", &options->fragments.bytes) || !get_rules(file, &options->rules) ||
        !get_map(file, options, message)) {
        if (!*message)
            *message = g_strdup("its options cannot be read");
        return false;
    }
    options->filter = get_text(file, "options", "filter");
    get_devices(file, options);
    options->order = by_capture ? ORDER_CAPTURE : ORDER_DEVICE;
    options->overlap = last ? TCP_OVERLAP_LAST : TCP_OVERLAP_FIRST;
    return true;
}

/* "input 7" */
static char *group_of(const char *what, guint i)
{
    return g_strdup_printf("%s %u", what, i + 1);
}

static void put_input(GKeyFile *file, const struct input *input)
{
    g_autofree char *group = group_of("input", input->number - 1);
    const uint64_t kept[] = {input->kept.tagged, input->kept.fragments, input->kept.unknown};
    put_text(file, group, "name", input->name);
    put_text(file, group, "format", input->format);
    put_number(file, group, "size", input->size);
    put_number(file, group, "packets", input->packets);
    put_number(file, group, "packets_without_time", input->untimed);
    put_number(file, group, "pipe", input->once);
    put_numbers(file, group, "kept_back", kept, G_N_ELEMENTS(kept));
    if (input->has_first)
        put_time(file, group, "first", input->first);
    if (input->has_times) {
        put_time(file, group, "first_time", input->first_time);
        put_time(file, group, "last_time", input->last_time);
    }
    put_text(file, group, "damage", input->damage);
}

static void put_passed(GKeyFile *file, const char *what, const GArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const struct passed *passed = &g_array_index(list, struct passed, i);
        g_autofree char *group = group_of(what, i);
        put_text(file, group, "name", passed->name);
        put_text(file, group, "why", passed->why);
    }
}

/* What is counted of packets, in one order for writing and reading. */
static void list_packets(struct analysis *analysis, uint64_t *list[NUMBERS_AT_ONCE], size_t *count)
{
    struct fragment_counts *fragments = &analysis->fragments;
    uint64_t *all[] = {&analysis->packets,
                       &analysis->on_port,
                       &analysis->waited,
                       &analysis->mislabelled.ip,
                       &analysis->mislabelled.ethernet,
                       &fragments->fragments,
                       &fragments->refused,
                       &fragments->datagrams,
                       &fragments->incomplete,
                       &fragments->timed_out,
                       &fragments->limits_reached,
                       &fragments->bytes_reached,
                       &fragments->partial,
                       &fragments->incomplete_bytes,
                       &fragments->duplicate_bytes,
                       &fragments->conflict_bytes,
                       &fragments->conflicts};
    *count = G_N_ELEMENTS(all);
    memcpy(list, all, sizeof all);
}

static void put_coverage(GKeyFile *file, const struct coverage *coverage)
{
    g_autoptr(GArray) numbers = coverage_numbers(coverage);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < numbers->len; i++)
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", g_array_index(numbers, int64_t, i));
    g_key_file_set_string(file, "captures", "covered", text->str);
}

static bool get_coverage(GKeyFile *file, struct coverage *coverage)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autofree char *text = g_key_file_get_string(file, "captures", "covered", NULL);
    for (char *at = text; at && *at && numbers->len <= 3 + 2 * COVERAGE_GAPS;) {
        char *end;
        int64_t number = g_ascii_strtoll(at, &end, 10);
        if (end == at)
            return false;
        g_array_append_val(numbers, number);
        at = end;
    }
    return coverage_add(coverage, numbers);
}

static void put_clocks(GKeyFile *file, const struct capture_clocks *clocks)
{
    for (unsigned i = 0; clocks && i < clocks->count; i++) {
        const struct capture_clock *clock = &clocks->list[i];
        g_autofree char *group = group_of("clock", i);
        const uint64_t numbers[] = {clock->file, clock->interface, clock->group};
        put_numbers(file, group, "place", numbers, G_N_ELEMENTS(numbers));
        put_time(file, group, "ahead", clock->ahead);
    }
}

/* Adds them; first: inputs that were there before. Groups of others stay apart. */
static bool get_clocks(GKeyFile *file, struct analysis *analysis, guint first)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct capture_clock));
    struct capture_clocks *old = analysis->clocks;
    unsigned groups = 0;
    for (unsigned i = 0; old && i < old->count; i++) {
        g_array_append_val(list, old->list[i]);
        groups = MAX(groups, old->list[i].group);
    }
    bool apart = old && old->apart;
    for (unsigned i = 0;; i++) {
        g_autofree char *group = group_of("clock", i);
        uint64_t numbers[3];
        struct capture_clock clock = {.file = 0};
        if (!get_numbers(file, group, "place", numbers, G_N_ELEMENTS(numbers)))
            break;
        if (!get_time(file, group, "ahead", &clock.ahead) || numbers[0] > UINT16_MAX || numbers[2] > UINT16_MAX)
            return false;
        clock.file = numbers[0] > 0 ? (uint32_t)numbers[0] + first : 0;
        clock.interface = (uint32_t)numbers[1];
        clock.group = numbers[2] > 0 ? (unsigned)numbers[2] + groups : 0;
        apart = apart || clock.ahead != 0;
        g_array_append_val(list, clock);
    }
    if (list->len == 0)
        return true;
    g_free(old);
    analysis->clocks = g_malloc(sizeof *analysis->clocks + list->len * sizeof(struct capture_clock));
    analysis->clocks->count = list->len;
    analysis->clocks->apart = apart;
    memcpy(analysis->clocks->list, list->data, list->len * sizeof(struct capture_clock));
    return true;
}

GString *notes_captures(const struct analysis *analysis)
{
    GKeyFile *file = g_key_file_new();
    struct analysis copy = *analysis;
    uint64_t *list[NUMBERS_AT_ONCE], numbers[NUMBERS_AT_ONCE];
    size_t count;
    list_packets(&copy, list, &count);
    for (size_t i = 0; i < count; i++)
        numbers[i] = *list[i];
    put_number(file, "captures", "inputs", analysis->inputs.list->len);
    put_number(file, "captures", "stopped", analysis->stopped);
    put_numbers(file, "captures", "packets", numbers, count);
    put_coverage(file, analysis->coverage);
    put_clocks(file, analysis->clocks);
    put_numbers(file, "captures", "results", analysis->results, PACKET_RESULT_COUNT);
    for (guint i = 0; i < analysis->unread->len; i++) {
        const struct packets_unread *unread = &g_array_index(analysis->unread, struct packets_unread, i);
        g_autofree char *key = g_strdup_printf("link_type_%d", unread->link_type);
        put_number(file, "unread", key, unread->packets);
    }
    for (guint i = 0; i < analysis->inputs.list->len; i++)
        put_input(file, &g_array_index(analysis->inputs.list, struct input, i));
    put_passed(file, "unreadable", analysis->inputs.unreadable);
    put_passed(file, "passed over", analysis->inputs.passed);
    return text_of(file);
}

static bool get_input(GKeyFile *file, guint i, GArray *list)
{
    g_autofree char *group = group_of("input", i);
    struct input input = {.number = i + 1};
    uint64_t kept[3] = {0};
    bool good = get_number(file, group, "size", &input.size) && get_number(file, group, "packets", &input.packets) &&
                get_number(file, group, "packets_without_time", &input.untimed) &&
                get_flag(file, group, "pipe", &input.once) &&
                get_numbers(file, group, "kept_back", kept, G_N_ELEMENTS(kept));
    input.kept = (struct filter_kept){kept[0], kept[1], kept[2]};
    input.has_first = get_time(file, group, "first", &input.first);
    if (!input.has_first)
        input.first = INT64_MAX;
    input.has_times =
        get_time(file, group, "first_time", &input.first_time) && get_time(file, group, "last_time", &input.last_time);
    input.name = get_text(file, group, "name");
    input.path = g_strdup(input.name);
    input.format = get_text(file, group, "format");
    input.damage = get_text(file, group, "damage");
    good = good && input.name && input.format;
    g_array_append_val(list, input);
    return good;
}

static void get_passed(GKeyFile *file, const char *what, GArray *list)
{
    for (guint i = 0;; i++) {
        g_autofree char *group = group_of(what, i);
        g_autofree char *name = get_text(file, group, "name"), *why = get_text(file, group, "why");
        if (!name || !why)
            return;
        inputs_pass(list, name, name, why);
    }
}

static void get_unread(GKeyFile *file, GArray *list)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, "unread", NULL, NULL);
    for (char **key = keys; key && *key; key++) {
        struct packets_unread unread = {0, 0};
        if (!g_str_has_prefix(*key, "link_type_") || !get_number(file, "unread", *key, &unread.packets))
            continue;
        unread.link_type = (int)g_ascii_strtoll(*key + strlen("link_type_"), NULL, 10);
        guint i = 0;
        while (i < list->len && g_array_index(list, struct packets_unread, i).link_type != unread.link_type)
            i++;
        if (i < list->len)
            g_array_index(list, struct packets_unread, i).packets += unread.packets;
        else
            g_array_append_val(list, unread);
    }
}

bool notes_read_captures(const GString *text, struct analysis *analysis, guint *first)
{
    g_autoptr(GKeyFile) file = file_of(text);
    uint64_t *list[NUMBERS_AT_ONCE], numbers[NUMBERS_AT_ONCE], results[PACKET_RESULT_COUNT], inputs;
    size_t count;
    bool stopped;
    list_packets(analysis, list, &count);
    *first = analysis->inputs.list->len;
    if (!file || !get_number(file, "captures", "inputs", &inputs) || !get_flag(file, "captures", "stopped", &stopped) ||
        !get_numbers(file, "captures", "packets", numbers, count) || !get_coverage(file, analysis->coverage) ||
        !get_clocks(file, analysis, *first) || !get_numbers(file, "captures", "results", results, PACKET_RESULT_COUNT))
        return false;
    for (size_t i = 0; i < count; i++)
        *list[i] += numbers[i];
    for (unsigned i = 0; i < PACKET_RESULT_COUNT; i++)
        analysis->results[i] += results[i];
    analysis->stopped = analysis->stopped || stopped;
    for (guint i = 0; i < inputs; i++)
        if (!get_input(file, i, analysis->inputs.list))
            return false;
    get_passed(file, "unreadable", analysis->inputs.unreadable);
    get_passed(file, "passed over", analysis->inputs.passed);
    get_unread(file, analysis->unread);
    return true;
}

GString *notes_hashes(const struct inputs *inputs)
{
    GKeyFile *file = g_key_file_new();
    for (guint i = 0; i < inputs->list->len; i++) {
        const struct input *input = &g_array_index(inputs->list, struct input, i);
        g_autofree char *group = group_of("input", i);
        put_text(file, group, "sha256", input->sha256);
    }
    return text_of(file);
}

static bool is_hash(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

bool notes_read_hashes(const GString *text, struct inputs *inputs, guint first)
{
    g_autoptr(GKeyFile) file = file_of(text);
    if (!file)
        return false;
    for (guint i = first; i < inputs->list->len; i++) {
        struct input *input = &g_array_index(inputs->list, struct input, i);
        g_autofree char *group = group_of("input", i - first);
        char *hash = get_text(file, group, "sha256");
        if (!hash)
            continue;
        bool good = is_hash(hash) && (!input->sha256 || strcmp(input->sha256, hash) == 0);
        g_free(input->sha256);
        input->sha256 = hash;
        if (!good)
            return false;
    }
    return true;
}

/* A sum by its name. */
#define SUM(member)        #member, offsetof(struct stream_totals, member), 1
#define SUMS(member, many) #member, offsetof(struct stream_totals, member), many
static const struct {
    const char *name;
    size_t offset, count;
} sums[] = {{"payload_bytes", offsetof(struct stream_totals, ledger.payload_bytes), 1},
            {"frame_bytes", offsetof(struct stream_totals, ledger.frame_bytes), 1},
            {"leftover_bytes", offsetof(struct stream_totals, ledger.leftover), S7_LEFTOVER_COUNT},
            {SUM(conversations)},
            {SUM(others)},
            {SUMS(dialects, S7_DIALECT_COUNT)},
            {SUM(frames)},
            {SUM(gaps)},
            {SUM(overlaps)},
            {SUM(held_limit)},
            {SUMS(hole_limits, TCP_REACHED_COUNT)},
            {SUM(conversation_limit)},
            {SUM(request_limit)},
            {SUM(command_limit)},
            {SUM(exchange_limit)},
            {SUM(copies)},
            {SUM(copies_forgotten)},
            {SUM(copies_unlisted)},
            {SUM(leftovers_summed)},
            {SUM(unbalanced)}};
/* A member that is new must be listed. */
G_STATIC_ASSERT(sizeof(struct stream_totals) ==
                (2 + S7_LEFTOVER_COUNT + S7_DIALECT_COUNT + TCP_REACHED_COUNT + 15) * sizeof(uint64_t));

GString *notes_sums(const struct analysis *analysis)
{
    GKeyFile *file = g_key_file_new();
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        uint64_t numbers[NUMBERS_AT_ONCE];
        memcpy(numbers, (const char *)&analysis->streams_total + sums[i].offset, sums[i].count * sizeof *numbers);
        put_numbers(file, "conversations", sums[i].name, numbers, sums[i].count);
    }
    put_number(file, "conversations", "devices_refused", analysis->devices_refused);
    for (guint i = 0; i < analysis->others->len; i++) {
        const struct other_total *other = analysis->others->pdata[i];
        const uint64_t numbers[] = {other->conversations, other->bytes};
        put_numbers(file, "other protocols", other->name, numbers, G_N_ELEMENTS(numbers));
    }
    return text_of(file);
}

static void add_other(GPtrArray *others, const char *name, const uint64_t numbers[2])
{
    guint i = 0;
    while (i < others->len && strcmp(((const struct other_total *)others->pdata[i])->name, name) < 0)
        i++;
    if (i == others->len || strcmp(((const struct other_total *)others->pdata[i])->name, name) != 0) {
        struct other_total *new = g_new0(struct other_total, 1);
        new->name = g_intern_string(name);
        g_ptr_array_insert(others, (gint)i, new);
    }
    ((struct other_total *)others->pdata[i])->conversations += numbers[0];
    ((struct other_total *)others->pdata[i])->bytes += numbers[1];
}

bool notes_read_sums(const GString *text, struct analysis *analysis)
{
    g_autoptr(GKeyFile) file = file_of(text);
    uint64_t numbers[NUMBERS_AT_ONCE];
    if (!file)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        uint64_t *to = (uint64_t *)(void *)((char *)&analysis->streams_total + sums[i].offset);
        if (!get_numbers(file, "conversations", sums[i].name, numbers, sums[i].count))
            return false;
        for (size_t n = 0; n < sums[i].count; n++)
            to[n] += numbers[n];
    }
    if (!get_number(file, "conversations", "devices_refused", numbers))
        return false;
    analysis->devices_refused += numbers[0];
    g_auto(GStrv) names = g_key_file_get_keys(file, "other protocols", NULL, NULL);
    for (char **name = names; name && *name; name++) {
        if (!get_numbers(file, "other protocols", *name, numbers, 2))
            return false;
        add_other(analysis->others, *name, numbers);
    }
    return true;
}

static void put_shards(GKeyFile *file, const struct analysis *analysis)
{
    for (guint i = 0; i < analysis->shards->len; i++) {
        const struct shard_total *shard = &g_array_index(analysis->shards, struct shard_total, i);
        const uint64_t numbers[] = {shard->shard.number, shard->shard.count,   shard->first_input,
                                    shard->inputs,       shard->streams,       shard->payload_bytes,
                                    shard->frame_bytes,  shard->leftover_bytes};
        g_autofree char *group = group_of("shard", i);
        put_numbers(file, group, "totals", numbers, G_N_ELEMENTS(numbers));
    }
}

GString *notes_results(const struct analysis *analysis, const GArray *files)
{
    GKeyFile *file = g_key_file_new();
    const struct pictures_totals *pictures = &analysis->pictures_total;
    const uint64_t rows[] = {analysis->reports.devices, analysis->reports.rows, analysis->reports.without_device,
                             analysis->reports.untimed};
    const uint64_t counts[] = {pictures->pictures, pictures->complete, pictures->refused_bytes, pictures->refused};
    put_number(file, "part", "part", analysis->part);
    put_number(file, "part", "parts", analysis->parts);
    put_numbers(file, "part", "rows", rows, G_N_ELEMENTS(rows));
    put_numbers(file, "part", "kinds", analysis->reports.kinds, S7_KIND_COUNT);
    put_numbers(file, "part", "pictures", counts, G_N_ELEMENTS(counts));
    put_number(file, "part", "bad_records", analysis->bad_records);
    put_shards(file, analysis);
    for (guint i = 0; i < analysis->damage->len; i++) {
        g_autofree char *group = group_of("damage", i);
        put_text(file, group, "text", analysis->damage->pdata[i]);
    }
    for (guint i = 0; i < analysis->findings->len; i++) {
        const struct finding *finding = &g_array_index(analysis->findings, struct finding, i);
        g_autofree char *group = group_of("finding", i);
        put_text(file, group, "device_id", finding->device_id);
        put_text(file, group, "text", finding->text);
        if (finding->counted)
            put_number(file, group, "rows", finding->rows);
    }
    for (guint i = 0; i < files->len; i++) {
        const struct output_file *output = &g_array_index(files, struct output_file, i);
        g_autofree char *group = group_of("file", i);
        put_text(file, group, "name", output->name);
        put_number(file, group, "size", output->size);
        put_text(file, group, "sha256", output->sha256);
    }
    return text_of(file);
}

static void get_shards(GKeyFile *file, GArray *shards)
{
    uint64_t numbers[8];
    for (guint i = 0;; i++) {
        g_autofree char *group = group_of("shard", i);
        if (!get_numbers(file, group, "totals", numbers, G_N_ELEMENTS(numbers)))
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
        g_autofree char *group = group_of("finding", i);
        struct finding finding = {.device_id = get_text(file, group, "device_id"),
                                  .text = get_text(file, group, "text")};
        finding.counted = get_number(file, group, "rows", &finding.rows);
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
        g_autofree char *group = group_of("file", i);
        struct output_file output = {.name = get_text(file, group, "name")};
        if (!output.name)
            return;
        output.measured = get_number(file, group, "size", &output.size);
        output.sha256 = get_text(file, group, "sha256");
        g_array_append_val(files, output);
    }
}

bool notes_read_results(const GString *text, struct analysis *analysis, GArray *files)
{
    g_autoptr(GKeyFile) file = file_of(text);
    uint64_t part, parts, bad, rows[4], kinds[S7_KIND_COUNT], pictures[4];
    if (!file || !get_number(file, "part", "part", &part) || !get_number(file, "part", "parts", &parts) ||
        !get_numbers(file, "part", "rows", rows, G_N_ELEMENTS(rows)) ||
        !get_numbers(file, "part", "kinds", kinds, S7_KIND_COUNT) ||
        !get_numbers(file, "part", "pictures", pictures, G_N_ELEMENTS(pictures)) ||
        !get_number(file, "part", "bad_records", &bad) || part < 1 || part > parts || parts > SHARDS_MAX)
        return false;
    analysis->part = (uint32_t)part;
    analysis->parts = (uint32_t)parts;
    analysis->reports.devices += rows[0];
    analysis->reports.rows += rows[1];
    analysis->reports.without_device += rows[2];
    analysis->reports.untimed += rows[3];
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
        g_autofree char *group = group_of("damage", i);
        char *damage = get_text(file, group, "text");
        if (!damage)
            break;
        g_ptr_array_add(analysis->damage, damage);
    }
    get_findings(file, analysis->findings);
    get_files(file, files);
    return true;
}
