"""What the database is taught: who may use a permission on which patient, and what one transaction has opened.

A grant lives in a setting of the transaction, `ehospital.charts`: the charts that may be read, those that may be
written, and rules ("every patient of this person under this permission"), signed with a secret that only the owner of
the tables reads, over the number of the transaction. Written by hand, changed, or carried into another transaction it
is worth nothing. It is made by `charts.open` alone, which takes a claim signed by the application, for this transaction
and these patients, and then decides by itself from the same relations as `people.access`.

Every function names its tables in full and searches nothing but the catalogue, so no object of a caller slips in.
"""

from typing import Final

SCHEMA: Final = "charts"

TABLES: Final = """
CREATE TABLE IF NOT EXISTS charts.secret (purpose text PRIMARY KEY, inner_key bytea NOT NULL, outer_key bytea NOT NULL);
CREATE TABLE IF NOT EXISTS charts.allowed (
    role text, permission text, scope text NOT NULL, deed text NOT NULL, PRIMARY KEY (role, permission)
);
CREATE TABLE IF NOT EXISTS charts.guarded (name text PRIMARY KEY);
"""

# HMAC-SHA-256 (RFC 2104) of built-in parts: the keys are kept as the two padded blocks of it.
_SIGNED: Final = """
CREATE OR REPLACE FUNCTION charts.signed(used_for text, message text) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(outer_key || sha256(inner_key || convert_to(message, 'UTF8'))), 'hex')
    FROM charts.secret WHERE purpose = used_for
$$
"""

_SCOPES: Final = """
CREATE OR REPLACE FUNCTION charts.scopes(who_kind text, who uuid, moment timestamptz, asked text)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    roles text[] := CASE who_kind
        WHEN 'staff' THEN ARRAY(
            SELECT held.role::text FROM public.people_staffrole held
            JOIN public.people_staffmember member ON member.id = held.staff_id
            WHERE held.staff_id = who AND member.active AND held.during @> moment)
        WHEN 'proxy' THEN ARRAY(SELECT 'proxy-' || held.extent FROM public.people_proxy held WHERE held.id = who)
        WHEN 'patient' THEN ARRAY['patient']
        WHEN 'client' THEN ARRAY['client']
    END;
BEGIN
    RETURN ARRAY(SELECT DISTINCT one.scope FROM charts.allowed one
                 WHERE one.permission = asked AND one.role = ANY (roles));
END $$
"""

_UNITS: Final = """
CREATE OR REPLACE FUNCTION charts.units(who_kind text, who uuid, moment timestamptz)
RETURNS uuid[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF who_kind = 'client' THEN
        RETURN ARRAY(
            SELECT given.unit_id FROM public.people_clientunit given
            JOIN public.people_clientapplication client ON client.id = given.client_id
            WHERE given.client_id = who AND client.revoked_at IS NULL);
    ELSIF who_kind = 'staff' THEN
        RETURN ARRAY(SELECT held.unit_id FROM public.people_unitmembership held
                     WHERE held.staff_id = who AND held.during @> moment);
    END IF;
    RETURN '{}';
END $$
"""

# Whom somebody could reach at all, for lists: a superset that `permitted` then judges one by one.
_REACH: Final = """
CREATE OR REPLACE FUNCTION charts.reach(who_kind text, who uuid, moment timestamptz, scopes text[])
RETURNS uuid[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid[] := charts.units(who_kind, who, moment);
BEGIN
    IF scopes && ARRAY['ALL', 'UNKEPT'] THEN
        RETURN ARRAY(SELECT one.id FROM public.people_patient one);
    END IF;
    RETURN ARRAY(
        SELECT care.patient_id FROM public.people_carerelationship care
        WHERE care.unit_id = ANY (mine) AND care.during @> moment
        UNION
        SELECT care.patient_id FROM public.people_carerelationship care
        WHERE who_kind = 'staff' AND care.staff_id = who AND care.during @> moment
        UNION
        SELECT glass.patient_id FROM public.people_brokenglass glass
        WHERE who_kind = 'staff' AND glass.staff_id = who AND glass.during @> moment
        UNION
        SELECT held.patient_id FROM public.people_proxy held WHERE who_kind = 'proxy' AND held.id = who
        UNION
        SELECT who WHERE who_kind = 'patient');
END $$
"""

