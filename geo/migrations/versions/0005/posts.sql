-- Kilometre posts, and bridges and tunnels that have a name beside their road's.
CREATE TABLE road_post (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    ref text NOT NULL,
    km double precision NOT NULL CHECK (km >= 0),
    sense text NOT NULL CHECK (sense IN ('rising', 'falling', 'both')),
    geom geometry(Point, 4326) NOT NULL
);
CREATE INDEX road_post_ref ON road_post (ref, km);

CREATE TABLE road_structure (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('bridge', 'tunnel')),
    name text NOT NULL CHECK (name <> ''),
    way_id bigint NOT NULL,
    geom geometry(LineString, 4326) NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON road_post, road_structure TO onemap_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_reader') THEN
        GRANT SELECT ON road_post, road_structure TO onemap_reader;
    END IF;
END $$;
