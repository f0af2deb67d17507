/* SPDX-License-Identifier: GPL-2.0-or-later
 * The table of rules, and its parameters. */
#include "life/rules.h"

#include <glib.h>
#include <string.h>

const struct parameter_info rules_parameters[PARAMETER_COUNT] = {
#define PARAMETER(identifier, name, value, unit, help) {name, value, unit, help},
#include "life/rules.def"
};

const char *const rules_events[CONCLUSION_COUNT] = {
#define CONCLUSION(identifier, event, rule) event,
#include "life/rules.def"
};

static const char *const texts[CONCLUSION_COUNT] = {
#define CONCLUSION(identifier, event, rule) rule,
#include "life/rules.def"
};

void rules_init(struct rules *rules)
{
    *rules = (struct rules){.words = {NULL}};
    for (unsigned i = 0; i < PARAMETER_COUNT; i++)
        rules->values[i] = rules_parameters[i].value;
}

bool rules_set(struct rules *rules, const char *text)
{
    const char *equals = strchr(text, '=');
    char *end;
    if (!equals || !g_ascii_isdigit(equals[1]))
        return false;
    double value = g_ascii_strtod(equals + 1, &end);
    if (*end != '\0' || !(value <= RULES_MAX) || strpbrk(equals + 1, "xXpP"))
        return false;
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        const char *name = rules_parameters[i].name;
        if (strlen(name) != (size_t)(equals - text) || memcmp(name, text, strlen(name)) != 0)
            continue;
        rules->values[i] = value;
        return true;
    }
    return false;
}

void rules_spell(struct rules *rules)
{
    GString *words[CONCLUSION_COUNT];
    for (unsigned i = 0; i < CONCLUSION_COUNT; i++)
        words[i] = g_string_new(texts[i]);
    for (unsigned parameter = 0; parameter < PARAMETER_COUNT; parameter++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_autofree char *name = g_strdup_printf("{%s}", rules_parameters[parameter].name);
        g_ascii_formatd(number, sizeof number, "%.9g", rules->values[parameter]);
        for (unsigned i = 0; i < CONCLUSION_COUNT; i++)
            g_string_replace(words[i], name, number, 0);
    }
    for (unsigned i = 0; i < CONCLUSION_COUNT; i++) {
        g_free(rules->words[i]);
        rules->words[i] = g_string_free(words[i], FALSE);
    }
}

void rules_clear(struct rules *rules)
{
    for (unsigned i = 0; i < CONCLUSION_COUNT; i++)
        g_clear_pointer(&rules->words[i], g_free);
}
