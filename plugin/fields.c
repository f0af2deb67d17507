/* SPDX-License-Identifier: GPL-2.0-or-later
 * Registration of filter fields, subtrees and expert items: see fields.h. */
#include "fields.h"

#include <epan/tfs.h>

int fields_hf[S7_FIELD_COUNT];
static int hf_narrow[S7_FIELD_COUNT][3]; /* of a hexadecimal field that was sent with 2, 4, 6 digits at most */
int fields_ett[S7_FIELD_COUNT];
expert_field fields_ei[S7_FLAG_COUNT];
int fields_hf_leftover, fields_hf_leftover_reason, fields_hf_other;
int fields_hf_request_in, fields_hf_response_in, fields_hf_response_time, fields_hf_previous_report,
    fields_hf_next_report, fields_hf_stream;
int fields_hf_position, fields_hf_skew;
int fields_hf_source, fields_hf_destination, fields_hf_side;
expert_field fields_ei_leftover = EI_INIT;
expert_field fields_ei_event = EI_INIT, fields_ei_alarm = EI_INIT;
expert_field fields_ei_rejected = EI_INIT, fields_ei_default_password = EI_INIT;
int fields_ett_frame, fields_ett_unproven;

struct fields_bit fields_bits[FIELDS_BIT_COUNT] = {
#define BIT(field, bit, filter, label, set, clear) {S7_FIELD_##field, bit, 0},
#include "bits.def"
#undef BIT
};

static const true_false_string bit_words[FIELDS_BIT_COUNT] = {
#define BIT(field, bit, filter, label, set, clear) {set, clear},
#include "bits.def"
#undef BIT
};

/* Wireshark's type, base and strings of each type of fields.def. Decimal numbers have 64 bits, so that one out of range
 * stays exact. Hexadecimal ones are as wide as sent, of which this is the widest: Wireshark prints all digits of a
 * type, and compares fields of one name only up to 32 bits. */
#define TYPE_TEXT    FT_STRING, BASE_NONE, NULL
#define TYPE_NAME    FT_STRING, BASE_NONE, NULL
#define TYPE_BOOL    FT_BOOLEAN, BASE_NONE, TFS(&tfs_yes_no)
#define TYPE_UINT    FT_UINT64, BASE_DEC, NULL
#define TYPE_DECIMAL FT_DOUBLE, BASE_NONE, NULL
#define TYPE_HEX     FT_UINT32, BASE_HEX, NULL
#define TYPE_TIME    FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL

static hf_register_info hf_fields[S7_FIELD_COUNT] = {
#define FIELD(identifier, filter, column, type, occurs, unit, label, help)                                             \
    {&fields_hf[S7_FIELD_##identifier], {label, "gotop." filter, TYPE_##type, 0, help, HFILL}},
#include "fields.def"
#undef FIELD
};

/* The narrower ones of the hexadecimal fields, with the same names. */
static const enum ftenum narrow_types[G_N_ELEMENTS(hf_narrow[0])] = {FT_UINT8, FT_UINT16, FT_UINT24};
static hf_register_info hf_narrow_fields[S7_FIELD_COUNT][G_N_ELEMENTS(narrow_types)];

/* Bits drawn in front of the name of a bit. */
#define WIDTH_STATUS  32
#define WIDTH_INPUTS  8
#define WIDTH_OUTPUTS 8

static hf_register_info hf_bits[FIELDS_BIT_COUNT] = {
#define BIT(field, bit, filter, label, set, clear)                                                                     \
    {NULL, {label, "gotop." filter, FT_BOOLEAN, WIDTH_##field, NULL, UINT64_C(1) << (bit), NULL, HFILL}},
#include "bits.def"
#undef BIT
};

static hf_register_info hf_leftovers[] = {
    {&fields_hf_leftover,
     {"Unrecognised data", "gotop.leftover", FT_BYTES, BASE_NONE, NULL, 0, "Bytes that are in no frame", HFILL}},
    {&fields_hf_leftover_reason,
     {"Reason", "gotop.leftover_reason", FT_STRING, BASE_NONE, NULL, 0, "Why the bytes are in no frame", HFILL}},
    {&fields_hf_other,
     {"Looks like", "gotop.other_protocol", FT_STRING, BASE_NONE, NULL, 0,
      "Another maker's protocol that the bytes resemble", HFILL}},
};

static hf_register_info hf_derived[] = {
    {&fields_hf_position,
     {"Position", "gotop.position", FT_STRING, BASE_NONE, NULL, 0,
      "Latitude and longitude with the digits that were sent: for a column, or to be copied", HFILL}},
    {&fields_hf_skew,
     {"Capture time minus device time", "gotop.skew", FT_DOUBLE, BASE_NONE, NULL, 0,
      "Seconds, both read as UTC: a report that was stored, a clock in another zone or one that is wrong", HFILL}},
};

static hf_register_info hf_sides[] = {
    {&fields_hf_source,
     {"Source", "gotop.src", FT_STRING, BASE_NONE, NULL, 0, "Who sent it: the device's id, or the platform's address",
      HFILL}},
    {&fields_hf_destination,
     {"Destination", "gotop.dst", FT_STRING, BASE_NONE, NULL, 0,
      "To whom it was sent: the device's id, or the platform's address", HFILL}},
    {&fields_hf_side,
     {"Source or destination", "gotop.addr", FT_STRING, BASE_NONE, NULL, 0,
      "The device's id and the platform's address", HFILL}},
};

static hf_register_info hf_links[] = {
    {&fields_hf_request_in,
     {"Answer to the command in", "gotop.request_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
      "Packet of the command that this answers", HFILL}},
    {&fields_hf_response_in,
     {"Answered in", "gotop.response_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0,
      "Packet of the first answer to this command", HFILL}},
    {&fields_hf_response_time,
     {"Response time", "gotop.response_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
      "Time between the command and this answer", HFILL}},
    {&fields_hf_previous_report,
     {"Previous report of this device", "gotop.previous_report", FT_FRAMENUM, BASE_NONE, NULL, 0,
      "Packet of the report before this one, in any conversation", HFILL}},
    {&fields_hf_next_report,
     {"Next report of this device", "gotop.next_report", FT_FRAMENUM, BASE_NONE, NULL, 0,
      "Packet of the report behind this one, in any conversation", HFILL}},
    {&fields_hf_stream,
     {"Stream", "gotop.stream", FT_UINT32, BASE_DEC, NULL, 0,
      "Number of the conversation, in the order in which they were recognised", HFILL}},
};

static ei_register_info ei_flags[S7_FLAG_COUNT] = {
#define FLAG(identifier, name, severity, help)                                                                         \
    {&fields_ei[S7_FLAG_##identifier], {"gotop.flag." name, PI_PROTOCOL, PI_##severity, help, EXPFILL}},
#include "flags.def"
#undef FLAG
};

static ei_register_info ei_leftovers[] = {
    {&fields_ei_leftover,
     {"gotop.leftover.unrecognised", PI_UNDECODED, PI_NOTE, "Bytes that are in no frame", EXPFILL}},
};

/* An event is no fault of the protocol: chat, or a note where somebody may need help. */
static ei_register_info ei_notices[] = {
    {&fields_ei_event, {"gotop.event.reported", PI_SEQUENCE, PI_CHAT, "Event", EXPFILL}},
    {&fields_ei_alarm, {"gotop.event.alarm", PI_SEQUENCE, PI_NOTE, "Alarm", EXPFILL}},
    {&fields_ei_rejected, {"gotop.rejected", PI_RESPONSE_CODE, PI_NOTE, "The device refused a command", EXPFILL}},
    {&fields_ei_default_password,
     {"gotop.password.default", PI_SECURITY, PI_WARN, "The password is the one of the factory, 123456", EXPFILL}},
};

static void register_subtrees(void)
{
    static int *subtrees[S7_FIELD_COUNT + 2];
    for (int i = 0; i < S7_FIELD_COUNT; i++)
        subtrees[i] = &fields_ett[i];
    subtrees[S7_FIELD_COUNT] = &fields_ett_frame;
    subtrees[S7_FIELD_COUNT + 1] = &fields_ett_unproven;
    for (int i = 0; i < S7_FIELD_COUNT + 2; i++)
        *subtrees[i] = -1;
    proto_register_subtree_array(subtrees, S7_FIELD_COUNT + 2);
}

static void register_expert_items(int proto)
{
    static const expert_field unset = EI_INIT;
    for (int i = 0; i < S7_FLAG_COUNT; i++)
        fields_ei[i] = unset;
    ei_flags[S7_FLAG_CHECKSUM_BAD].eiinfo.group = PI_CHECKSUM;
    ei_flags[S7_FLAG_DAMAGED].eiinfo.group = PI_MALFORMED;
    ei_flags[S7_FLAG_TRUNCATED].eiinfo.group = PI_MALFORMED;
    ei_flags[S7_FLAG_UNKNOWN_CODE].eiinfo.group = PI_UNDECODED;
    ei_flags[S7_FLAG_UNKNOWN_EVENT].eiinfo.group = PI_UNDECODED;
    expert_module_t *module = expert_register_protocol(proto);
    expert_register_field_array(module, ei_flags, (int)G_N_ELEMENTS(ei_flags));
    expert_register_field_array(module, ei_leftovers, (int)G_N_ELEMENTS(ei_leftovers));
    expert_register_field_array(module, ei_notices, (int)G_N_ELEMENTS(ei_notices));
}

/* To be called before the widest are registered: a filter reads its numbers as the last one of a name. */
static void register_narrow(int proto)
{
    for (int id = 0; id < S7_FIELD_COUNT; id++)
        for (size_t i = 0; s7_fields[id].type == S7_HEX && i < G_N_ELEMENTS(narrow_types); i++) {
            hf_register_info *narrow = &hf_narrow_fields[id][i];
            *narrow = hf_fields[id];
            narrow->p_id = &hf_narrow[id][i];
            narrow->hfinfo.type = narrow_types[i];
            proto_register_field_array(proto, narrow, 1);
        }
}

void fields_register(int proto)
{
    register_narrow(proto);
    for (int i = 0; i < FIELDS_BIT_COUNT; i++) {
        hf_bits[i].p_id = &fields_bits[i].hf;
        hf_bits[i].hfinfo.strings = TFS(&bit_words[i]);
    }
    proto_register_field_array(proto, hf_fields, (int)G_N_ELEMENTS(hf_fields));
    proto_register_field_array(proto, hf_bits, (int)G_N_ELEMENTS(hf_bits));
    proto_register_field_array(proto, hf_leftovers, (int)G_N_ELEMENTS(hf_leftovers));
    proto_register_field_array(proto, hf_derived, (int)G_N_ELEMENTS(hf_derived));
    proto_register_field_array(proto, hf_sides, (int)G_N_ELEMENTS(hf_sides));
    proto_register_field_array(proto, hf_links, (int)G_N_ELEMENTS(hf_links));
    register_subtrees();
    register_expert_items(proto);
}

int fields_of(const struct s7_field *field)
{
    if (field->type != S7_HEX)
        return fields_hf[field->id];
    if ((uint64_t)field->value.integer > UINT32_MAX)
        return 0;
    size_t bytes = (field->digits + 1U) / 2;
    return bytes > 0 && bytes <= G_N_ELEMENTS(narrow_types) ? hf_narrow[field->id][bytes - 1] : fields_hf[field->id];
}

uint64_t fields_unnamed_bits(enum s7_field_id id)
{
    uint64_t bits = UINT64_MAX;
    for (int i = 0; i < FIELDS_BIT_COUNT; i++)
        if (fields_bits[i].field == id)
            bits &= ~(UINT64_C(1) << fields_bits[i].bit);
    return bits;
}
