/* SPDX-License-Identifier: GPL-2.0-or-later
 * devices/<device_id>.csvt and .prj beside each timeline: the same two texts for all devices. */
#include "derived/beside.h"

#include "base/file_name.h"
#include "base/io.h"
#include "base/sha256.h"
#include "result/row.h"

#include <unistd.h>

/* WGS 84, in the form that both OGR and older programs of its kind read. */
#define PROJECTION                                                                                                     \
    "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],"                                \
    "PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433],AUTHORITY[\"EPSG\",\"4326\"]]\n"

/* What all of these files hold. */
struct content {
    const char *suffix;
    GString *text;
    char *sha256; /* NULL without hashes */
};

struct beside {
    struct output *output;
    struct content contents[2];
};

/* Of one thread. */
struct state {
    const struct beside *beside;
    const struct device *device;
    bool written;
};

static const char *type_of_field(unsigned id)
{
    if (id == S7_FIELD_LATITUDE)
        return "CoordY";
    if (id == S7_FIELD_LONGITUDE)
        return "CoordX";
    if (s7_fields[id].many)
        return "String"; /* 1=4.56;2=0.00 */
    switch (s7_fields[id].type) {
    case S7_BOOL:
        return "Integer(Boolean)";
    case S7_UINT:
        return "Integer64";
    case S7_DECIMAL:
        return "Real";
    case S7_TIME:
        return "DateTime";
    default:
        return "String";
    }
}

/* Of a column by its name: those that are no field's are the analyzer's own. */
static const char *type_of(const char *column)
{
    static const char *const integers[] = {"stream", "stream_offset", "capture_file"};
    for (unsigned id = 0; id < ROW_COLUMNS; id++)
        if (strcmp(s7_fields[id].column, column) == 0)
            return type_of_field(id);
    for (size_t i = 0; i < G_N_ELEMENTS(integers); i++)
        if (strcmp(integers[i], column) == 0)
            return "Integer64";
    if (strcmp(column, "capture_time") == 0)
        return "DateTime";
    return strcmp(column, "skew_s") == 0 ? "Real" : "String";
}

static GString *types(void)
{
    g_autoptr(GString) header = g_string_new(NULL);
    row_header(header);
    g_strchomp(header->str);
    g_auto(GStrv) columns = g_strsplit(header->str, ",", -1);
    GString *text = g_string_new(NULL);
    for (char **column = columns; *column; column++)
        g_string_append_printf(text, "%s\"%s\"", column > columns ? "," : "", type_of(*column));
    return g_string_append_c(text, '\n');
}

static char *sha256_of(const GString *text)
{
    struct sha256 *hash = sha256_begin();
    sha256_add(hash, text->str, text->len);
    return sha256_end(hash);
}

struct beside *beside_new(struct output *output, bool hash)
{
    struct beside *beside = g_new0(struct beside, 1);
    beside->output = output;
    beside->contents[0] = (struct content){"csvt", types(), NULL};
    beside->contents[1] = (struct content){"prj", g_string_new(PROJECTION), NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(beside->contents) && hash; i++)
        beside->contents[i].sha256 = sha256_of(beside->contents[i].text);
    return beside;
}

static void *open_state(void *shared, const struct life_turn *turn)
{
    struct state *state = g_new0(struct state, 1);
    state->beside = shared;
    return state;
}

static void begin(void *user, const struct device *device)
{
    struct state *state = user;
    state->device = device;
    state->written = false;
}

static void write_content(struct output *output, const struct content *content, const char *device)
{
    g_autofree char *name = g_strdup_printf("devices/%s.%s", device, content->suffix);
    int descriptor = output_create(output, name);
    if (descriptor < 0)
        return;
    if (!io_write(descriptor, content->text->str, content->text->len))
        output_fail(output, "write", name);
    if (close(descriptor) != 0)
        output_fail(output, "write", name);
    output_created(output, name, content->text->len, g_strdup(content->sha256));
}

/* The first row says that there is a timeline. */
static void row(void *user, const struct life_row *life_row)
{
    struct state *state = user;
    char device[FILE_NAME_DEVICE_SIZE];
    if (state->written)
        return;
    state->written = true;
    file_name_device(state->device->id, state->device->marked, device);
    for (size_t i = 0; i < G_N_ELEMENTS(state->beside->contents); i++)
        write_content(state->beside->output, &state->beside->contents[i], device);
}

struct teller beside_teller(struct beside *beside)
{
    return (struct teller){.shared = beside, .open = open_state, .begin = begin, .row = row, .close = g_free};
}

void beside_free(struct beside *beside)
{
    if (!beside)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(beside->contents); i++) {
        g_string_free(beside->contents[i].text, TRUE);
        g_free(beside->contents[i].sha256);
    }
    g_free(beside);
}
