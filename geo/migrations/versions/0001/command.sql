-- Incidents, closures, situations, plans; commands and events.
CREATE TABLE incident (
    id uuid PRIMARY KEY,
    event_type text NOT NULL REFERENCES event_type,
    title text NOT NULL,
    description text NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    reported_at timestamptz NOT NULL,
    casualties integer CHECK (casualties >= 0),
    trapped integer CHECK (trapped >= 0),
    wind_from_deg double precision CHECK (wind_from_deg >= 0 AND wind_from_deg <= 360),
    wind_mps double precision CHECK (wind_mps >= 0),
    radius_m double precision CHECK (radius_m > 0),
    status text NOT NULL DEFAULT 'open',
    attributes jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    synthetic boolean NOT NULL REFERENCES content (synthetic)
);
CREATE INDEX ON incident (reported_at);

CREATE TABLE closure (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    cause text NOT NULL,
    depth_m double precision CHECK (depth_m >= 0),
    profiles text[] NOT NULL,
    edges text[] NOT NULL,
    geom geometry(Geometry, 4326),
    geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED,
    valid_from timestamptz,
    valid_to timestamptz,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    lifted_at timestamptz,
    lifted_by text,
    version integer NOT NULL DEFAULT 1,
    CHECK (geom IS NOT NULL OR cardinality(edges) > 0),
    CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to)
);
CREATE INDEX ON closure USING gist (geom_3857);

-- "id" is the hash of the snapshot.
CREATE TABLE situation (
    id text PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incident,
    at timestamptz NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX ON situation (incident_id, at);

-- "id" is the hash of situation and playbook: the same situation may give it again.
CREATE TABLE plan (
    incident_id uuid NOT NULL REFERENCES incident,
    version integer NOT NULL CHECK (version >= 1),
    id text NOT NULL,
    situation_id text REFERENCES situation,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (incident_id, version)
);
CREATE INDEX ON plan (situation_id);

CREATE TABLE command (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    body_hash text NOT NULL,
    response jsonb,
    at timestamptz NOT NULL
);

-- "recorded" is the order of writing, "seq" the order in which readers see the events.
CREATE TABLE event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    recorded bigint GENERATED ALWAYS AS IDENTITY,
    seq bigint UNIQUE CHECK (seq > 0),
    at timestamptz NOT NULL,
    kind text NOT NULL,
    incident_id uuid REFERENCES incident,
    actor text NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX event_unnumbered ON event (recorded) WHERE seq IS NULL;
CREATE INDEX ON event (incident_id);
