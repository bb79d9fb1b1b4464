-- Roads as loaded. A null speed, limit or access is "not known".
CREATE TABLE road_set (
    version text PRIMARY KEY,
    source text NOT NULL,
    loaded_at timestamptz NOT NULL,
    nodes integer NOT NULL,
    edges integer NOT NULL,
    km double precision NOT NULL,
    report jsonb NOT NULL
);

CREATE TABLE road_node (
    id bigint PRIMARY KEY,
    source text NOT NULL,
    component integer NOT NULL,
    geom geometry(Point, 4326) NOT NULL
);

CREATE TABLE road_edge (
    id text PRIMARY KEY,
    source text NOT NULL,
    from_node bigint NOT NULL,
    to_node bigint NOT NULL,
    way_id bigint NOT NULL,
    class text NOT NULL,
    name text NOT NULL,
    ref text NOT NULL,
    oneway boolean NOT NULL,
    roundabout boolean NOT NULL,
    bridge boolean NOT NULL,
    tunnel boolean NOT NULL,
    ford boolean NOT NULL,
    layer smallint NOT NULL,
    length_m double precision NOT NULL CHECK (length_m >= 0),
    speed_kph double precision CHECK (speed_kph > 0),
    max_height_m double precision,
    max_weight_t double precision,
    max_width_m double precision,
    access text,
    emergency text,
    component integer NOT NULL,
    drawn boolean NOT NULL,
    geom geometry(LineString, 4326) NOT NULL,
    geom_3857 geometry(LineString, 3857) NOT NULL
        GENERATED ALWAYS AS (st_transform(geom, 3857)) STORED
);
-- The map draws one of the two directions; the other needs no place in the index.
CREATE INDEX road_edge_drawn ON road_edge USING gist (geom_3857) WHERE drawn;
CREATE INDEX road_edge_class ON road_edge (class) WHERE drawn;

CREATE TABLE road_restriction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    kind text NOT NULL,
    from_way bigint NOT NULL,
    via_node bigint NOT NULL,
    to_way bigint NOT NULL
);