# Who of some patients refused that this person, their units, this outside system or a proxy sees the whole record, as
# `people.refusing` says it. One look at the table answers for all of them. `whom`: oneself, or one's units.
_REFUSERS: Final = """
CREATE OR REPLACE FUNCTION charts.refusers(
    whom text, who_kind text, who uuid, mine uuid[], moment timestamptz, among uuid[]
) RETURNS uuid[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT word.patient_id FROM public.people_consent word
        WHERE word.patient_id = ANY (among) AND word.decision = 'deny' AND word.category = ''
            AND word.during @> moment
            AND CASE whom
                WHEN 'units' THEN word.scope = 'treatment' AND word.unit_id = ANY (mine)
                WHEN 'oneself' THEN CASE who_kind
                    WHEN 'staff' THEN word.scope = 'treatment' AND word.staff_id = who
                    WHEN 'client' THEN word.scope = 'sharing' AND (word.client_id IS NULL OR word.client_id = who)
                    WHEN 'proxy' THEN word.scope = 'proxies'
                END
            END);
END $$
"""

# The same predicate as `people.access.visible_patients`; a test asks both about the same thousand situations.
_PERMITTED: Final = """
CREATE OR REPLACE FUNCTION charts.permitted(who_kind text, who uuid, moment timestamptz, asked text, among uuid[])
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    scopes text[] := charts.scopes(who_kind, who, moment, asked);
    mine uuid[] := charts.units(who_kind, who, moment);
    refusing_me uuid[] := '{}';
    refusing_us uuid[] := '{}';
BEGIN
    IF among IS NULL THEN
        among := charts.reach(who_kind, who, moment, scopes);
    END IF;
    IF NOT 'ALL' = ANY (scopes) THEN
        refusing_me := charts.refusers('oneself', who_kind, who, mine, moment, among);
        refusing_us := charts.refusers('units', who_kind, who, mine, moment, among);
    END IF;
    RETURN QUERY SELECT one.id FROM public.people_patient one
    WHERE one.id = ANY (among) AND one.merged_into_id IS NULL AND (
        'ALL' = ANY (scopes)
        OR (
            NOT EXISTS (
                SELECT FROM public.people_staffaspatient me
                WHERE who_kind = 'staff' AND me.staff_id = who AND me.patient_id = one.id)
            AND (
                ('OWN' = ANY (scopes) AND who_kind = 'patient' AND one.id = who)
                OR ('OWN' = ANY (scopes) AND who_kind = 'proxy' AND one.id <> ALL (refusing_me) AND EXISTS (
                    SELECT FROM public.people_proxy held
                    WHERE held.id = who AND held.patient_id = one.id AND held.during @> moment))
                OR (scopes && ARRAY['REACHED', 'UNKEPT'] AND who_kind = 'staff' AND EXISTS (
                    SELECT FROM public.people_brokenglass glass
                    WHERE glass.patient_id = one.id AND glass.staff_id = who AND glass.during @> moment
                        AND (NOT glass.needs_second OR glass.second_id IS NOT NULL)))
                OR (scopes && ARRAY['RELATED', 'REACHED', 'UNKEPT'] AND who_kind = 'staff'
                    AND one.id <> ALL (refusing_me) AND one.id <> ALL (refusing_us) AND EXISTS (
                        SELECT FROM public.people_carerelationship care
                        WHERE care.patient_id = one.id AND care.staff_id = who AND care.during @> moment))
                OR (scopes && ARRAY['RELATED', 'REACHED', 'UNKEPT'] AND who_kind IN ('staff', 'client')
                    AND one.id <> ALL (refusing_me) AND EXISTS (
                        SELECT FROM public.people_carerelationship care
                        WHERE care.patient_id = one.id AND care.unit_id = ANY (mine) AND care.during @> moment
                            AND (care.kind = 'ward' OR NOT (
                                one.id = ANY (refusing_us)
                                OR EXISTS (SELECT FROM public.people_restriction kept
                                           WHERE kept.patient_id = one.id AND kept.during @> moment)
                                OR EXISTS (SELECT FROM public.people_staffaspatient staff
                                           WHERE staff.patient_id = one.id)))))
                OR ('UNKEPT' = ANY (scopes) AND who_kind = 'staff'
                    AND one.id <> ALL (refusing_me) AND one.id <> ALL (refusing_us)
                    AND NOT EXISTS (SELECT FROM public.people_restriction kept
                                    WHERE kept.patient_id = one.id AND kept.during @> moment)
                    AND NOT EXISTS (SELECT FROM public.people_staffaspatient staff
                                    WHERE staff.patient_id = one.id))
            )
        )
    );
END $$
"""

