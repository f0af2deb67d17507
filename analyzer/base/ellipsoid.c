/* SPDX-License-Identifier: GPL-2.0-or-later
 * The way between two positions on the ellipsoid of WGS84: by the radii of curvature at the middle latitude where it is
 * short, by Vincenty's inverse formula (Survey Review 23, 1975) else, by Lambert's where that does not converge. */
#include "base/distance.h"

#include <math.h>
#include <stdlib.h>

#define MAJOR      6378137.0
#define FLATTENING (1 / 298.257223563)
#define MINOR      (MAJOR * (1 - FLATTENING))
#define SQUARE     (FLATTENING * (2 - FLATTENING)) /* of the first eccentricity */
#define PI         3.14159265358979323846
#define RADIANS    (PI / 180.0 / 1e7)
/* Up to a tenth of a degree, up to 70 degrees of latitude, the arcs are straight lines to two millimetres. */
#define SHORT     1000000
#define POLEWARD  700000000
#define CONVERGED 1e-12
#define ROUNDS    100

static double short_way(double north, double east, double middle)
{
    double sine = sin(middle), w = 1 - SQUARE * sine * sine;
    double normal = MAJOR / sqrt(w), meridian = normal * (1 - SQUARE) / w;
    double y = meridian * north, x = normal * sqrt(1 - sine * sine) * east;
    return sqrt(x * x + y * y);
}

/* An arc on the auxiliary sphere between two reduced latitudes. */
struct arc {
    double sine_u1, cosine_u1, sine_u2, cosine_u2;
    double sine, cosine, sigma; /* of its length */
    double azimuth;             /* square of the cosine of the azimuth at the equator */
    double middle;              /* cosine of twice the distance from the equator to its middle */
};

static void arc_by(struct arc *arc, double lambda)
{
    double across = arc->cosine_u2 * sin(lambda);
    double along = arc->cosine_u1 * arc->sine_u2 - arc->sine_u1 * arc->cosine_u2 * cos(lambda);
    arc->sine = sqrt(across * across + along * along);
    arc->cosine = arc->sine_u1 * arc->sine_u2 + arc->cosine_u1 * arc->cosine_u2 * cos(lambda);
    arc->sigma = atan2(arc->sine, arc->cosine);
    double sine = arc->sine > 0 ? arc->cosine_u1 * across / arc->sine : 0;
    arc->azimuth = 1 - sine * sine;
    arc->middle = arc->azimuth > 0 ? arc->cosine - 2 * arc->sine_u1 * arc->sine_u2 / arc->azimuth : 0;
}

/* The longitude on the sphere that belongs to that on the ellipsoid; false if it is not found. */
static bool converge(struct arc *arc, double east)
{
    double lambda = east, before = 10;
    for (unsigned round = 0; round < ROUNDS; round++) {
        arc_by(arc, lambda);
        if (fabs(lambda - before) < CONVERGED)
            return true;
        double c = FLATTENING / 16 * arc->azimuth * (4 + FLATTENING * (4 - 3 * arc->azimuth));
        double sine = sqrt(fmax(1 - arc->azimuth, 0)) * (east < 0 ? -1 : 1);
        before = lambda;
        lambda = east + (1 - c) * FLATTENING * sine *
                            (arc->sigma +
                             c * arc->sine * (arc->middle + c * arc->cosine * (2 * arc->middle * arc->middle - 1)));
        if (fabs(lambda) > PI)
            return false;
    }
    return false;
}

static double vincenty(const struct arc *arc)
{
    double square = arc->azimuth * (MAJOR * MAJOR - MINOR * MINOR) / (MINOR * MINOR), middle = arc->middle;
    double a = 1 + square / 16384 * (4096 + square * (-768 + square * (320 - 175 * square)));
    double b = square / 1024 * (256 + square * (-128 + square * (74 - 47 * square)));
    double inner = arc->cosine * (2 * middle * middle - 1) -
                   b / 6 * middle * (4 * arc->sine * arc->sine - 3) * (4 * middle * middle - 3);
    return MINOR * a * (arc->sigma - b * arc->sine * (middle + b / 4 * inner));
}

static double lambert(struct arc *arc, double u1, double u2, double east)
{
    arc_by(arc, east);
    double p = sin((u1 + u2) / 2), q = sin((u2 - u1) / 2), half = cos(arc->sigma / 2), other = sin(arc->sigma / 2);
    double x = half != 0 ? (arc->sigma - arc->sine) * p * p * (1 - q * q) / (half * half) : 0;
    double y = other != 0 ? (arc->sigma + arc->sine) * (1 - p * p) * q * q / (other * other) : 0;
    return MAJOR * (arc->sigma - FLATTENING / 2 * (x + y));
}

double distance_ellipsoid(struct position from, struct position to)
{
    int64_t north = (int64_t)to.latitude - from.latitude, east = (int64_t)to.longitude - from.longitude;
    if (north == 0 && east == 0)
        return 0;
    if (east > 1800000000)
        east -= 3600000000;
    else if (east < -1800000000)
        east += 3600000000;
    int64_t middle = ((int64_t)to.latitude + from.latitude) / 2;
    if (llabs(north) <= SHORT && llabs(east) <= SHORT && llabs(middle) <= POLEWARD)
        return short_way((double)north * RADIANS, (double)east * RADIANS, (double)middle * RADIANS);
    double u1 = atan((1 - FLATTENING) * tan(from.latitude * RADIANS));
    double u2 = atan((1 - FLATTENING) * tan(to.latitude * RADIANS));
    struct arc arc = {.sine_u1 = sin(u1), .cosine_u1 = cos(u1), .sine_u2 = sin(u2), .cosine_u2 = cos(u2)};
    return converge(&arc, (double)east * RADIANS) ? vincenty(&arc) : lambert(&arc, u1, u2, (double)east * RADIANS);
}
