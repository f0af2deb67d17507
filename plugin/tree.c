/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded frame as a packet tree: see tree.h. */
#include "tree.h"

#include <string.h>

#include "meaning.h"
#include "text.h"

/* Fields deeper than this stand beside those of this depth. */
#define DEPTH_MAX 6

/* Flags for which a frame is not used as a report: add_unproven() gives their expert items. */
#define UNPROVEN "Not used as a report (%s): its fields are shown as text only"
#define ERRORS   (S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(DAMAGED) | S7_FLAG_BIT(TRUNCATED))

static int expert_proto; /* of the items that expert information adds */

/* The fields that stand first, in this order, and those that stand last. All others keep the order of the wire. */
static const enum s7_field_id head[] = {S7_FIELD_DEVICE_ID, S7_FIELD_KIND, S7_FIELD_CODE, S7_FIELD_EVENT};
static const enum s7_field_id foot[] = {S7_FIELD_DIALECT, S7_FIELD_DIRECTION, S7_FIELD_FLAG, S7_FIELD_FRAME};

static bool is_in(const enum s7_field_id *list, size_t count, unsigned id)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == id)
            return true;
    return false;
}

/* The fields that an unproven frame keeps as filter fields. */
static bool stays_filterable(unsigned id)
{
    return id == S7_FIELD_KIND || is_in(foot, G_N_ELEMENTS(foot), id);
}

/* Of the status of fifotrack only the bits of two numbers are known, and only where the decoder gave these: they stand
 * below it as fields. */
#define FIFOTRACK_SIGNAL     UINT64_C(0x000000f8)
#define FIFOTRACK_SATELLITES UINT64_C(0xf0000000)

static void add_fifotrack_status(const struct tree_frame *f, proto_tree *tree, const struct s7_field *field)
{
    const struct s7_field *satellites = s7_find(f->message, S7_FIELD_SATELLITES);
    uint64_t value = (uint64_t)field->value.integer, unnamed = UINT64_MAX;
    if (satellites && meaning_inferred_from(f->message, satellites) == field)
        unnamed &= ~(FIFOTRACK_SIGNAL | FIFOTRACK_SATELLITES);
    for (unsigned bit = 0; bit < 64; bit++)
        if (value & unnamed & UINT64_C(1) << bit)
            proto_tree_add_subtree_format(tree, f->tvb, field->offset, field->length, fields_ett_unproven, NULL,
                                          "Bit %u (unknown): set", bit);
}

/* The names of a bit behind "(" are what startek gives an input by default. */
static void add_bit(const struct tree_frame *f, proto_tree *tree, const struct s7_field *field,
                    const struct fields_bit *bit)
{
    uint32_t value = (uint32_t)((uint64_t)field->value.integer & UINT32_MAX);
    proto_item *item = proto_tree_add_boolean(tree, bit->hf, f->tvb, field->offset, field->length, value);
    if (f->message->dialect != S7_FIFOTRACK)
        return;
    bool input = bit->field == S7_FIELD_INPUTS;
    proto_item_set_text(item, "%s %u%s: %s", input ? "Input" : "Output", bit->bit + 1,
                        input && bit->bit == 1 ? " (ACC by default, inferred)" : "",
                        value >> bit->bit & 1 ? "on" : "off");
}

static void add_bits(const struct tree_frame *f, proto_item *item, const struct s7_field *field)
{
    uint64_t value = (uint64_t)field->value.integer;
    uint64_t unnamed = fields_unnamed_bits(field->id);
    if (unnamed == UINT64_MAX)
        return;
    proto_tree *tree = proto_item_add_subtree(item, fields_ett[field->id]);
    if (f->message->dialect == S7_FIFOTRACK && field->id == S7_FIELD_STATUS) {
        add_fifotrack_status(f, tree, field);
        return;
    }
    for (int i = 0; i < FIELDS_BIT_COUNT; i++)
        if (fields_bits[i].field == field->id)
            add_bit(f, tree, field, &fields_bits[i]);
    for (unsigned bit = 0; bit < 64; bit++)
        if (value & unnamed & UINT64_C(1) << bit)
            proto_tree_add_subtree_format(tree, f->tvb, field->offset, field->length, fields_ett_unproven, NULL,
                                          "Bit %u (reserved): set", bit);
}

