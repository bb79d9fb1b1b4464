"""Which parts of road segments lie in an area, or near a line: compiled clipping.

The outline (its own segments, (r, 4): x0, y0, x1, y1) is sorted into horizontal bands, so that a
road segment meets only the outline beside it. Results are stretches of edges, in order:
(edge, start, end, cosine), start and end in metres along the edge, each edge's stretches merged.
"""

from __future__ import annotations

import numpy as np

from routing.jit import fast
from routing.table import Floats, Int32s

_MOST_BANDS = 1024


def bands(outline: Floats, grow: float = 0.0) -> tuple[Floats, Int32s, Int32s]:
    """(3,) lowest y, band height and number of bands; and the outline's segments by band."""
    low = np.minimum(outline[:, 1], outline[:, 3]) - grow
    high = np.maximum(outline[:, 1], outline[:, 3]) + grow
    count = int(np.clip(len(outline) // 4, 1, _MOST_BANDS))
    bottom = float(low.min())
    height = max((float(high.max()) - bottom) / count, 1e-12)
    first = np.clip((low - bottom) // height, 0, count - 1).astype(np.int64)
    last = np.clip((high - bottom) // height, 0, count - 1).astype(np.int64)
    # One band more on either side: rounding must not part a segment from its band.
    first, last = np.maximum(first - 1, 0), np.minimum(last + 1, count - 1)
    many = last - first + 1
    owner = np.repeat(np.arange(len(outline)), many)
    band = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)
    order = np.argsort(band, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(band, minlength=count))])
    frame = np.array([bottom, height, count], dtype=np.float64)
    return frame, ptr.astype(np.int32), owner[order].astype(np.int32)


@fast
def cut_area(
    segment: Int32s,
    segment_edge: Int32s,
    segment_vertex: Int32s,
    lon: Floats,
    lat: Floats,
    metres: Floats,
    outline: Floats,
    frame: Floats,
    band_ptr: Int32s,
    band_item: Int32s,
) -> tuple[Int32s, Floats]:
    """The stretches inside an area, its rim included; (s,) edges and (s, 3) start, end, 1.

    Inside is decided by even and odd crossings, so holes and several parts need no care.
    """
    edges = np.empty(64, dtype=np.int32)
    parts = np.empty((64, 3), dtype=np.float64)
    found = 0
    at = np.empty(64, dtype=np.float64)
    low, height, count = frame[0], frame[1], int(frame[2])
    for one in segment:
        v = segment_vertex[one]
        px, py = lon[v], lat[v]
        dx, dy = lon[v + 1] - px, lat[v + 1] - py
        size = np.sqrt(dx * dx + dy * dy)
        b0 = min(max(int((min(py, py + dy) - low) // height), 0), count - 1)
        b1 = min(max(int((max(py, py + dy) - low) // height), 0), count - 1)
        many = 0
        met = 0
        for band in range(b0, b1 + 1):
            for place in range(band_ptr[band], band_ptr[band + 1]):
                item = band_item[place]
                qx, qy = outline[item, 0] - px, outline[item, 1] - py
                ex, ey = outline[item, 2] - outline[item, 0], outline[item, 3] - outline[item, 1]
                cross = dx * ey - dy * ex
                long = np.sqrt(ex * ex + ey * ey)
                if many + 4 > len(at):
                    at = np.concatenate((at, np.empty(len(at), dtype=np.float64)))
                if abs(cross) <= 1e-14 * size * long:
                    if size > 0 and abs(qx * dy - qy * dx) <= 1e-12 * size:
                        # It runs along the rim: both ends of what they share.
                        t0 = (qx * dx + qy * dy) / (size * size)
                        t1 = t0 + (ex * dx + ey * dy) / (size * size)
                        t0, t1 = min(t0, t1), max(t0, t1)
                        if t1 >= 0 and t0 <= 1:
                            at[many] = max(t0, 0.0)
                            at[many + 1] = min(t1, 1.0)
                            many += 2
                            met += 1
                    continue
                t = (qx * ey - qy * ex) / cross
                u = (qx * dy - qy * dx) / cross
                if -1e-12 <= t <= 1 + 1e-12 and -1e-12 <= u <= 1 + 1e-12:
                    at[many] = min(max(t, 0.0), 1.0)
                    many += 1
        if many + 2 > len(at):
            at = np.concatenate((at, np.empty(len(at), dtype=np.float64)))
        crossings = many
        at[many] = 0.0
        at[many + 1] = 1.0
        many += 2
        ts = np.sort(at[:many])
        m0, m1 = metres[v], metres[v + 1]
        edge = segment_edge[one]
        for k in range(many):
            for touch in range(2):
                if touch == 0:  # a point where it meets the rim
                    t0 = ts[k]
                    t1 = t0
                    hit = crossings > 0 and (0.0 < t0 < 1.0)
                    if crossings > 0 and not hit:
                        for j in range(crossings):
                            hit = hit or at[j] == t0
                else:  # the stretch up to the next
                    if k + 1 == many or ts[k + 1] <= ts[k]:
                        continue
                    t0, t1 = ts[k], ts[k + 1]
                    t = (t0 + t1) / 2
                    x, y = px + t * dx, py + t * dy
                    hit = False
                    band = int((y - low) // height)
                    if -1 <= band <= count:
                        band = min(max(band, 0), count - 1)
                        for place in range(band_ptr[band], band_ptr[band + 1]):
                            item = band_item[place]
                            y0, y1 = outline[item, 1], outline[item, 3]
                            if (y0 > y) != (y1 > y):
                                x0, x1 = outline[item, 0], outline[item, 2]
                                if x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x:
                                    hit = not hit
                    if not hit and met > 0:  # along the rim is inside too
                        for place in range(band_ptr[b0], band_ptr[b1 + 1]):
                            item = band_item[place]
                            qx, qy = outline[item, 0] - x, outline[item, 1] - y
                            rx, ry = outline[item, 2] - x, outline[item, 3] - y
                            wide = abs(qx * dy - qy * dx) + abs(rx * dy - ry * dx)
                            if wide <= 2e-12 * size and qx * rx + qy * ry <= 0:
                                hit = True
                if not hit:
                    continue
                start, end = m0 + t0 * (m1 - m0), m0 + t1 * (m1 - m0)
                if found and edges[found - 1] == edge and start <= parts[found - 1, 1] + 1e-6:
                    parts[found - 1, 1] = max(parts[found - 1, 1], end)
                    continue
                if found == len(edges):
                    edges = np.concatenate((edges, np.empty(found, dtype=np.int32)))
                    parts = np.concatenate((parts, np.empty((found, 3), dtype=np.float64)))
                edges[found] = edge
                parts[found, 0], parts[found, 1], parts[found, 2] = start, end, 1.0
                found += 1
    return edges[:found], parts[:found]


@fast
def cut_line(
    segment: Int32s,
    segment_edge: Int32s,
    segment_vertex: Int32s,
    lon: Floats,
    lat: Floats,
    metres: Floats,
    outline: Floats,
    frame: Floats,
    band_ptr: Int32s,
    band_item: Int32s,
    origin: Floats,
    reach: float,
) -> tuple[Int32s, Floats]:
    """The stretches within ``reach`` of a line; the outline is in metres from the origin.

    ``origin`` is lon, lat, and metres to a degree of each. (s, 3): start, end, and the cosine of
    the angle between the edge and the line there, 1 where they run the same way.
    """
    edges = np.empty(64, dtype=np.int32)
    parts = np.empty((64, 3), dtype=np.float64)
    found = 0
    spans = np.empty((64, 3), dtype=np.float64)
    low, height, count = frame[0], frame[1], int(frame[2])
    for one in segment:
        v = segment_vertex[one]
        px, py = (lon[v] - origin[0]) * origin[2], (lat[v] - origin[1]) * origin[3]
        dx = (lon[v + 1] - lon[v]) * origin[2]
        dy = (lat[v + 1] - lat[v]) * origin[3]
        a = dx * dx + dy * dy
        b0 = min(max(int((min(py, py + dy) - low) // height), 0), count - 1)
        b1 = min(max(int((max(py, py + dy) - low) // height), 0), count - 1)
        many = 0
        for place in range(band_ptr[b0], band_ptr[b1 + 1]):
            item = band_item[place]
            qx, qy = outline[item, 0], outline[item, 1]
            ex, ey = outline[item, 2] - qx, outline[item, 3] - qy
            long = np.sqrt(ex * ex + ey * ey)
            first, last = 2.0, -1.0
            for end in range(2):  # the round ends
                ox, oy = px - qx - end * ex, py - qy - end * ey
                b = ox * dx + oy * dy
                c = ox * ox + oy * oy - reach * reach
                if a == 0:
                    if c <= 0:
                        first, last = 0.0, 1.0
                    continue
                root = b * b - a * c
                if root >= 0:
                    root = np.sqrt(root)
                    if -b + root >= 0 and -b - root <= a:
                        first = min(first, max((-b - root) / a, 0.0))
                        last = max(last, min((-b + root) / a, 1.0))
            if long > 0:  # between them: two slabs at once
                t0, t1 = 0.0, 1.0
                ux, uy = ex / long, ey / long
                along, step = (px - qx) * ux + (py - qy) * uy, dx * ux + dy * uy
                aside, drift = (py - qy) * ux - (px - qx) * uy, dy * ux - dx * uy
                for slab in range(2):
                    p, s = (along, step) if slab == 0 else (aside, drift)
                    lo, hi = (0.0, long) if slab == 0 else (-reach, reach)
                    if abs(s) < 1e-12:
                        if p < lo or p > hi:
                            t0, t1 = 2.0, -1.0
                    else:
                        n, f = (lo - p) / s, (hi - p) / s
                        t0, t1 = max(t0, min(n, f)), min(t1, max(n, f))
                if t0 <= t1:
                    first, last = min(first, t0), max(last, t1)
            if first > last:
                continue
            if many == len(spans):
                spans = np.concatenate((spans, np.empty((many, 3), dtype=np.float64)))
            cosine = 0.0
            if a > 0 and long > 0:
                cosine = (dx * ex + dy * ey) / (np.sqrt(a) * long)
            spans[many, 0], spans[many, 1], spans[many, 2] = first, last, cosine
            many += 1
        if many == 0:
            continue
        order = np.argsort(spans[:many, 0])
        m0, m1 = metres[v], metres[v + 1]
        edge = segment_edge[one]
        for k in order:
            start, end = m0 + spans[k, 0] * (m1 - m0), m0 + spans[k, 1] * (m1 - m0)
            if found and edges[found - 1] == edge and start <= parts[found - 1, 1] + 1e-6:
                # The cosine of the whole stretch is that of its parts by their lengths.
                old = parts[found - 1, 1] - parts[found - 1, 0]
                new = end - start
                if old + new > 0:
                    mixed = parts[found - 1, 2] * old + spans[k, 2] * new
                    parts[found - 1, 2] = mixed / (old + new)
                parts[found - 1, 1] = max(parts[found - 1, 1], end)
                continue
            if found == len(edges):
                edges = np.concatenate((edges, np.empty(found, dtype=np.int32)))
                parts = np.concatenate((parts, np.empty((found, 3), dtype=np.float64)))
            edges[found] = edge
            parts[found, 0], parts[found, 1], parts[found, 2] = start, end, spans[k, 2]
            found += 1
    return edges[:found], parts[:found]
