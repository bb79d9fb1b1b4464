-- Closures that slow or stop, in one direction or both, with their history.
ALTER TABLE closure
    ADD COLUMN road text NOT NULL DEFAULT '',
    ADD COLUMN bridge text NOT NULL DEFAULT '',
    ADD COLUMN direction text NOT NULL DEFAULT 'both'
        CHECK (direction IN ('both', 'along', 'against')),
    ADD COLUMN speed_factor double precision CHECK (speed_factor > 0 AND speed_factor < 1),
    ADD COLUMN whole boolean NOT NULL DEFAULT false,
    -- The stretches it takes on the roads of version "kept_roads": ids, and fractions along each.
    ADD COLUMN kept_roads text,
    ADD COLUMN kept_edges text[],
    ADD COLUMN kept_start double precision[],
    ADD COLUMN kept_end double precision[],
    ADD COLUMN changed_at timestamptz,
    ADD COLUMN changed_by text,
    ADD CHECK (cardinality(kept_edges) = cardinality(kept_start)
        AND cardinality(kept_edges) = cardinality(kept_end)),
    DROP CONSTRAINT closure_check,
    ADD CONSTRAINT closure_closes_something
        CHECK (geom IS NOT NULL OR cardinality(edges) > 0 OR road <> '' OR bridge <> '');
UPDATE closure SET changed_at = coalesce(lifted_at, created_at),
    changed_by = coalesce(lifted_by, created_by);
ALTER TABLE closure
    ALTER COLUMN changed_at SET NOT NULL, ALTER COLUMN changed_by SET NOT NULL;
CREATE INDEX closure_open ON closure (created_at) WHERE lifted_at IS NULL;

-- Every state that a closure was ever in. It was known from "known_from" until the next version
-- was; "valid_from" and "valid_to" are when it holds on the road, which is another time.
CREATE TABLE closure_state (
    closure_id uuid NOT NULL,
    version integer NOT NULL,
    known_from timestamptz NOT NULL,
    actor text NOT NULL,
    name text NOT NULL,
    cause text NOT NULL,
    depth_m double precision,
    profiles text[] NOT NULL,
    edges text[] NOT NULL,
    geom geometry(Geometry, 4326),
    valid_from timestamptz,
    valid_to timestamptz,
    road text NOT NULL,
    bridge text NOT NULL,
    direction text NOT NULL,
    speed_factor double precision,
    whole boolean NOT NULL,
    kept_roads text,
    kept_edges text[],
    kept_start double precision[],
    kept_end double precision[],
    created_at timestamptz NOT NULL,
    lifted_at timestamptz,
    PRIMARY KEY (closure_id, version)
);
CREATE INDEX ON closure_state (known_from);

CREATE FUNCTION closure_keeps_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO closure_state
    VALUES (NEW.id, NEW.version, NEW.changed_at, NEW.changed_by, NEW.name, NEW.cause, NEW.depth_m,
        NEW.profiles, NEW.edges, NEW.geom, NEW.valid_from, NEW.valid_to, NEW.road, NEW.bridge,
        NEW.direction, NEW.speed_factor, NEW.whole, NEW.kept_roads, NEW.kept_edges,
        NEW.kept_start, NEW.kept_end, NEW.created_at, NEW.lifted_at);
    RETURN NEW;
END $$;
CREATE TRIGGER closure_keeps_history AFTER INSERT OR UPDATE ON closure
    FOR EACH ROW EXECUTE FUNCTION closure_keeps_history();

-- A change is a new version, and is never known before the state that it changed.
CREATE FUNCTION closure_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.changed_at := greatest(NEW.changed_at, OLD.changed_at);
    RETURN NEW;
END $$;
CREATE TRIGGER closure_moves_forward BEFORE UPDATE ON closure
    FOR EACH ROW EXECUTE FUNCTION closure_moves_forward();

CREATE FUNCTION closure_state_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'closure_state is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER closure_state_is_append_only BEFORE UPDATE OR DELETE ON closure_state
    FOR EACH ROW EXECUTE FUNCTION closure_state_is_append_only();
CREATE TRIGGER closure_state_is_never_emptied BEFORE TRUNCATE ON closure_state
    FOR EACH STATEMENT EXECUTE FUNCTION closure_state_is_append_only();

-- What was closed before this schema: its first state, and its lifting.
INSERT INTO closure_state
SELECT id, 1, created_at, created_by, name, cause, depth_m, profiles, edges, geom, valid_from,
    valid_to, road, bridge, direction, speed_factor, whole, NULL, NULL, NULL, NULL, created_at, NULL
FROM closure;
INSERT INTO closure_state
SELECT id, 2, lifted_at, lifted_by, name, cause, depth_m, profiles, edges, geom, valid_from,
    valid_to, road, bridge, direction, speed_factor, whole, NULL, NULL, NULL, NULL, created_at,
    lifted_at
FROM closure WHERE lifted_at IS NOT NULL;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_app') THEN
        GRANT SELECT, INSERT ON closure_state TO onemap_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_reader') THEN
        GRANT SELECT ON closure_state TO onemap_reader;
    END IF;
END $$;
