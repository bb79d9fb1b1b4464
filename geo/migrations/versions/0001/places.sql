-- Districts first, because places lie in them; then risk sources, resources and stock lines.
CREATE TABLE district (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    name text NOT NULL,
    code text,
    kind text NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL,
    geom_3857 geometry(MultiPolygon, 3857) NOT NULL
        GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED,
    UNIQUE (source, source_key)
);
CREATE INDEX ON district USING gist (geom);
CREATE INDEX ON district USING gist (geom_3857);

CREATE TABLE risk_source (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    category text NOT NULL REFERENCES risk_category,
    name text NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    geom_3857 geometry(Point, 3857) NOT NULL
        GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED,
    shape geometry(Geometry, 4326),
    address text,
    contact text,
    phone text,
    people integer CHECK (people >= 0),
    department_code text NOT NULL REFERENCES department,
    district_id uuid REFERENCES district ON DELETE SET NULL,
    UNIQUE (source, source_key)
);
CREATE INDEX ON risk_source USING gist (geom);
CREATE INDEX ON risk_source USING gist (geom_3857);
CREATE INDEX ON risk_source USING gist (shape) WHERE shape IS NOT NULL;
CREATE INDEX ON risk_source (category);
CREATE INDEX ON risk_source (district_id);

CREATE TABLE resource (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    category text NOT NULL REFERENCES resource_category,
    kind text NOT NULL CHECK (kind IN
        ('team', 'depot', 'shelter', 'site', 'mobile', 'person', 'supplier')),
    name text NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    geom_3857 geometry(Point, 3857) NOT NULL
        GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED,
    shape geometry(Geometry, 4326),
    address text,
    contact text,
    phone text,
    status text,
    members integer CHECK (members >= 0),
    capacity integer CHECK (capacity >= 0),
    occupied integer CHECK (occupied >= 0),
    turnout_s integer CHECK (turnout_s >= 0),
    department_code text NOT NULL REFERENCES department,
    district_id uuid REFERENCES district ON DELETE SET NULL,
    UNIQUE (source, source_key)
);
CREATE INDEX ON resource USING gist (geom);
CREATE INDEX ON resource USING gist (geom_3857);
CREATE INDEX ON resource (category);
CREATE INDEX ON resource (kind);
CREATE INDEX ON resource (district_id);

CREATE TABLE stock (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    source_key text NOT NULL,
    updated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    attributes jsonb NOT NULL DEFAULT '{}',
    category text NOT NULL REFERENCES resource_category,
    name text NOT NULL,
    quantity numeric CHECK (quantity >= 0),
    unit text NOT NULL,
    -- Deferred: one load replaces the places and the stock kept there in any order.
    place_id uuid REFERENCES resource DEFERRABLE INITIALLY DEFERRED,
    geom geometry(Point, 4326) NOT NULL,
    contact text,
    phone text,
    expires_on date,
    department_code text NOT NULL REFERENCES department,
    district_id uuid REFERENCES district ON DELETE SET NULL,
    UNIQUE (source, source_key)
);
CREATE INDEX ON stock USING gist (geom);
CREATE INDEX ON stock (category);
CREATE INDEX ON stock (place_id);
CREATE INDEX ON stock (district_id);