/* One item of the type of the field. Its texts are made only if somebody looks at it: they cost more than all else. */
static proto_item *add_typed(const struct tree_frame *f, proto_tree *tree, const struct s7_field *field)
{
    int hf = fields_of(field), offset = field->offset, length = field->length;
    wmem_allocator_t *pool = f->pinfo->pool;
    bool wanted = proto_field_is_referenced(tree, hf);
    const char *label = wanted ? text_label(pool, f->message, field) : "";
    const char *shown = wanted ? text_shown(pool, f->data, field) : "";
    nstime_t device_time = NSTIME_INIT_ZERO;
    switch ((enum s7_field_type)field->type) {
    case S7_BOOL:
        return proto_tree_add_boolean_format(tree, hf, f->tvb, offset, length, field->value.integer != 0, "%s: %s",
                                             label, shown);
    case S7_HEX:
        return proto_tree_add_uint_format(tree, hf, f->tvb, offset, length, (uint32_t)field->value.integer, "%s: %s",
                                          label, shown);
    case S7_UINT:
        return proto_tree_add_uint64_format(tree, hf, f->tvb, offset, length, (uint64_t)field->value.integer, "%s: %s",
                                            label, shown);
    case S7_DECIMAL:
        return proto_tree_add_double_format(tree, hf, f->tvb, offset, length, s7_value_double(field), "%s: %s", label,
                                            shown);
    case S7_TIME:
        device_time.secs = (time_t)s7_time_seconds(&field->value.time);
        return proto_tree_add_time_format(tree, hf, f->tvb, offset, length, &device_time, "%s: %s", label, shown);
    case S7_TEXT:
    case S7_NAME:
        break;
    }
    return proto_tree_add_string_format(tree, hf, f->tvb, offset, length,
                                        wanted ? text_value(pool, f->data, field) : "", "%s: %s", label, shown);
}

/* A field as text that no filter finds. */
static proto_item *add_text(const struct tree_frame *f, proto_tree *tree, const struct s7_field *field)
{
    proto_item *item = NULL;
    proto_tree_add_subtree_format(tree, f->tvb, field->offset, field->length, fields_ett[field->id], &item, "%s: %s",
                                  text_label(f->pinfo->pool, f->message, field),
                                  text_shown(f->pinfo->pool, f->data, field));
    return item;
}

static bool is_alarm(enum s7_event event)
{
    static const enum s7_event alarms[] = {
        S7_EVENT_SOS,     S7_EVENT_POWER_CUT,  S7_EVENT_TOW,         S7_EVENT_TAMPER,      S7_EVENT_IMPACT,
        S7_EVENT_FALL,    S7_EVENT_FUEL_THEFT, S7_EVENT_THEFT_ALARM, S7_EVENT_ANTENNA_CUT, S7_EVENT_JAMMING,
        S7_EVENT_FATIGUE, S7_EVENT_TILT,       S7_EVENT_NO_MOVEMENT,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(alarms); i++)
        if (alarms[i] == event)
            return true;
    return false;
}

/* In the words of flags.def, but where these do not hold for the dialect. (docs/FIFOTRACK.md 4) */
static void add_notice(const struct tree_frame *f, proto_item *item, unsigned flag)
{
    if (flag == S7_FLAG_STALE_FIX && f->message->dialect == S7_FIFOTRACK)
        expert_add_info_format(f->pinfo, item, &fields_ei[flag],
                               "No current fix: the position is the last known one, the time is current");
    else
        expert_add_info(f->pinfo, item, &fields_ei[flag]);
}

/* Adds the expert items of a field: its flags, and what is worth finding; item may be NULL. */
static void add_notices(const struct tree_frame *f, proto_item *item, const struct s7_field *field)
{
    const struct s7_message *m = f->message;
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        if (field->flags & UINT32_C(1) << flag)
            add_notice(f, item, flag);
    if (field->id == S7_FIELD_EVENT && m->event != S7_EVENT_NONE)
        expert_add_info_format(f->pinfo, item, is_alarm(m->event) ? &fields_ei_alarm : &fields_ei_event, "%s: %s",
                               is_alarm(m->event) ? "Alarm" : "Event", s7_event_names[m->event]);
    else if (field->id == S7_FIELD_KIND && m->kind == S7_KIND_REJECTED)
        expert_add_info(f->pinfo, item, &fields_ei_rejected);
    else if (field->id == S7_FIELD_PASSWORD && strcmp(text_value(f->pinfo->pool, f->data, field), "123456") == 0)
        expert_add_info(f->pinfo, item, &fields_ei_default_password);
}