# What is append-only stays filed under the record for which it was written: a chart opens with those merged into it.
_ONE_PERSON: Final = """
CREATE OR REPLACE FUNCTION charts.one_person(standing uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE one AS (
        SELECT unnest(standing) AS id
        UNION SELECT merged.id FROM public.people_patient merged JOIN one ON merged.merged_into_id = one.id
    ) SELECT id FROM one
$$
"""

_OPENED: Final = """
CREATE OR REPLACE FUNCTION charts.opened() RETURNS text[] LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := current_setting('ehospital.charts', true);
    parts text[] := string_to_array(said, '|');
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    IF cardinality(parts) <> 4 OR parts[4] IS DISTINCT FROM charts.signed(
        'grant', concat_ws('|', pg_current_xact_id_if_assigned()::text, parts[1], parts[2], parts[3]))
    THEN
        RAISE EXCEPTION 'what this transaction says it has opened was not opened in it'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN parts[1:3];
END $$
"""

_KEEP: Final = """
CREATE OR REPLACE FUNCTION charts.keep(readable uuid[], writable uuid[], rules text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := concat_ws('|', readable::text, writable::text, rules);
BEGIN
    PERFORM set_config('ehospital.charts', said || '|' || charts.signed(
        'grant', concat_ws('|', pg_current_xact_id()::text, said)), true);
END $$
"""

# The claim: the transaction's number | kind | who | moment | permission | read or write | patients, or * for a rule
# (every patient, whoever that is when a query asks). A page that is looked at claims to read, whatever its buttons.
_OPEN: Final = """
CREATE OR REPLACE FUNCTION charts.open(claim text, proof text) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told text[] := string_to_array(claim, '|');
    before text[] := coalesce(charts.opened(), ARRAY['{}', '{}', '']);
    readable uuid[] := before[1];
    writable uuid[] := before[2];
    rules text := before[3];
    may uuid[];
    whole uuid[];
    does text;
BEGIN
    IF cardinality(told) <> 7 OR told[1] IS DISTINCT FROM pg_current_xact_id()::text
        OR proof IS DISTINCT FROM charts.signed('door', claim)
    THEN
        RAISE EXCEPTION 'this claim was not made by the application for this transaction'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT min(one.deed) INTO does FROM charts.allowed one WHERE one.permission = told[5];
    IF does = 'write' AND told[6] <> 'write' THEN
        does := 'read';
    END IF;
    IF told[7] = '*' THEN
        IF does IN ('read', 'write') THEN
            rules := concat_ws(';', nullif(rules, ''), concat_ws(',', does, told[2], told[3], told[4], told[5]));
            PERFORM charts.keep(readable, writable, rules);
        ELSIF does = 'trail'
            AND 'ALL' = ANY (charts.scopes(told[2], told[3]::uuid, told[4]::timestamptz, told[5]))
        THEN
            PERFORM charts.keep(readable, writable, concat_ws(';', nullif(rules, ''), 'trail'));
        END IF;
        RETURN NULL;
    END IF;
    may := ARRAY(SELECT charts.permitted(told[2], told[3]::uuid, told[4]::timestamptz, told[5], told[7]::uuid[]));
    whole := ARRAY(SELECT charts.one_person(may));
    IF does IN ('read', 'write') THEN
        readable := ARRAY(SELECT unnest(readable) UNION SELECT unnest(whole));
        IF does = 'write' THEN
            writable := ARRAY(SELECT unnest(writable) UNION SELECT unnest(whole));
        END IF;
        PERFORM charts.keep(readable, writable, rules);
    END IF;
    RETURN may;
END $$
"""

_OPEN_NONE: Final = """
CREATE OR REPLACE FUNCTION charts.open_none() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF charts.opened() IS NULL THEN
        PERFORM charts.keep('{}', '{}', '');
    END IF;
END $$
"""

