-- Speeds measured from recorded positions, and heights of the ground for who goes on foot.

-- A speed that vehicles of a profile were seen to drive: on one edge, or on every road of a class.
-- ``ratio`` is measured time over planned time of the same stretches; ``band`` a part of the day.
CREATE TABLE road_speed (
    source text NOT NULL,
    profile text NOT NULL,
    level text NOT NULL CHECK (level IN ('class', 'edge')),
    subject text NOT NULL,
    band text NOT NULL CHECK (band IN ('all', 'peak', 'day', 'night')),
    kph double precision NOT NULL CHECK (kph > 0),
    ratio double precision NOT NULL CHECK (ratio > 0),
    samples integer NOT NULL CHECK (samples > 0),
    km double precision NOT NULL CHECK (km >= 0),
    measured_from timestamptz NOT NULL,
    measured_to timestamptz NOT NULL CHECK (measured_to >= measured_from),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (source, profile, level, subject, band)
);

-- One degree of heights: ``size`` x ``size`` metres above sea level, rows from north to south,
-- big-endian int16, -32768 where not known; compressed with zlib.
CREATE TABLE height_tile (
    west smallint NOT NULL CHECK (west BETWEEN -180 AND 179),
    south smallint NOT NULL CHECK (south BETWEEN -90 AND 89),
    size smallint NOT NULL CHECK (size IN (1201, 3601)),
    heights bytea NOT NULL,
    digest text NOT NULL,
    source text NOT NULL,
    file text NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (west, south)
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON road_speed, height_tile TO onemap_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_reader') THEN
        GRANT SELECT ON road_speed, height_tile TO onemap_reader;
    END IF;
END $$;
