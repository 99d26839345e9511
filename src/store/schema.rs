//! The tables as diesel sees them: the same for both databases. Instants are microseconds (`BigInt`).

diesel::table! {
    log_head (id) {
        id -> SmallInt,
        size -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    accesses (id) {
        id -> Text,
        at -> BigInt,
        person_id -> Nullable<Text>,
        actor_id -> Text,
        actor_role -> Text,
        actor_body -> Nullable<Text>,
        what -> Text,
        case_id -> Nullable<Text>,
        report_id -> Nullable<Text>,
        purpose -> Nullable<Text>,
    }
}

diesel::table! {
    access_hours (hour) {
        hour -> BigInt,
    }
}

diesel::table! {
    log_leaves (idx) {
        idx -> BigInt,
        #[sql_name = "type"]
        kind -> Text,
        hour -> BigInt,
        commitment -> Binary,
    }
}

diesel::table! {
    log_tiles (level, n) {
        level -> SmallInt,
        n -> BigInt,
        hashes -> Binary,
    }
}

diesel::table! {
    logs (n) {
        n -> Integer,
        origin -> Text,
        first -> BigInt,
        size -> BigInt,
        checkpoint -> Nullable<Text>,
    }
}

diesel::table! {
    events (idx) {
        idx -> BigInt,
        id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        at -> BigInt,
        actor_id -> Nullable<Text>,
        actor_role -> Text,
        actor_body -> Nullable<Text>,
        object_kind -> Text,
        object_id -> Text,
        data -> Text,
        salt -> Binary,
        province_id -> Nullable<Text>,
    }
}

diesel::table! {
    event_personal (event_idx, subject) {
        event_idx -> BigInt,
        subject -> Text,
        digest -> Binary,
        salt -> Nullable<Binary>,
        fields -> Nullable<Text>,
    }
}

diesel::table! {
    provinces (id) {
        id -> Text,
        code -> Text,
        name -> Text,
        kind -> Text,
        successor -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    agencies (id) {
        id -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        kind -> Text,
        level -> Text,
        governing_body -> Nullable<Text>,
        province_id -> Nullable<Text>,
        website -> Nullable<Text>,
        source -> Nullable<Text>,
        state -> Text,
        search -> Text,
        version -> BigInt,
        created_at -> BigInt,
        press_types -> Nullable<Text>,
    }
}

diesel::table! {
    agency_leaders (id) {
        id -> Text,
        agency_id -> Text,
        person_id -> Text,
        post -> Text,
        title -> Nullable<Text>,
        from_day -> Date,
        to_day -> Nullable<Date>,
        created_at -> BigInt,
    }
}

diesel::table! {
    licences (id) {
        id -> Text,
        agency_id -> Text,
        number -> Text,
        issued_on -> Date,
        issuer -> Text,
        valid_until -> Nullable<Date>,
        purpose -> Nullable<Text>,
        circulation_area -> Nullable<Text>,
        created_at -> BigInt,
        revoked_on -> Nullable<Date>,
    }
}

diesel::table! {
    licence_replacements (replaced_id) {
        replaced_id -> Text,
        licence_id -> Text,
        from_day -> Date,
    }
}

diesel::table! {
    people (id) {
        id -> Text,
        full_name -> Text,
        pen_name -> Nullable<Text>,
        birth_date -> Date,
        national_id_sealed -> Binary,
        national_id_hash -> Binary,
        email -> Nullable<Text>,
        portrait_id -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        erased_at -> Nullable<BigInt>,
        name_key -> Text,
        merged_into -> Nullable<Text>,
        name_folded -> Text,
    }
}

diesel::table! {
    duplicates (id) {
        id -> Text,
        one_id -> Text,
        other_id -> Text,
        ground -> Text,
        state -> Text,
        version -> BigInt,
        found_at -> BigInt,
    }
}

diesel::table! {
    former_names (person_id, name_key) {
        person_id -> Text,
        name_key -> Text,
    }
}

diesel::table! {
    people_words (agency_id, entry, person_id) {
        agency_id -> Text,
        entry -> Text,
        person_id -> Text,
        until -> Nullable<Date>,
    }
}

diesel::table! {
    erasures (person_id) {
        person_id -> Text,
        requested_by -> Nullable<Text>,
        requested_at -> BigInt,
        reason -> Nullable<Text>,
        province_id -> Nullable<Text>,
        log_index -> Nullable<BigInt>,
    }
}

diesel::table! {
    engagements (id) {
        id -> Text,
        person_id -> Text,
        agency_id -> Text,
        kind -> Text,
        post -> Text,
        from_day -> Date,
        to_day -> Nullable<Date>,
    }
}

diesel::table! {
    portraits (id) {
        id -> Text,
        person_id -> Text,
        digest -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        email -> Text,
        role -> Text,
        agency_id -> Nullable<Text>,
        province_id -> Nullable<Text>,
        body -> Nullable<Text>,
        person_id -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        state -> Text,
        version -> BigInt,
        created_at -> BigInt,
        device_epoch -> BigInt,
    }
}

diesel::table! {
    one_time_codes (user_id) {
        user_id -> Text,
        code_hash -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        must_change_password -> Bool,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Text,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    applications (id) {
        id -> Text,
        agency_id -> Text,
        kind -> Text,
        basis -> Text,
        state -> Text,
        drafted_by -> Text,
        submitted_by -> Nullable<Text>,
        endorsed_by -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    application_people (application_id, person_id) {
        application_id -> Text,
        person_id -> Text,
        position -> Integer,
        outcome -> Text,
        reason -> Nullable<Text>,
        credential_id -> Nullable<Text>,
        police_reference -> Nullable<Text>,
    }
}

diesel::table! {
    application_documents (application_id, number) {
        application_id -> Text,
        number -> BigInt,
        kind -> Text,
        person_id -> Nullable<Text>,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        added_at -> BigInt,
        object -> Text,
    }
}

diesel::table! {
    office_documents (office_id, number) {
        office_id -> Text,
        number -> BigInt,
        kind -> Text,
        person_id -> Nullable<Text>,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        added_at -> BigInt,
        object -> Text,
    }
}

diesel::table! {
    eligibility (application_id, person_id) {
        application_id -> Text,
        person_id -> Text,
        sealed -> Binary,
    }
}

diesel::table! {
    credentials (id) {
        id -> Text,
        kind -> Text,
        number -> Text,
        number_key -> Text,
        kid -> Text,
        status_index -> BigInt,
        person_id -> Text,
        agency_id -> Text,
        application_id -> Nullable<Text>,
        name -> Text,
        agency_name -> Text,
        portrait_id -> Nullable<Text>,
        photo_digest -> Nullable<Text>,
        place -> Nullable<Text>,
        unit_visited -> Nullable<Text>,
        work -> Nullable<Text>,
        valid_from -> BigInt,
        valid_until -> BigInt,
        state -> Text,
        left_suspended -> Bool,
        ground -> Nullable<Text>,
        replaced_by -> Nullable<Text>,
        code -> Binary,
        log_index -> BigInt,
        version -> BigInt,
        issued_at -> BigInt,
        gone -> Nullable<Text>,
    }
}

diesel::table! {
    state_cards (id) {
        id -> Text,
        number -> Text,
        number_key -> Text,
        name -> Text,
        name_key -> Text,
        agency_id -> Text,
        issued -> Date,
        valid_until -> Date,
        state -> Text,
        version -> BigInt,
        created_at -> BigInt,
        ground -> Nullable<Text>,
        series -> Nullable<Text>,
        running -> Nullable<BigInt>,
        untraceable -> Bool,
    }
}

diesel::table! {
    signed_lists (name) {
        name -> Text,
        version -> BigInt,
        token -> Binary,
    }
}

diesel::table! {
    status_lists (list) {
        list -> Integer,
        series -> Text,
        used -> Integer,
        opened_at -> BigInt,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    keys (id) {
        id -> Text,
        purpose -> Text,
        public_key -> Nullable<Binary>,
        state -> Text,
        not_before -> BigInt,
        not_after -> Nullable<BigInt>,
    }
}

diesel::table! {
    hosts (host) {
        host -> Text,
        first_used_at -> BigInt,
    }
}

diesel::table! {
    idempotency (key_hash) {
        key_hash -> Binary,
        payload_hash -> Binary,
        status -> SmallInt,
        headers -> Text,
        body -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    reports (id) {
        id -> Text,
        receipt_hash -> Binary,
        state -> Text,
        kind -> Nullable<Text>,
        province_id -> Text,
        occurred_at -> BigInt,
        reporter_id -> Nullable<Text>,
        reporter_body -> Nullable<Text>,
        reporter_province_id -> Nullable<Text>,
        evidence_files -> BigInt,
        evidence_bytes -> BigInt,
        log_index -> BigInt,
        version -> BigInt,
        received_at -> BigInt,
    }
}

diesel::table! {
    report_details (report_id) {
        report_id -> Text,
        code -> Nullable<Text>,
        number -> Nullable<Text>,
        claimed_name -> Nullable<Text>,
        claimed_agency -> Nullable<Text>,
        place -> Text,
        narrative -> Text,
        amount_demanded -> Nullable<BigInt>,
        police_reference -> Nullable<Text>,
    }
}

diesel::table! {
    report_evidence (report_id, number) {
        report_id -> Text,
        number -> BigInt,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        added_at -> BigInt,
        object -> Text,
    }
}

diesel::table! {
    case_evidence (case_id, number) {
        case_id -> Text,
        number -> BigInt,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        added_at -> BigInt,
        object -> Text,
        role -> Text,
    }
}

diesel::table! {
    published_statistics (year, dimension) {
        year -> BigInt,
        dimension -> Text,
        cells -> Text,
        as_recorded -> Nullable<Text>,
        published_at -> BigInt,
    }
}

diesel::table! {
    cases (id) {
        id -> Text,
        state -> Text,
        kind -> Nullable<Text>,
        subject -> Text,
        person_id -> Nullable<Text>,
        agency_id -> Nullable<Text>,
        body -> Nullable<Text>,
        credential_id -> Nullable<Text>,
        province_id -> Text,
        venue_id -> Text,
        place -> Nullable<Text>,
        occurred_at -> Nullable<BigInt>,
        summary -> Nullable<Text>,
        claimed_name -> Nullable<Text>,
        claimed_agency -> Nullable<Text>,
        claimed_phone -> Nullable<Text>,
        claimed_number -> Nullable<Text>,
        opened_by -> Text,
        notice -> Nullable<Text>,
        reply_by -> Nullable<BigInt>,
        stay_until -> Nullable<BigInt>,
        stay_ended -> Bool,
        interim_credential_id -> Nullable<Text>,
        interim_until -> Nullable<BigInt>,
        interim_index -> Nullable<BigInt>,
        interim_ended -> Bool,
        replied -> Bool,
        version -> BigInt,
        opened_at -> BigInt,
    }
}

diesel::table! {
    case_reports (case_id, report_id) {
        case_id -> Text,
        report_id -> Text,
        position -> Integer,
    }
}

diesel::table! {
    case_decisions (case_id) {
        case_id -> Text,
        outcome -> Text,
        kind -> Text,
        measure -> Text,
        credential_id -> Nullable<Text>,
        names_subject -> Bool,
        reasons -> Text,
        decided_by -> Text,
        decided_at -> BigInt,
        confirmed_by -> Nullable<Text>,
        effect_index -> Nullable<BigInt>,
        appeal_until -> Nullable<BigInt>,
        appealed_at -> Nullable<BigInt>,
        heard_by -> Nullable<Text>,
        heard_at -> Nullable<BigInt>,
        overturned -> Bool,
        appeal_reasons -> Nullable<Text>,
    }
}

diesel::table! {
    case_statements (case_id, position) {
        case_id -> Text,
        position -> Integer,
        role -> Text,
        is_appeal -> Bool,
        text -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    case_links (case_id, other_id) {
        case_id -> Text,
        other_id -> Text,
        linked_at -> BigInt,
    }
}

diesel::table! {
    case_documents (case_id, number) {
        case_id -> Text,
        number -> BigInt,
        authority -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        made_at -> BigInt,
        object -> Text,
    }
}

diesel::table! {
    notice_mails (notice_id) {
        notice_id -> Text,
        state -> Text,
        tries -> BigInt,
        next_try_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    card_returns (card_id) {
        card_id -> Text,
        credential_id -> Nullable<Text>,
        state_card_id -> Nullable<Text>,
        reason -> Text,
        since -> BigInt,
        due_at -> BigInt,
        requested_at -> Nullable<BigInt>,
        reminded_at -> Nullable<BigInt>,
        proposed_at -> Nullable<BigInt>,
        set_aside_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    notices (id) {
        id -> Text,
        case_id -> Nullable<Text>,
        object_kind -> Nullable<Text>,
        object_id -> Nullable<Text>,
        agency_id -> Nullable<Text>,
        person_id -> Nullable<Text>,
        log_index -> Nullable<BigInt>,
        recipient -> Text,
        account_id -> Nullable<Text>,
        duty -> Text,
        means -> Nullable<Text>,
        position -> Integer,
        sent_at -> Nullable<BigInt>,
        served_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    guesses (key_hash) {
        key_hash -> Binary,
        over_at -> BigInt,
        next_at -> BigInt,
    }
}

diesel::table! {
    imports (id) {
        id -> Text,
        agency_id -> Text,
        user_id -> Text,
        session_id -> Text,
        dry_run -> Bool,
        mode -> Text,
        state -> Text,
        row_count -> BigInt,
        rows_done -> BigInt,
        last_row -> BigInt,
        accepted -> BigInt,
        unchanged -> BigInt,
        rejected -> BigInt,
        registered -> BigInt,
        object -> Nullable<Text>,
        claims -> BigInt,
        leased_until -> BigInt,
        failure -> Nullable<Text>,
        created_at -> BigInt,
        format -> Text,
    }
}

diesel::table! {
    import_errors (import_id, row_number, position) {
        import_id -> Text,
        row_number -> BigInt,
        position -> Integer,
        column_name -> Text,
        code -> Text,
        detail -> Text,
    }
}

diesel::table! {
    offices (id) {
        id -> Text,
        agency_id -> Text,
        kind -> Text,
        province_id -> Text,
        address -> Nullable<Text>,
        from_day -> Date,
        to_day -> Nullable<Date>,
        of_centre -> Bool,
        documents -> Text,
        state -> Text,
        state_before -> Nullable<Text>,
        reason_before -> Nullable<Text>,
        reason -> Nullable<Text>,
        ground -> Nullable<Text>,
        drafted_by -> Text,
        notified_by -> Nullable<Text>,
        notified_on -> Nullable<Date>,
        confirmed_on -> Nullable<Date>,
        change_notified_on -> Nullable<Date>,
        change_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    successions (id) {
        id -> Text,
        kind -> Text,
        reason -> Text,
        ended_predecessors -> Bool,
        decided_at -> BigInt,
        effective_on -> Nullable<Date>,
    }
}

diesel::table! {
    office_posts (office_id, person_id) {
        office_id -> Text,
        person_id -> Text,
        post -> Text,
        to_day -> Nullable<Date>,
        from_day -> Nullable<Date>,
    }
}

diesel::table! {
    succession_shares (succession_id, from_id, to_id) {
        succession_id -> Text,
        from_id -> Text,
        to_id -> Text,
        people -> BigInt,
        press_cards -> BigInt,
        letters -> BigInt,
        collaborator_cards -> BigInt,
        applications -> BigInt,
        accounts -> BigInt,
        cases -> BigInt,
        offices -> BigInt,
    }
}

diesel::joinable!(engagements -> people (person_id));
diesel::joinable!(erasures -> people (person_id));
diesel::joinable!(former_names -> people (person_id));
diesel::joinable!(notices -> cases (case_id));
diesel::joinable!(notices -> agencies (agency_id));
diesel::joinable!(application_documents -> applications (application_id));
diesel::joinable!(application_people -> applications (application_id));
diesel::joinable!(credentials -> agencies (agency_id));
diesel::joinable!(state_cards -> agencies (agency_id));
diesel::joinable!(applications -> agencies (agency_id));
diesel::joinable!(engagements -> agencies (agency_id));
diesel::joinable!(office_documents -> offices (office_id));
diesel::joinable!(office_posts -> offices (office_id));
diesel::joinable!(case_decisions -> cases (case_id));
diesel::joinable!(case_reports -> reports (report_id));
diesel::joinable!(case_reports -> cases (case_id));
diesel::allow_tables_to_appear_in_same_query!(
    log_head,
    events,
    event_personal,
    provinces,
    agencies,
    people,
    former_names,
    people_words,
    duplicates,
    erasures,
    engagements,
    portraits,
    users,
    one_time_codes,
    sessions,
    refresh_tokens,
    applications,
    application_people,
    application_documents,
    eligibility,
    credentials,
    state_cards,
    status_lists,
    signed_lists,
    counters,
    keys,
    hosts,
    idempotency,
    log_leaves,
    log_tiles,
    logs,
    reports,
    report_details,
    report_evidence,
    case_evidence,
    published_statistics,
    accesses,
    access_hours,
    cases,
    case_reports,
    case_decisions,
    case_statements,
    case_links,
    notices,
    notice_mails,
    card_returns,
    case_documents,
    guesses,
    imports,
    import_errors,
    offices,
    office_posts,
    office_documents,
    successions,
    succession_shares,
    agency_leaders,
    licences,
    licence_replacements,
);
