//! Rows of papers with files: the same for whatever they belong to. The bytes are sealed objects.

use super::schema::people;
use diesel::prelude::*;

/// Everybody who is not erased.
#[diesel::dsl::auto_type]
pub(super) fn not_erased() -> _ {
    people::table.filter(people::erased_at.is_null()).select(people::id)
}

/// What the store does with the papers of one kind of thing, whose people stand in a table with the same name for it:
/// `documents!(application_documents of applications with application_people by application_id: ApplicationId, …)`.
macro_rules! documents {
    ($table:ident of $things:ident with $people:ident by $owner:ident: $Owner:ty, $Kind:ty) => {
        #[derive(Queryable, Insertable)]
        #[diesel(table_name = $table)]
        struct DocumentRow {
            $owner: String,
            number: i64,
            kind: String,
            person_id: Option<String>,
            media_type: String,
            bytes: i64,
            sha256: Vec<u8>,
            added_at: i64,
            object: String,
        }

        impl DocumentRow {
            fn into_domain(self) -> Result<Document<$Kind>, Error> {
                let file = Evidence {
                    number: self.number,
                    media_type: columns::word(&self.media_type, &MediaType::ALL, MediaType::as_str)?,
                    bytes: self.bytes,
                    sha256: Sha256::from_bytes(columns::bytes(self.sha256)?),
                    added_at: columns::instant(self.added_at),
                    object: self.object,
                };
                let kind = columns::stored(<$Kind as Kind>::parse(&self.kind))?;
                Ok(Document { file, kind, person: columns::optional_id(self.person_id.as_deref())? })
            }
        }

        type Places = Vec<(String, i64, String)>;

        fn places(rows: Places) -> Result<Vec<DocumentPlace<$Owner>>, Error> {
            rows.into_iter()
                .map(|(of, number, object)| Ok(DocumentPlace { of: columns::id(&of)?, number, object }))
                .collect()
        }

        /// The papers of one thing in the order in which they came in.
        ///
        /// # Errors
        /// The database's.
        pub fn documents_of(db: &mut impl Read, of: $Owner) -> Result<Vec<Document<$Kind>>, Error> {
            let rows: Vec<DocumentRow> =
                $table::table.filter($table::$owner.eq(of.to_string())).order($table::number).load(db.db())?;
            rows.into_iter().map(DocumentRow::into_domain).collect()
        }

        /// The papers about the person of these records, oldest first, each with what it belongs to.
        ///
        /// # Errors
        /// The database's.
        pub fn documents_of_person(
            db: &mut impl Read,
            records: &[PersonId],
            limit: i64,
        ) -> Result<Vec<($Owner, Document<$Kind>)>, Error> {
            let records: Vec<String> = records.iter().map(ToString::to_string).collect();
            let rows: Vec<DocumentRow> = $table::table
                .filter($table::person_id.eq_any(records))
                .order(($table::$owner, $table::number))
                .limit(limit)
                .load(db.db())?;
            rows.into_iter().map(|row| Ok((columns::id(&row.$owner)?, row.into_domain()?))).collect()
        }

        /// Enters a paper.
        ///
        /// # Errors
        /// The database's.
        pub fn add_document(writer: &mut Writer, of: $Owner, it: &Document<$Kind>) -> Result<(), Error> {
            let row = DocumentRow {
                $owner: of.to_string(),
                number: it.file.number,
                kind: Kind::as_str(it.kind).to_owned(),
                person_id: it.person.map(|id| id.to_string()),
                media_type: it.file.media_type.as_str().to_owned(),
                bytes: it.file.bytes,
                sha256: it.file.sha256.as_bytes().to_vec(),
                added_at: it.file.added_at.micros(),
                object: it.file.object.clone(),
            };
            diesel::insert_into($table::table).values(row).execute(writer.db())?;
            Ok(())
        }

        /// Removes papers.
        ///
        /// # Errors
        /// The database's.
        pub fn remove_documents(writer: &mut Writer, places: &[DocumentPlace<$Owner>]) -> Result<(), Error> {
            for DocumentPlace { of, number, .. } in places {
                diesel::delete($table::table.find((of.to_string(), number))).execute(writer.db())?;
            }
            Ok(())
        }

        /// What becomes of the papers when the person of these records is erased.
        ///
        /// # Errors
        /// The database's.
        pub fn documents_about(db: &mut impl Read, records: &[PersonId]) -> Result<Papers<$Owner>, Error> {
            use $table::{number, object, person_id, table, $owner};
            let records: Vec<String> = records.iter().map(ToString::to_string).collect();
            let theirs: Vec<String> =
                $people::table.filter($people::person_id.eq_any(&records)).select($people::$owner).load(db.db())?;
            let others: HashSet<String> = HashSet::from_iter(
                $people::table
                    .filter($people::$owner.eq_any(&theirs))
                    .filter($people::person_id.ne_all(&records))
                    .filter($people::person_id.eq_any(not_erased()))
                    .select($people::$owner)
                    .load::<String>(db.db())?,
            );
            let own: Places = table
                .filter(person_id.eq_any(records))
                .order(($owner, number))
                .select(($owner, number, object))
                .load(db.db())?;
            let of_nobody: Places = table
                .filter(person_id.is_null())
                .filter($owner.eq_any(theirs))
                .order(($owner, number))
                .select(($owner, number, object))
                .load(db.db())?;
            let (shared, alone): (Places, Places) = of_nobody.into_iter().partition(|(id, ..)| others.contains(id));
            Ok(Papers { gone: places([own, alone].concat())?, shared: places(shared)? })
        }

        /// The papers of what is in one of these states and to which nothing has happened since `before`; at most those of
        /// some, up to `limit` papers.
        fn documents_left(
            db: &mut impl Read,
            (noun, states): (&str, &[&str]),
            before: Timestamp,
            limit: i64,
        ) -> Result<Vec<DocumentPlace<$Owner>>, Error> {
            use diesel::dsl::{exists, not};
            let since = events::table
                .filter(events::object_kind.eq(noun).and(events::object_id.eq($things::id)))
                .filter(events::at.ge(before.micros()));
            let rows: Places = $table::table
                .inner_join($things::table)
                .filter($things::state.eq_any(states.iter().copied()))
                .filter(not(exists(since)))
                .order(($table::$owner, $table::number))
                .limit(limit)
                .select(($table::$owner, $table::number, $table::object))
                .load(db.db())?;
            places(rows)
        }

        /// Papers about somebody go with these things, which go from one record to another.
        ///
        /// # Errors
        /// The database's.
        pub(in crate::store) fn hand_documents_over(
            writer: &mut Writer,
            from: &str,
            to: &str,
            moved: &[String],
        ) -> Result<(), Error> {
            use $table::{person_id, table, $owner};
            for ids in moved.chunks(crate::store::connection::IDS_AT_ONCE) {
                let theirs = table.filter($owner.eq_any(ids)).filter(person_id.eq(from));
                diesel::update(theirs).set(person_id.eq(to)).execute(writer.db())?;
            }
            Ok(())
        }

        /// Whether a paper is kept in this object.
        ///
        /// # Errors
        /// The database's.
        pub fn document_names_object(db: &mut impl Read, object: &str) -> Result<bool, Error> {
            let named = $table::table.filter($table::object.eq(object));
            Ok(diesel::select(diesel::dsl::exists(named)).get_result(db.db())?)
        }
    };
}

pub(super) use documents;
