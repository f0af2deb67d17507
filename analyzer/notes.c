/* SPDX-License-Identifier: GPL-2.0-or-later
 * Notes: captures and conversations. */
#include "notes.h"

#include "keys.h"

#include <string.h>

G_STATIC_ASSERT(S7_LEFTOVER_COUNT <= KEYS_NUMBERS && PACKET_RESULT_COUNT <= KEYS_NUMBERS &&
                S7_KIND_COUNT <= KEYS_NUMBERS);

static void put_input(GKeyFile *file, const struct input *input)
{
    g_autofree char *group = keys_group("input", input->number - 1);
    const uint64_t kept[] = {input->kept.tagged, input->kept.fragments, input->kept.unknown};
    keys_put_text(file, group, "name", input->name);
    keys_put_text(file, group, "format", input->format);
    keys_put_number(file, group, "size", input->size);
    keys_put_number(file, group, "packets", input->packets);
    keys_put_number(file, group, "packets_without_time", input->untimed);
    keys_put_number(file, group, "pipe", input->once);
    keys_put_numbers(file, group, "kept_back", kept, G_N_ELEMENTS(kept));
    if (input->has_first)
        keys_put_time(file, group, "first", input->first);
    if (input->has_times) {
        keys_put_time(file, group, "first_time", input->first_time);
        keys_put_time(file, group, "last_time", input->last_time);
    }
    keys_put_text(file, group, "damage", input->damage);
}

static void put_passed(GKeyFile *file, const char *what, const GArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const struct passed *passed = &g_array_index(list, struct passed, i);
        g_autofree char *group = keys_group(what, i);
        keys_put_text(file, group, "name", passed->name);
        keys_put_text(file, group, "why", passed->why);
    }
}

/* What is counted of packets, in one order for writing and reading. */
static void list_packets(struct analysis *analysis, uint64_t *list[KEYS_NUMBERS], size_t *count)
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
        g_autofree char *group = keys_group("clock", i);
        const uint64_t numbers[] = {clock->file, clock->interface, clock->group};
        keys_put_numbers(file, group, "place", numbers, G_N_ELEMENTS(numbers));
        keys_put_time(file, group, "ahead", clock->ahead);
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
        g_autofree char *group = keys_group("clock", i);
        uint64_t numbers[3];
        struct capture_clock clock = {.file = 0};
        if (!keys_get_numbers(file, group, "place", numbers, G_N_ELEMENTS(numbers)))
            break;
        if (!keys_get_time(file, group, "ahead", &clock.ahead) || !origin_time_is_possible(clock.ahead) ||
            numbers[0] > UINT16_MAX || numbers[2] > UINT16_MAX)
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
    uint64_t *list[KEYS_NUMBERS], numbers[KEYS_NUMBERS];
    size_t count;
    list_packets(&copy, list, &count);
    for (size_t i = 0; i < count; i++)
        numbers[i] = *list[i];
    keys_put_number(file, "captures", "inputs", analysis->inputs.list->len);
    keys_put_number(file, "captures", "stopped", analysis->stopped);
    keys_put_numbers(file, "captures", "packets", numbers, count);
    put_coverage(file, analysis->coverage);
    put_clocks(file, analysis->clocks);
    keys_put_numbers(file, "captures", "results", analysis->results, PACKET_RESULT_COUNT);
    for (guint i = 0; i < analysis->unread->len; i++) {
        const struct packets_unread *unread = &g_array_index(analysis->unread, struct packets_unread, i);
        g_autofree char *key = g_strdup_printf("link_type_%d", unread->link_type);
        keys_put_number(file, "unread", key, unread->packets);
    }
    for (guint i = 0; i < analysis->inputs.list->len; i++)
        put_input(file, &g_array_index(analysis->inputs.list, struct input, i));
    put_passed(file, "unreadable", analysis->inputs.unreadable);
    put_passed(file, "passed over", analysis->inputs.passed);
    return keys_done(file);
}

/* Returns whether it is there. *good becomes false if no capture can have it. */
static bool get_capture_time(GKeyFile *file, const char *group, const char *key, int64_t *time, bool *good)
{
    bool there = keys_get_time(file, group, key, time);
    *good = *good && (!there || origin_time_is_possible(*time));
    return there;
}

