-- What must never happen, who may do what, and search by part of a name.

-- An event is never changed or removed; it gets its number, once.
CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.seq IS NULL AND NEW.seq IS NOT NULL
           AND (OLD.id, OLD.recorded, OLD.at, OLD.kind, OLD.incident_id, OLD.actor, OLD.body)
               IS NOT DISTINCT FROM
               (NEW.id, NEW.recorded, NEW.at, NEW.kind, NEW.incident_id, NEW.actor, NEW.body) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'event is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION event_is_append_only();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only();
-- And it is born without a number: only the numberer, who sees committed rows, gives one.
CREATE FUNCTION event_is_born_unnumbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seq := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER event_is_born_unnumbered BEFORE INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION event_is_born_unnumbered();

-- Department scope: in a transaction that says SET LOCAL onemap.department = 'D04', only that
-- department's rows are seen and written. Without the setting every row is.
DO $$
DECLARE scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['risk_source', 'resource', 'stock'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format(
            'CREATE POLICY department_scope ON %I USING ('
            'coalesce(current_setting(''onemap.department'', true), '''')'
            ' IN ('''', department_code))', scoped);
    END LOOP;
END $$;

-- Statistics after a bulk load, for a role that does not own the tables.
CREATE FUNCTION refresh_statistics(loaded regclass) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format('ANALYZE %s', loaded);
END $$;

-- Search by part of a name; without the extension it still works, more slowly.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX risk_source_name ON risk_source USING gin (name gin_trgm_ops);
    CREATE INDEX resource_name ON resource USING gin (name gin_trgm_ops);
    CREATE INDEX district_name ON district USING gin (name gin_trgm_ops);
    CREATE INDEX road_edge_name ON road_edge USING gin (name gin_trgm_ops)
        WHERE drawn AND name <> '';
    CREATE INDEX base_name_name ON base_name USING gin (name gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm is not to be had: search by name goes through every row';
END $$;

-- Row security lets an index be used only for functions that reveal nothing of hidden rows. Only
-- a superuser may say so of PostGIS's (the private cluster's template has it said); elsewhere the
-- three tables are read through: the same answers, more slowly.
DO $$
BEGIN
    ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
    ALTER FUNCTION st_intersects(geometry, geometry) LEAKPROOF;
EXCEPTION WHEN OTHERS THEN
    NULL;
END $$;

-- The roles, where the server has them: owner, app (never superuser), reader.
DO $$
DECLARE home text := quote_ident(current_schema());
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_app') THEN
        EXECUTE 'GRANT USAGE ON SCHEMA ' || home || ' TO onemap_app';
        EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ' || home
            || ' TO onemap_app';
        EXECUTE 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA ' || home || ' TO onemap_app';
        REVOKE INSERT, UPDATE, DELETE ON department, data_class, risk_category,
            resource_category, event_type, catalog_state, alembic_version FROM onemap_app;
        REVOKE UPDATE, DELETE ON event FROM onemap_app;
        GRANT UPDATE (seq) ON event TO onemap_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onemap_reader') THEN
        EXECUTE 'GRANT USAGE ON SCHEMA ' || home || ' TO onemap_reader';
        EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA ' || home || ' TO onemap_reader';
    END IF;
END $$;
