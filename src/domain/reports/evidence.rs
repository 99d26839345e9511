//! Evidence: files of a few well-known types, told by their content and never by their name.

use crate::domain::problem::FieldProblem;
use crate::domain::time::Timestamp;
use std::fmt;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub enum MediaType {
    Jpeg,
    Png,
    Webp,
    Pdf,
    Mp3,
    Wav,
    M4a,
    Mp4,
    QuickTime,
}

/// Brands of `ftyp` boxes (ISO/IEC 14496-12 §4.3) that are films. Pictures in such boxes (HEIC, AVIF) are not.
const FILM_BRANDS: &[&[u8; 4]] = &[
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV",
    b"3gp4", b"3gp5", b"3gp6", b"mmp4",
];

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Jpeg, Self::Png, Self::Webp, Self::Pdf, Self::Mp3, Self::Wav, Self::M4a, Self::Mp4, Self::QuickTime];

    /// As stored and served.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::M4a => "audio/mp4",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
        }
    }

    /// What a file of it is called at its end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Mp4 => "mp4",
            Self::QuickTime => "mov",
        }
    }

    /// The type that is declared by this name, or by another that browsers use for it.
    pub fn declared(name: &str) -> Option<Self> {
        let name = match name {
            "audio/mp3" => "audio/mpeg",
            "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "audio/wav",
            "audio/x-m4a" | "audio/m4a" => "audio/mp4",
            name => name,
        };
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// The type that the first bytes of a file show.
    pub fn of_content(bytes: &[u8]) -> Option<Self> {
        let at = |from: usize, mark: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(mark));
        let brand = bytes.get(8..12).filter(|_| at(4, b"ftyp"));
        match brand {
            Some(b"M4A ") => return Some(Self::M4a),
            Some(b"qt  ") => return Some(Self::QuickTime),
            Some(brand) => return FILM_BRANDS.iter().any(|film| *film == brand).then_some(Self::Mp4),
            None => {}
        }
        let marks: [(Self, bool); 6] = [
            (Self::Jpeg, at(0, &[0xff, 0xd8, 0xff])),
            (Self::Png, at(0, b"\x89PNG\r\n\x1a\n")),
            (Self::Webp, at(0, b"RIFF") && at(8, b"WEBP")),
            (Self::Pdf, at(0, b"%PDF-")),
            (Self::Wav, at(0, b"RIFF") && at(8, b"WAVE")),
            (Self::Mp3, at(0, b"ID3") || is_mp3_frame(bytes)),
        ];
        marks.into_iter().find(|(_, shown)| *shown).map(|(known, _)| known)
    }

    /// What a file is that was sent as `declared`.
    ///
    /// # Errors
    /// `unknown_type` for content of another kind, `other_type` where content and declaration disagree.
    pub fn agreed(declared: Self, bytes: &[u8]) -> Result<Self, FieldProblem> {
        match Self::of_content(bytes) {
            Some(found) if found == declared => Ok(found),
            Some(found) => Err(FieldProblem::new("other_type", format!("its content is {}", found.as_str()))),
            None => Err(FieldProblem::new("unknown_type", "its content is none of the types taken here")),
        }
    }
}

/// The header of an MPEG-1 or MPEG-2 layer III frame (ISO/IEC 11172-3 §2.4.1.3), with or without a checksum.
fn is_mp3_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfa | 0xfb | 0xf2 | 0xf3, third, ..] if third >> 4 != 0xf && third & 0x0c != 0x0c)
}

/// SHA-256 of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads lower-case hex, and no other form.
    pub fn parse(raw: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER.decode(raw.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Lower-case hex.
impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// A file of a report or a case, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Counts the files of its report or case, from 1.
    pub number: i64,
    /// What it is.
    pub media_type: MediaType,
    /// How long it is, in bytes.
    pub bytes: i64,
    /// SHA-256 of its bytes, as in the log.
    pub sha256: Sha256,
    /// When it came in.
    pub added_at: Timestamp,
    /// The name of the sealed object that holds its bytes.
    pub object: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_by_content() {
        let samples: [(&[u8], Option<MediaType>); 16] = [
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", Some(MediaType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\x00", Some(MediaType::Png)),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Some(MediaType::Webp)),
            (b"RIFF\x00\x00\x00\x00WAVEfmt ", Some(MediaType::Wav)),
            (b"RIFF\x00\x00\x00\x00AVI LIST", None),
            (b"%PDF-1.7\n", Some(MediaType::Pdf)),
            (b"ID3\x04\x00", Some(MediaType::Mp3)),
            (b"\xff\xfb\x90\x64", Some(MediaType::Mp3)),
            (b"\xff\xfb\xf0\x64", None),
            (b"\x00\x00\x00\x18ftypmp42\x00\x00", Some(MediaType::Mp4)),
            (b"\x00\x00\x00\x18ftypM4A \x00\x00", Some(MediaType::M4a)),
            (b"\x00\x00\x00\x14ftypqt  \x00\x00", Some(MediaType::QuickTime)),
            (b"\x00\x00\x00\x18ftypheic\x00\x00", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ];
        for (bytes, media_type) in samples {
            assert_eq!(MediaType::of_content(bytes), media_type, "{bytes:?}");
        }
    }

    #[test]
    fn declaration_and_content_agree() {
        let pdf = b"%PDF-1.7\n";
        assert_eq!(MediaType::agreed(MediaType::Pdf, pdf), Ok(MediaType::Pdf));
        assert_eq!(MediaType::agreed(MediaType::Png, pdf).map_err(|it| it.code), Err("other_type"));
        assert_eq!(MediaType::agreed(MediaType::Png, b"GIF89a").map_err(|it| it.code), Err("unknown_type"));
        assert_eq!(MediaType::declared("audio/x-wav"), Some(MediaType::Wav));
        assert_eq!(MediaType::declared("text/html"), None);
    }
}
