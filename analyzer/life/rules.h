/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rules by which a device's rows become events and trips: their closed list (rules.def), their parameters, their
 * words. */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>

enum parameter {
#define PARAMETER(identifier, ...) PARAMETER_##identifier,
#include "life/rules.def"
    PARAMETER_COUNT
};

enum conclusion {
#define CONCLUSION(identifier, ...) CONCLUSION_##identifier,
#include "life/rules.def"
    CONCLUSION_COUNT
};

struct parameter_info {
    const char *name;
    double value; /* the default */
    const char *unit, *help;
};
extern const struct parameter_info rules_parameters[PARAMETER_COUNT];
/* Names of their events, NULL: that of the alarm. */
extern const char *const rules_events[CONCLUSION_COUNT];

struct rules {
    double values[PARAMETER_COUNT];
    char *words[CONCLUSION_COUNT]; /* the rule with its parameters; NULL before rules_spell() */
};

/* The defaults. */
void rules_init(struct rules *rules);
/* "trip_distance=300": a number from 0 to RULES_MAX. False, and nothing is changed, if it is nothing of the kind. */
#define RULES_MAX 1e9
bool rules_set(struct rules *rules, const char *text);
/* The parameters are final. */
void rules_spell(struct rules *rules);
void rules_clear(struct rules *rules);

#endif
