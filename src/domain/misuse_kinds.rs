//! The closed list of kinds of misuse, and of acts against journalists. What each means and its basis in law is data:
//! `data::misuse_kinds`.

use super::problem::FieldProblem;

macro_rules! kinds {
    ($($name:ident = $code:literal),+ $(,)?) => {
        /// A kind of misuse of press credentials, or of acts against journalists. None is about what anybody published.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each name says it; the list compiled in has both languages and the law")]
        pub enum MisuseKind { $($name,)+ }

        impl MisuseKind {
            /// All of them, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its code, as stored and shown.
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
            .ok_or_else(|| FieldProblem::new("unknown_kind", "a code of the list of kinds of misuse, like `LENT_CARD`"))
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
