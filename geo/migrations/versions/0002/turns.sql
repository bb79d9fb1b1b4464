-- Turn restrictions by way and by vehicle, barriers on the roads, signs for one kind of vehicle.
ALTER TABLE road_restriction
    ADD COLUMN via_ways bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN vehicles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN excepted text[] NOT NULL DEFAULT '{}',
    ADD COLUMN relation bigint NOT NULL DEFAULT 0;

CREATE TABLE road_barrier (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    node bigint NOT NULL,
    kind text NOT NULL,
    access text[] NOT NULL DEFAULT '{}',
    max_height_m double precision,
    max_width_m double precision
);

ALTER TABLE road_edge ADD COLUMN signs text;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON road_barrier TO onemap_app;
        GRANT USAGE ON SEQUENCE road_barrier_id_seq TO onemap_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_reader') THEN
        GRANT SELECT ON road_barrier TO onemap_reader;
    END IF;
END $$;