/* Behind the longitude: both coordinates as one text. */
static void add_position(const struct tree_frame *f, proto_tree *tree, const struct s7_field *longitude)
{
    const struct s7_field *latitude = s7_find(f->message, S7_FIELD_LATITUDE);
    if (latitude == NULL)
        return;
    wmem_allocator_t *pool = f->pinfo->pool;
    const char *position =
        wmem_strdup_printf(pool, "%s %s", text_value(pool, f->data, latitude), text_value(pool, f->data, longitude));
    int start = (int)latitude->offset, end = (int)(longitude->offset + longitude->length);
    proto_item_set_generated(
        proto_tree_add_string(tree, fields_hf_position, f->tvb, start, MAX(end - start, 0), position));
}

/* Behind the device's time. */
static void add_skew(const struct tree_frame *f, proto_tree *tree, const struct s7_field *field)
{
    nstime_t device = {.secs = (time_t)s7_time_seconds(&field->value.time), .nsecs = 0}, skew;
    nstime_delta(&skew, &f->pinfo->abs_ts, &device);
    double seconds = nstime_to_sec(&skew);
    proto_item_set_generated(proto_tree_add_double_format_value(tree, fields_hf_skew, f->tvb, field->offset,
                                                                field->length, seconds, "%.3f s", seconds));
}

/* What an inferred value was made of. That of the satellites is documented. */
static void append_source(const struct tree_frame *f, proto_item *item, const struct s7_field *field,
                          const struct s7_field *source)
{
    if (field->id == S7_FIELD_SATELLITES)
        proto_item_append_text(item, " (bits 28 to 31)");
    else if (field->id == S7_FIELD_SIGNAL)
        proto_item_append_text(item, " (inferred from bits 3 to 7)");
    else
        proto_item_append_text(item, " (inferred from %s %s)", s7_fields[source->id].label,
                               text_escaped(f->pinfo->pool, f->data + field->offset, field->length));
}

static proto_item *add_field(const struct tree_frame *f, proto_tree *tree, const struct s7_field *field)
{
    if (!f->message->proven && !stays_filterable(field->id))
        return add_text(f, tree, field);
    proto_item *item = fields_of(field) ? add_typed(f, tree, field) : add_text(f, tree, field);
    const char *meaning = meaning_of(f->message, f->data, field);
    const struct s7_field *source = meaning_inferred_from(f->message, field);
    if (meaning)
        proto_item_append_text(item, " (%s)", meaning);
    if (source)
        append_source(f, item, field, source);
    if (field->attributes & S7_GENERATED)
        proto_item_set_generated(item);
    if (field->type == S7_HEX)
        add_bits(f, item, field);
    add_notices(f, item, field);
    if (field->id == S7_FIELD_LONGITUDE)
        add_position(f, tree, field);
    else if (field->id == S7_FIELD_DEVICE_TIME)
        add_skew(f, tree, field);
    return item;
}

/* Adds the field with that index and those that belong to it, as subtrees. Returns the index behind them. */
static unsigned add_group(const struct tree_frame *f, proto_tree *tree, unsigned at)
{
    const struct s7_message *m = f->message;
    proto_tree *trees[DEPTH_MAX + 1] = {tree};
    proto_item *items[DEPTH_MAX + 1] = {NULL};
    const struct s7_field *first = &m->fields[at], *previous = NULL;
    unsigned depth = 0;
    do {
        const struct s7_field *field = &m->fields[at];
        unsigned wanted = field->depth > first->depth ? (unsigned)(field->depth - first->depth) : 0;
        if (wanted > depth && previous && depth < DEPTH_MAX) {
            trees[depth + 1] = proto_item_add_subtree(items[depth], fields_ett[previous->id]);
            depth++;
        } else if (wanted < depth) {
            depth = wanted;
        }
        items[depth] = add_field(f, trees[depth], field);
        previous = field;
        at++;
    } while (at < m->count && m->fields[at].depth > first->depth);
    return at;
}

/* Flags of the message that no field carries get their expert item here. */
static void add_flags(const struct tree_frame *f, proto_tree *tree)
{
    const struct s7_message *m = f->message;
    uint32_t shown = m->proven ? 0 : ERRORS;
    for (unsigned i = 0; m->proven && i < m->count; i++)
        shown |= m->fields[i].flags;
    unsigned flag = 0;
    for (const struct s7_field *field = s7_find(m, S7_FIELD_FLAG); field; field = s7_find_next(m, field)) {
        proto_item *item = add_field(f, tree, field);
        while (flag < S7_FLAG_COUNT && s7_flag_names[flag] != field->value.name)
            flag++;
        if (flag < S7_FLAG_COUNT && !(shown & UINT32_C(1) << flag))
            expert_add_info(f->pinfo, item, &fields_ei[flag]);
    }
}