# Asked once by each query. Nothing opened is a mistake of the program and said aloud: an allergy list must never be
# empty because somebody forgot to ask.
_GRANTED: Final = """
CREATE OR REPLACE FUNCTION charts.granted(deed text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts text[] := charts.opened();
BEGIN
    IF parts IS NULL THEN
        RAISE EXCEPTION 'no chart is open in this transaction'
            USING ERRCODE = 'insufficient_privilege',
                HINT = 'Ask people.access about the patient first, inside a page or an interaction of the FHIR door.';
    ELSIF deed = 'write' AND parts[2] = '{}' AND parts[3] !~ '(^|;)write,' THEN
        RAISE EXCEPTION 'no chart is open for writing in this transaction'
            USING ERRCODE = 'insufficient_privilege',
                HINT = 'Ask people.access for a permission that writes; a page that is looked at writes no chart.';
    END IF;
    RETURN CASE deed WHEN 'read' THEN parts[1] ELSE parts[2] END;
END $$
"""

_GRANTED_BY_RULE: Final = """
CREATE OR REPLACE FUNCTION charts.granted_by_rule(deed text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rule text;
    told text[];
BEGIN
    FOREACH rule IN ARRAY string_to_array(coalesce((charts.opened())[3], ''), ';') LOOP
        told := string_to_array(rule, ',');
        IF told[1] = deed OR told[1] = 'write' THEN
            RETURN QUERY SELECT charts.one_person(
                ARRAY(SELECT charts.permitted(told[2], told[3]::uuid, told[4]::timestamptz, told[5], NULL)));
        END IF;
    END LOOP;
END $$
"""

# Whether the audit trail of everybody is open: to those who answer for it. A chart brings its own part of it.
_TRAIL_OPEN: Final = """
CREATE OR REPLACE FUNCTION charts.trail_open() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce('trail' = ANY (string_to_array((charts.opened())[3], ';')), false)
$$
"""

# Of a row that somebody names by its id, only whose it is: to ask whether they may see it comes next.
_PATIENT_OF: Final = """
CREATE OR REPLACE FUNCTION charts.patient_of(of_table text, key uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM charts.guarded one WHERE one.name = of_table) THEN
        RAISE EXCEPTION 'no such table of charts' USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('SELECT patient_id FROM public.%I WHERE id = $1', of_table) INTO found USING key;
    RETURN found;
END $$
"""

# A row that was moved by a merge and moved back has changes under both patients; its history is read as one.
_ONCE_OF: Final = """
CREATE OR REPLACE FUNCTION charts.once_of_opened(of_table text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.foundation_rowchange one
                   WHERE one.table_name = of_table AND one.row_key = key
                       AND one.patient_id = ANY (charts.granted('read')))
$$
"""

_FITS: Final = """
CREATE OR REPLACE FUNCTION charts.fits(nonce text, proof text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(proof = charts.signed('door', 'fits|' || nonce), false)
$$
"""

_NOT_IN_FORCE: Final = """
CREATE OR REPLACE FUNCTION charts.not_in_force() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT one.name FROM charts.guarded one LEFT JOIN pg_class held
        ON held.relname = one.name AND held.relnamespace = 'public'::regnamespace
    WHERE held.oid IS NULL OR NOT (held.relrowsecurity AND held.relforcerowsecurity)
        OR NOT EXISTS (SELECT FROM pg_policy rule WHERE rule.polrelid = held.oid AND rule.polname = 'charts_read')
        OR EXISTS (SELECT FROM pg_policy rule WHERE rule.polrelid = held.oid
                   AND rule.polname NOT IN ('machinery', 'charts_read', 'charts_add', 'charts_change', 'charts_remove'))
    ORDER BY one.name
$$
"""

INNER: Final = (_SIGNED, _SCOPES, _UNITS, _REACH, _REFUSERS, _PERMITTED, _ONE_PERSON, _OPENED, _KEEP)
"""Called by the others only."""

OUTER: Final = (_OPEN, _OPEN_NONE, _GRANTED, _GRANTED_BY_RULE, _TRAIL_OPEN, _PATIENT_OF, _ONCE_OF, _FITS, _NOT_IN_FORCE)
"""What the web role may call."""
CALLED: Final = (
    "open(text, text)",
    "open_none()",
    "granted(text)",
    "granted_by_rule(text)",
    "trail_open()",
    "patient_of(text, uuid)",
    "once_of_opened(text, text)",
    "fits(text, text)",
    "not_in_force()",
)
