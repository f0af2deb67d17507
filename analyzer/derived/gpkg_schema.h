/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tables of timeline.gpkg as SQL: those that an OGC GeoPackage 1.3 must have, and ours. */
#ifndef GPKG_SCHEMA_H
#define GPKG_SCHEMA_H

/* A table with geometries. */
struct gpkg_schema_layer {
    const char *name, *geometry, *description;
    const char *create; /* SQL */
};
/* In the order of enum gpkg_layer. */
extern const struct gpkg_schema_layer gpkg_schema_layers[];

/* One without; the last one has no name. */
struct gpkg_schema_table {
    const char *name, *description;
};
extern const struct gpkg_schema_table gpkg_schema_tables[];

/* Settings, the beginning of the transaction, the tables of the standard. */
extern const char gpkg_schema_begin[];
/* A row of gpkg_contents: name, type, description, time, four sides of the extent, reference system. */
extern const char gpkg_schema_list[];
/* The virtual table of a layer's index; to be freed. */
char *gpkg_schema_index(const char *layer);
/* What is said of a layer when it is filled, and the triggers that keep its index; to be freed. */
char *gpkg_schema_layer_end(const struct gpkg_schema_layer *layer);

#endif
