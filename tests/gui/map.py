# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws timeline.gpkg with QGIS, as its window would: trips by speed, fixes, events by name. No map of the world lies below:
nothing is fetched. Usage: map.py timeline.gpkg DEVICE picture.png"""
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsLayoutExporter,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemMapGrid,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsPrintLayout,
    QgsProject,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont  # noqa: E402

WIDTH = 260  # mm
EVENTS = {"ignition_on": "#2e7d32", "ignition_off": "#555555", "overspeed": "#b3261e", "harsh_braking": "#e08a00"}
MM = QgsUnitTypes.LayoutMillimeters


def font(size, bold=False):
    shown = QFont("DejaVu Sans", size)
    shown.setBold(bold)
    return shown


def add_layer(project, path, table, device, name):
    layer = QgsVectorLayer(f"{path}|layername={table}", name, "ogr")
    assert layer.isValid(), f"QGIS does not read {table}"
    layer.setSubsetString(f"device_id = '{device}'")
    assert len(list(layer.getFeatures())) > 0, f"no {table} of {device}"
    project.addMapLayer(layer)
    return layer


def style_trips(layer):
    shown = []
    for kind, colour, width in (("trip", "#1f5f99", "1.1"), ("stop", "#8a949e", "1.1")):
        symbol = QgsLineSymbol.createSimple({"color": colour, "width": width, "capstyle": "round"})
        shown.append(QgsRendererCategory(kind, symbol, kind))
    layer.setRenderer(QgsCategorizedSymbolRenderer("kind", shown))


def style_events(layer):
    shown = []
    for event, colour in EVENTS.items():
        symbol = QgsMarkerSymbol.createSimple({"name": "triangle", "color": colour, "outline_color": "white", "size": "4"})
        shown.append(QgsRendererCategory(event, symbol, event))
    layer.setRenderer(QgsCategorizedSymbolRenderer("event", shown))
    text = QgsTextFormat()
    text.setFont(font(9))
    text.setSize(9)
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(1)
    text.setBuffer(halo)
    label = QgsPalLayerSettings()
    label.fieldName = "case when event in ({}) then event || format_date(time, ' HH:mm:ss') end".format(", ".join(f"'{e}'" for e in EVENTS))
    label.isExpression = True
    label.placement = QgsPalLayerSettings.OrderedPositionsAroundPoint
    label.setFormat(text)
    layer.setLabeling(QgsVectorLayerSimpleLabeling(label))
    layer.setLabelsEnabled(True)


def draw(project, layers, picture):
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    area = QgsLayoutItemMap(layout)
    layout.addLayoutItem(area)
    area.setRect(0, 0, WIDTH - 28, WIDTH - 28)
    area.attemptMove(QgsLayoutPoint(14, 6, MM))
    area.setLayers(layers)
    extent = QgsGeometry.collectGeometry([f.geometry() for f in layers[1].getFeatures()]).boundingBox()
    extent.scale(1.2)
    area.setExtent(extent)  # it becomes as high as that is
    height = area.rect().height() + 13
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(WIDTH, height, MM))
    area.setFrameEnabled(True)
    grid = QgsLayoutItemMapGrid("degrees", area)
    grid.setIntervalX(0.05)
    grid.setIntervalY(0.05)
    grid.setStyle(QgsLayoutItemMapGrid.Cross)
    grid.setAnnotationEnabled(True)
    grid.setAnnotationPrecision(2)
    grid.setAnnotationFormat(QgsLayoutItemMapGrid.DecimalWithSuffix)
    grid.setAnnotationFont(font(8))
    grid.setGridLineColor(QColor("#aab3bc"))
    area.grids().addGrid(grid)
    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(area)
    legend.setLegendFilterByMapEnabled(True)
    legend.attemptMove(QgsLayoutPoint(18, 10, MM))
    layout.addLayoutItem(legend)
    bar = QgsLayoutItemScaleBar(layout)
    bar.setStyle("Single Box")
    bar.setLinkedMap(area)
    bar.setUnits(QgsUnitTypes.DistanceKilometers)
    bar.setUnitLabel("km")
    bar.setUnitsPerSegment(2.5)
    bar.setNumberOfSegments(2)
    bar.setNumberOfSegmentsLeft(0)
    layout.addLayoutItem(bar)
    bar.attemptMove(QgsLayoutPoint(WIDTH - 72, height - 26, MM))
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 100
    if os.path.exists(picture):
        os.remove(picture)
    result = QgsLayoutExporter(layout).exportToImage(picture, settings)
    assert result == QgsLayoutExporter.Success, result


def main(path, device, picture):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    project.setEllipsoid("EPSG:7030")
    trips = add_layer(project, path, "trips", device, "trips")
    fixes = add_layer(project, path, "fixes", device, "fixes")
    events = add_layer(project, path, "events", device, "events")
    style_trips(trips)
    symbol = QgsMarkerSymbol.createSimple({"name": "circle", "color": "white", "outline_color": "#1f5f99", "size": "1.8"})
    fixes.setRenderer(QgsSingleSymbolRenderer(symbol))
    style_events(events)
    draw(project, [events, fixes, trips], picture)
    QgsProject.instance().clear()
    application.exitQgis()


if __name__ == "__main__":
    main(*sys.argv[1:])
