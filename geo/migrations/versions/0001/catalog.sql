-- The catalogue (data/catalog) and the ledger of what has been loaded.
CREATE EXTENSION IF NOT EXISTS postgis;

CREATE TABLE department (
    code text PRIMARY KEY,
    name_zh text NOT NULL UNIQUE,
    name_en text NOT NULL,
    core17 boolean NOT NULL,
    data_class_count integer NOT NULL CHECK (data_class_count >= 0),
    data_class_codes text[] NOT NULL,
    data_class_names_zh text[] NOT NULL,
    risk_categories_steward text[] NOT NULL,
    resource_categories_steward text[] NOT NULL
);

CREATE TABLE data_class (
    code text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    dept_code text NOT NULL REFERENCES department,
    department_zh text NOT NULL,
    kind text NOT NULL,
    typical_update text NOT NULL,
    geometry text NOT NULL,
    key_fields text[] NOT NULL
);

CREATE TABLE risk_category (
    code text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    group_zh text NOT NULL,
    group_en text NOT NULL,
    department_zh text NOT NULL REFERENCES department (name_zh),
    geometry text NOT NULL,
    hazard_types text[] NOT NULL,
    key_attributes text[] NOT NULL
);

CREATE TABLE resource_category (
    code text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    group_zh text NOT NULL,
    group_en text NOT NULL,
    department_zh text NOT NULL REFERENCES department (name_zh),
    geometry text NOT NULL,
    unit text NOT NULL,
    key_attributes text[] NOT NULL,
    kind text NOT NULL CHECK (kind IN
        ('team', 'stock', 'depot', 'shelter', 'site', 'mobile', 'person', 'supplier')),
    gbt38565_major text
);

CREATE TABLE event_type (
    code text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    class_zh text NOT NULL,
    subtype_zh text NOT NULL,
    subtype_en text NOT NULL,
    code_status text NOT NULL,
    level_i text,
    level_ii text,
    level_iii text,
    level_iv text,
    warning_red text,
    warning_orange text,
    warning_yellow text,
    warning_blue text,
    criteria_source text,
    criteria_status text
);

-- Which catalogue is loaded: the digest of its files.
CREATE TABLE catalog_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    digest text NOT NULL
);

-- Synthetic and real data never share a database: this table has one row at most, and every
-- dataset refers to it. A second loader with the other kind waits for the first, then is refused.
CREATE TABLE content (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    synthetic boolean NOT NULL UNIQUE
);

CREATE TABLE dataset (
    source text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    synthetic boolean NOT NULL REFERENCES content (synthetic),
    rows integer NOT NULL CHECK (rows >= 0),
    loaded_at timestamptz NOT NULL,
    updated_at timestamptz,
    file text,
    report jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (source, kind)
);

CREATE FUNCTION dataset_claims_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO content (synthetic) VALUES (NEW.synthetic) ON CONFLICT (only_row) DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER dataset_claims_content BEFORE INSERT ON dataset
    FOR EACH ROW EXECUTE FUNCTION dataset_claims_content();

CREATE TABLE intake_run (
    id uuid PRIMARY KEY,
    file text NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    rows integer NOT NULL,
    accepted integer NOT NULL,
    refused integer NOT NULL,
    report jsonb NOT NULL
);

CREATE TABLE layer_version (
    layer text PRIMARY KEY,
    version bigint NOT NULL
);
