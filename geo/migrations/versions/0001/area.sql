-- People, and what the base map shows besides roads.
CREATE TABLE population_cell (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    geom geometry(Point, 4326) NOT NULL,
    size_m double precision NOT NULL CHECK (size_m > 0),
    day integer NOT NULL CHECK (day >= 0),
    night integer NOT NULL CHECK (night >= 0),
    district_id uuid REFERENCES district ON DELETE SET NULL,
    UNIQUE (source, source_key)
);
CREATE INDEX ON population_cell USING gist (geom);
CREATE INDEX ON population_cell (district_id);

CREATE TABLE base_area (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    kind text NOT NULL,
    subkind text,
    name text,
    geom geometry(Geometry, 4326) NOT NULL,
    geom_3857 geometry(Geometry, 3857) NOT NULL
        GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED,
    UNIQUE (source, source_key)
);
CREATE INDEX ON base_area USING gist (geom_3857);
CREATE INDEX ON base_area (kind);

CREATE TABLE base_name (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    kind text NOT NULL,
    name text NOT NULL,
    rank integer NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    geom_3857 geometry(Point, 3857) NOT NULL
        GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED,
    UNIQUE (source, source_key)
);
CREATE INDEX ON base_name USING gist (geom_3857);