static bool get_input(GKeyFile *file, guint i, GArray *list)
{
    g_autofree char *group = keys_group("input", i);
    struct input input = {.number = i + 1};
    uint64_t kept[3] = {0};
    bool good = keys_get_number(file, group, "size", &input.size) &&
                keys_get_number(file, group, "packets", &input.packets) &&
                keys_get_number(file, group, "packets_without_time", &input.untimed) &&
                keys_get_flag(file, group, "pipe", &input.once) &&
                keys_get_numbers(file, group, "kept_back", kept, G_N_ELEMENTS(kept));
    input.kept = (struct filter_kept){kept[0], kept[1], kept[2]};
    input.has_first = get_capture_time(file, group, "first", &input.first, &good);
    if (!input.has_first)
        input.first = INT64_MAX;
    input.has_times = get_capture_time(file, group, "first_time", &input.first_time, &good) &&
                      get_capture_time(file, group, "last_time", &input.last_time, &good);
    input.name = keys_get_text(file, group, "name");
    input.path = g_strdup(input.name);
    input.format = keys_get_text(file, group, "format");
    input.damage = keys_get_text(file, group, "damage");
    good = good && input.name && input.format;
    g_array_append_val(list, input);
    return good;
}

static void get_passed(GKeyFile *file, const char *what, GArray *list)
{
    for (guint i = 0;; i++) {
        g_autofree char *group = keys_group(what, i);
        g_autofree char *name = keys_get_text(file, group, "name"), *why = keys_get_text(file, group, "why");
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
        if (!g_str_has_prefix(*key, "link_type_") || !keys_get_number(file, "unread", *key, &unread.packets))
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
    g_autoptr(GKeyFile) file = keys_open(text);
    uint64_t *list[KEYS_NUMBERS], numbers[KEYS_NUMBERS], results[PACKET_RESULT_COUNT], inputs;
    size_t count;
    bool stopped;
    list_packets(analysis, list, &count);
    *first = analysis->inputs.list->len;
    if (!file || !keys_get_number(file, "captures", "inputs", &inputs) ||
        !keys_get_flag(file, "captures", "stopped", &stopped) ||
        !keys_get_numbers(file, "captures", "packets", numbers, count) || !get_coverage(file, analysis->coverage) ||
        !get_clocks(file, analysis, *first) ||
        !keys_get_numbers(file, "captures", "results", results, PACKET_RESULT_COUNT))
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
        g_autofree char *group = keys_group("input", i);
        keys_put_text(file, group, "sha256", input->sha256);
    }
    return keys_done(file);
}

static bool is_hash(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

bool notes_read_hashes(const GString *text, struct inputs *inputs, guint first)
{
    g_autoptr(GKeyFile) file = keys_open(text);
    if (!file)
        return false;
    for (guint i = first; i < inputs->list->len; i++) {
        struct input *input = &g_array_index(inputs->list, struct input, i);
        g_autofree char *group = keys_group("input", i - first);
        char *hash = keys_get_text(file, group, "sha256");
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
            {SUM(unfinished_limit)},
            {SUM(exchange_limit)},
            {SUM(copies)},
            {SUM(copies_forgotten)},
            {SUM(copies_unlisted)},
            {SUM(leftovers_summed)},
            {SUM(unbalanced)}};
/* A member that is new must be listed. */
G_STATIC_ASSERT(sizeof(struct stream_totals) ==
                (2 + S7_LEFTOVER_COUNT + S7_DIALECT_COUNT + TCP_REACHED_COUNT + 16) * sizeof(uint64_t));

GString *notes_sums(const struct analysis *analysis)
{
    GKeyFile *file = g_key_file_new();
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        uint64_t numbers[KEYS_NUMBERS];
        memcpy(numbers, (const char *)&analysis->streams_total + sums[i].offset, sums[i].count * sizeof *numbers);
        keys_put_numbers(file, "conversations", sums[i].name, numbers, sums[i].count);
    }
    keys_put_number(file, "conversations", "devices_refused", analysis->devices_refused);
    for (guint i = 0; i < analysis->others->len; i++) {
        const struct other_total *other = analysis->others->pdata[i];
        const uint64_t numbers[] = {other->conversations, other->bytes};
        keys_put_numbers(file, "other protocols", other->name, numbers, G_N_ELEMENTS(numbers));
    }
    return keys_done(file);
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
    g_autoptr(GKeyFile) file = keys_open(text);
    uint64_t numbers[KEYS_NUMBERS];
    if (!file)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        uint64_t *to = (uint64_t *)(void *)((char *)&analysis->streams_total + sums[i].offset);
        if (!keys_get_numbers(file, "conversations", sums[i].name, numbers, sums[i].count))
            return false;
        for (size_t n = 0; n < sums[i].count; n++)
            to[n] += numbers[n];
    }
    if (!keys_get_number(file, "conversations", "devices_refused", numbers))
        return false;
    analysis->devices_refused += numbers[0];
    g_auto(GStrv) names = g_key_file_get_keys(file, "other protocols", NULL, NULL);
    for (char **name = names; name && *name; name++) {
        if (!keys_get_numbers(file, "other protocols", *name, numbers, 2))
            return false;
        add_other(analysis->others, *name, numbers);
    }
    return true;
}