/* The expert items of an unproven frame; returns the tree below the one that says why. */
static proto_tree *add_unproven(const struct tree_frame *f, proto_tree *tree)
{
    proto_item *why = NULL;
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        if (f->message->flags & ERRORS & UINT32_C(1) << flag)
            why = proto_tree_add_expert_format(tree, f->pinfo, &fields_ei[flag], f->tvb, 0, -1, UNPROVEN,
                                               s7_flag_names[flag]);
    return why ? proto_item_add_subtree(why, fields_ett_unproven) : tree;
}

static void add_first(const struct tree_frame *f, proto_tree *tree, enum s7_field_id id)
{
    const struct s7_message *m = f->message;
    if (s7_has(m, id))
        add_group(f, tree, (unsigned)(s7_first(m, id) - m->fields));
}

/* The device id of the conversation, where the bytes have none. */
static void add_device(proto_tree *tree, tvbuff_t *tvb, int offset, const char *device_id)
{
    proto_item_set_generated(proto_tree_add_string(tree, fields_hf[S7_FIELD_DEVICE_ID], tvb, offset, 0, device_id));
}

static void add_conversation_id(const struct tree_frame *f, proto_tree *tree)
{
    if (f->device_id == NULL || f->message->direction != S7_DOWN || s7_find(f->message, S7_FIELD_DEVICE_ID))
        return;
    add_device(tree, f->tvb, 0, f->device_id);
}

static proto_item *add_packet_link(const struct tree_frame *f, proto_tree *tree, int hf, uint32_t packet)
{
    if (packet == 0)
        return NULL;
    proto_item *item = proto_tree_add_uint(tree, hf, f->tvb, 0, 0, packet);
    proto_item_set_generated(item);
    return item;
}

static void add_stream(proto_tree *tree, tvbuff_t *tvb, int offset, unsigned stream)
{
    proto_item_set_generated(proto_tree_add_uint(tree, fields_hf_stream, tvb, offset, 0, stream));
}

static void add_side(const struct tree_frame *f, proto_tree *tree, int hf, const char *side)
{
    proto_item *item = proto_tree_add_string(tree, hf, f->tvb, 0, 0, side);
    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

/* For filters only: what they say stands in other fields. */
static void add_sides(const struct tree_frame *f, proto_tree *tree)
{
    if (f->counted_id == NULL)
        return;
    bool up = f->message->direction == S7_UP;
    add_side(f, tree, fields_hf_source, up ? f->counted_id : f->peer);
    add_side(f, tree, fields_hf_destination, up ? f->peer : f->counted_id);
    add_side(f, tree, fields_hf_side, f->counted_id);
    add_side(f, tree, fields_hf_side, f->peer);
}

static void add_links(const struct tree_frame *f, proto_tree *tree)
{
    const struct relation *relation = f->relation;
    if (relation->request) {
        nstime_t taken;
        nstime_delta(&taken, &relation->time, &relation->request->time);
        proto_item *link = add_packet_link(f, tree, fields_hf_request_in, relation->request->packet);
        if (f->message->direction == S7_DOWN) /* of the platform, to a report */
            proto_item_set_text(link, "Answer to the report in: %" PRIu32, relation->request->packet);
        proto_item_set_generated(proto_tree_add_time(tree, fields_hf_response_time, f->tvb, 0, 0, &taken));
    }
    add_packet_link(f, tree, fields_hf_response_in, relation->response);
    add_packet_link(f, tree, fields_hf_previous_report, relation->previous);
    add_packet_link(f, tree, fields_hf_next_report, relation->next);
    add_stream(tree, f->tvb, 0, f->stream);
}

static void add_fields(const struct tree_frame *f, proto_tree *tree, proto_tree *middle)
{
    const struct s7_message *m = f->message;
    if (m->proven)
        add_conversation_id(f, tree);
    for (size_t i = 0; i < G_N_ELEMENTS(head); i++)
        add_first(f, m->proven || stays_filterable(head[i]) ? tree : middle, head[i]);
    for (unsigned i = 0; i < m->count;) {
        unsigned id = m->fields[i].id;
        bool done = is_in(foot, G_N_ELEMENTS(foot), id) ||
                    (is_in(head, G_N_ELEMENTS(head), id) && s7_first(m, id) == &m->fields[i]);
        if (!done) {
            i = add_group(f, middle, i);
            continue;
        }
        unsigned depth = m->fields[i].depth;
        do
            i++;
        while (i < m->count && m->fields[i].depth > depth);
    }
    add_sides(f, tree);
    add_links(f, tree);
    add_first(f, tree, S7_FIELD_DIALECT);
    add_first(f, tree, S7_FIELD_DIRECTION);
    add_flags(f, tree);
    add_first(f, tree, S7_FIELD_FRAME);
}

/* The same as the tree would get, without one. */
static void add_expert_items(const struct tree_frame *f)
{
    const struct s7_message *m = f->message;
    uint32_t shown = 0;
    for (unsigned i = 0; i < m->count; i++) {
        if (!m->proven && !stays_filterable(m->fields[i].id))
            continue;
        add_notices(f, NULL, &m->fields[i]);
        shown |= m->proven ? m->fields[i].flags : 0;
    }
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++) {
        uint32_t bit = UINT32_C(1) << flag;
        if (!m->proven && m->flags & ERRORS & bit)
            expert_add_info_format(f->pinfo, NULL, &fields_ei[flag], UNPROVEN, s7_flag_names[flag]);
        else if (m->flags & ~shown & bit)
            expert_add_info(f->pinfo, NULL, &fields_ei[flag]);
    }
}

