/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tables of timeline.gpkg as SQL. The triggers are those of the standard's extension for R-tree indexes: they work
 * on in programs that change the tables, which bring ST_MinX() and the like. */
#include "derived/gpkg_schema.h"

#include <glib.h>

#define WGS84                                                                                                          \
    "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],"    \
    "AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\","              \
    "0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],"              \
    "AUTHORITY[\"EPSG\",\"4326\"]]"

const char gpkg_schema_begin[] =
    "PRAGMA page_size = 4096;"
    "PRAGMA journal_mode = OFF;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA foreign_keys = OFF;"
    "PRAGMA application_id = 0x47504B47;"
    "PRAGMA user_version = 10300;"
    "BEGIN;"
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT "
    "NULL, "
    "organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);"
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT "
    "UNIQUE, "
    "description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), "
    "min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, "
    "CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));"
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
    "geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, "
    "CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), "
    "CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), "
    "CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));"
    "CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
    "definition TEXT NOT NULL, scope TEXT NOT NULL, "
    "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));"
    "INSERT INTO gpkg_spatial_ref_sys VALUES"
    " ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),"
    " ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),"
    " ('WGS 84 geodetic', 4326, 'EPSG', 4326, '" WGS84 "', 'longitude and latitude in degrees on WGS 84');";

const char gpkg_schema_list[] = "INSERT INTO gpkg_contents(table_name, data_type, identifier, description, "
                                "last_change, min_x, min_y, max_x, max_y, "
                                "srs_id) VALUES(?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/* The geometry of a trip may be large and stands last: SQLite then makes room for it without building it. */
const struct gpkg_schema_layer gpkg_schema_layers[] = {
    {"fixes", "POINT", "Current fixes; fid is that of the report",
     "CREATE TABLE fixes (fid INTEGER PRIMARY KEY NOT NULL, geom POINT, device_id TEXT, row INTEGER, "
     "time DATETIME, clock TEXT, event TEXT, altitude_m DOUBLE, speed_kmh DOUBLE, course_deg INTEGER, "
     "satellites INTEGER, hdop DOUBLE, ignition BOOLEAN, flags TEXT)"},
    {"trips", "MULTILINESTRING", "Trips, stops and silences",
     "CREATE TABLE trips (fid INTEGER PRIMARY KEY NOT NULL, device_id TEXT, kind TEXT, start DATETIME, "
     "\"end\" DATETIME, device_start TEXT, device_end TEXT, duration_s INTEGER, distance_m DOUBLE, odometer_m INTEGER, "
     "max_speed_kmh DOUBLE, start_latitude DOUBLE, start_longitude DOUBLE, end_latitude DOUBLE, end_longitude DOUBLE, "
     "first_row INTEGER, last_row INTEGER, geom MULTILINESTRING)"},
    {"events", "POINT", "What happened, device by device",
     "CREATE TABLE events (fid INTEGER PRIMARY KEY NOT NULL, geom POINT, device_id TEXT, time DATETIME, "
     "device_time TEXT, clock TEXT, event TEXT, detail TEXT, first_row INTEGER, last_row INTEGER, rule TEXT)"},
};

const struct gpkg_schema_table gpkg_schema_tables[] = {{"reports", "Every row of every timeline"},
                                                       {"devices", "One row a device"},
                                                       {"streams", "One row a conversation"},
                                                       {NULL, NULL}};

/* LAYER is replaced by its name, GEOMETRY by its type. What the triggers do when a geometry is there. */
#define PUT                                                                                                            \
    "INSERT OR REPLACE INTO rtree_LAYER_geom VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), "                  \
    "ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;"
#define THERE  "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
#define ABSENT "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"

char *gpkg_schema_index(const char *layer)
{
    return g_strdup_printf("CREATE VIRTUAL TABLE rtree_%s_geom USING rtree(id, minx, maxx, miny, maxy)", layer);
}

char *gpkg_schema_layer_end(const struct gpkg_schema_layer *layer)
{
    GString *sql = g_string_new(
        "INSERT INTO gpkg_geometry_columns VALUES ('LAYER', 'geom', 'GEOMETRY', 4326, 0, 0);"
        "INSERT INTO gpkg_extensions VALUES ('LAYER', 'geom', 'gpkg_rtree_index', "
        "'http://www.geopackage.org/spec130/#extension_rtree', 'write-only');"
        "CREATE TRIGGER rtree_LAYER_geom_insert AFTER INSERT ON LAYER WHEN (NEW.geom NOT NULL AND NOT "
        "ST_IsEmpty(NEW.geom)) BEGIN " PUT
        "CREATE TRIGGER rtree_LAYER_geom_update1 AFTER UPDATE OF geom ON LAYER WHEN OLD.fid = NEW.fid AND " THERE
        " BEGIN " PUT
        "CREATE TRIGGER rtree_LAYER_geom_update2 AFTER UPDATE OF geom ON LAYER WHEN OLD.fid = NEW.fid AND " ABSENT
        " BEGIN DELETE FROM rtree_LAYER_geom WHERE id = OLD.fid; END;"
        "CREATE TRIGGER rtree_LAYER_geom_update3 AFTER UPDATE ON LAYER WHEN OLD.fid != NEW.fid AND " THERE
        " BEGIN DELETE FROM rtree_LAYER_geom WHERE id = OLD.fid; " PUT
        "CREATE TRIGGER rtree_LAYER_geom_update4 AFTER UPDATE ON LAYER WHEN OLD.fid != NEW.fid AND " ABSENT
        " BEGIN DELETE FROM rtree_LAYER_geom WHERE id IN (OLD.fid, NEW.fid); END;"
        "CREATE TRIGGER rtree_LAYER_geom_delete AFTER DELETE ON LAYER WHEN OLD.geom NOT NULL "
        "BEGIN DELETE FROM rtree_LAYER_geom WHERE id = OLD.fid; END;");
    g_string_replace(sql, "LAYER", layer->name, 0);
    g_string_replace(sql, "GEOMETRY", layer->geometry, 0);
    return g_string_free(sql, FALSE);
}
