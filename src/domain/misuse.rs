//! Kinds of misuse of press credentials, and of acts against journalists: one closed list, on equal terms.
//!
//! Their words and their basis in law are data (`src/data/misuse_kinds.csv`). No kind is about what anybody published
//! or thinks.

use super::problem::FieldProblem;

macro_rules! kinds {
    ($($name:ident = $code:literal),+ $(,)?) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the data says what each is, in both languages")]
        pub enum MisuseKind { $($name,)+ }

        impl MisuseKind {
            /// All of them, in the order of the data.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

kinds! {
    Impersonation = "IMPERSONATION",
    AgencyImpersonation = "AGENCY_IMPERSONATION",
    ForgedCard = "FORGED_CARD",
    AlteredCard = "ALTERED_CARD",
    ExpiredCard = "EXPIRED_CARD",
    RevokedCard = "REVOKED_CARD",
    CardNotReturned = "CARD_NOT_RETURNED",
    AgencyFailedToCollect = "AGENCY_FAILED_TO_COLLECT",
    LentCard = "LENT_CARD",
    OthersCard = "OTHERS_CARD",
    LostCardUsed = "LOST_CARD_USED",
    ForgedLetter = "FORGED_LETTER",
    LetterOutOfScope = "LETTER_OUT_OF_SCOPE",
    LookalikeCredential = "LOOKALIKE_CREDENTIAL",
    BlankStampedPaper = "BLANK_STAMPED_PAPER",
    FalseDossier = "FALSE_DOSSIER",
    TitleByNonStaff = "TITLE_BY_NON_STAFF",
    UnnotifiedPresence = "UNNOTIFIED_PRESENCE",
    AbuseHarassment = "ABUSE_HARASSMENT",
    Extortion = "EXTORTION",
    Obstruction = "OBSTRUCTION",
    Seizure = "SEIZURE",
    InsultOrDamage = "INSULT_OR_DAMAGE",
    Threat = "THREAT",
}

impl MisuseKind {
    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_kind", "a code of GET /api/v1/misuse-kinds"))
    }

    /// Whether somebody passed for a press agency, a journalist or the holder of a card: what others are warned of.
    pub const fn is_impersonation(self) -> bool {
        match self {
            Self::Impersonation
            | Self::AgencyImpersonation
            | Self::ForgedCard
            | Self::AlteredCard
            | Self::OthersCard
            | Self::LostCardUsed
            | Self::ForgedLetter
            | Self::LookalikeCredential
            | Self::TitleByNonStaff => true,
            Self::ExpiredCard
            | Self::RevokedCard
            | Self::CardNotReturned
            | Self::AgencyFailedToCollect
            | Self::LentCard
            | Self::LetterOutOfScope
            | Self::BlankStampedPaper
            | Self::FalseDossier
            | Self::UnnotifiedPresence
            | Self::AbuseHarassment
            | Self::Extortion
            | Self::Obstruction
            | Self::Seizure
            | Self::InsultOrDamage
            | Self::Threat => false,
        }
    }
}