/* It is registered behind all plugins. */
static void start_file(void)
{
    expert_proto = proto_get_id_by_filter_name("_ws.expert");
}

void tree_register(void)
{
    register_init_routine(start_file);
}

bool tree_is_wanted(proto_tree *tree, int proto)
{
    return proto_field_is_referenced(tree, proto) || proto_field_is_referenced(tree, expert_proto);
}

void tree_add_frame(proto_tree *tree, const struct tree_frame *frame)
{
    if (!tree_is_wanted(tree, frame->proto)) {
        add_expert_items(frame);
        return;
    }
    proto_item *top =
        proto_tree_add_protocol_format(tree, frame->proto, frame->tvb, 0, -1, "%s, %s",
                                       proto_get_protocol_long_name(find_protocol_by_id(frame->proto)), frame->summary);
    proto_tree *below = proto_item_add_subtree(top, fields_ett_frame);
    proto_tree *middle = frame->message->proven ? below : add_unproven(frame, below);
    add_fields(frame, below, middle);
}

static void add_other(proto_tree *tree, tvbuff_t *tvb, int offset, int length, const char *other)
{
    proto_item_set_generated(proto_tree_add_string(tree, fields_hf_other, tvb, offset, length, other));
}

void tree_add_leftover(proto_tree *tree, const struct tree_leftover *l)
{
    const char *name = proto_get_protocol_long_name(find_protocol_by_id(l->proto));
    bool separator = l->reason == S7_LEFTOVER_SEPARATOR;
    proto_item *top = proto_tree_add_protocol_format(tree, l->proto, l->tvb, l->offset, l->length, "%s, %s (%d byte%s)",
                                                     name, separator ? "separator" : "unrecognised data", l->length,
                                                     l->length == 1 ? "" : "s");
    proto_tree *below = proto_item_add_subtree(top, fields_ett_frame);
    if (l->device_id && !separator)
        add_device(below, l->tvb, l->offset, l->device_id);
    if (!separator) {
        proto_item *bytes = proto_tree_add_item(below, fields_hf_leftover, l->tvb, l->offset, l->length, ENC_NA);
        expert_add_info_format(l->pinfo, bytes, &fields_ei_leftover, "Unrecognised data: %s",
                               s7_reason_names[l->reason]);
    }
    proto_item *item = proto_tree_add_string(below, fields_hf_leftover_reason, l->tvb, l->offset, l->length,
                                             s7_reason_names[l->reason]);
    proto_item_set_generated(item);
    add_stream(below, l->tvb, l->offset, l->stream);
    if (l->other)
        add_other(below, l->tvb, l->offset, l->length, l->other);
}

void tree_add_other(proto_tree *tree, tvbuff_t *tvb, int proto, const char *other)
{
    const char *name = proto_get_protocol_long_name(find_protocol_by_id(proto));
    proto_item *top =
        proto_tree_add_protocol_format(tree, proto, tvb, 0, -1, "%s, not GOTOP: looks like %s", name, other);
    add_other(proto_item_add_subtree(top, fields_ett_frame), tvb, 0, -1, other);
}
