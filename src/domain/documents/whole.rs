//! Whether a paper is whole, and nothing else besides.

use crate::domain::problem::FieldProblem;
use crate::domain::reports::MediaType;

/// Where the end of a PDF is looked for, as readers do (ISO 32000-1, Annex H, 3.4.4).
const PDF_TAIL_BYTES: usize = 1_024;
/// The end record of a ZIP archive without its comment (APPNOTE 4.3.16), and with the longest one.
const ARCHIVE_END_BYTES: usize = 22;
const ARCHIVE_TAIL_BYTES: usize = ARCHIVE_END_BYTES + 65_535;

/// That a file has its own end, and nothing of another kind after it: a registrar is not to find months later that half a
/// degree came in, nor anybody that a picture is an archive too. It is not decoded: nobody is shown it in a page of ours.
///
/// # Errors
/// `not_whole`.
pub fn is_whole(media_type: MediaType, bytes: &[u8]) -> Result<(), FieldProblem> {
    // Some writers end with a line's end or with zeros.
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n' | b' ' | 0)).map_or(0, |last| last + 1);
    let body = bytes.get(..end).unwrap_or_default();
    let has_end = match media_type {
        // Its trailer is looked for near the end, where changes are added.
        MediaType::Pdf => tail(body, PDF_TAIL_BYTES).windows(5).any(|part| part == b"%%EOF"),
        MediaType::Jpeg => after_pictures(body).is_some_and(<[u8]>::is_empty),
        MediaType::Png => after_chunks(bytes).is_some_and(<[u8]>::is_empty),
        MediaType::Webp | MediaType::Mp3 | MediaType::Wav | MediaType::M4a | MediaType::Mp4 | MediaType::QuickTime => {
            true
        }
    };
    match has_end && !ends_as_archive(bytes, end) {
        true => Ok(()),
        false => Err(FieldProblem::new("not_whole", "the file does not end as one of its type: send it again")),
    }
}

fn tail(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(most)..).unwrap_or_default()
}

/// Whether the file, of which `end` bytes say something, is an archive to those who read it from its end: its last words
/// would be the archive's comment.
fn ends_as_archive(bytes: &[u8], end: usize) -> bool {
    let tail = tail(bytes, ARCHIVE_TAIL_BYTES);
    let before = bytes.len() - tail.len();
    tail.windows(ARCHIVE_END_BYTES).enumerate().any(|(at, record)| {
        let comment = record.last_chunk::<2>().map_or(0, |length| usize::from(u16::from_le_bytes(*length)));
        let its_end = before + at + ARCHIVE_END_BYTES + comment;
        record.starts_with(b"PK\x05\x06") && (end..=bytes.len()).contains(&its_end)
    })
}

/// What follows the picture, and those that phones put behind it, each whole like the first (CIPA DC-007).
fn after_pictures(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = after_picture(bytes)?;
    while rest.starts_with(b"\xff\xd8") {
        rest = after_picture(rest)?;
    }
    Some(rest)
}

/// What follows the end of a JPEG, whose segments are passed over by their lengths: a small picture within one of them has
/// an end of its own (ITU-T T.81, B.1.1).
fn after_picture(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        rest = match rest {
            [0xff, 0xd9, after @ ..] => return Some(after),
            // Bytes that fill up, and markers that stand alone.
            [0xff, after @ ..] if after.first() == Some(&0xff) => after,
            [0xff, 0x01 | 0xd0..=0xd7, after @ ..] => after,
            [0xff, 0xda, after @ ..] => after_scan(after_segment(after)?)?,
            [0xff, 0x02..=0xcf | 0xdb..=0xfe, after @ ..] => after_segment(after)?,
            [..] => return None,
        };
    }
}

/// What follows a segment, which begins with its length.
fn after_segment(bytes: &[u8]) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.first_chunk::<2>()?));
    bytes.get(length.max(2)..)
}

/// The marker after the picture's own bytes: in those an 0xff is followed by 0, or by a marker of a restart.
fn after_scan(bytes: &[u8]) -> Option<&[u8]> {
    let is_marker = |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0 | 0xd0..=0xd7 | 0xff));
    let at = bytes.windows(2).position(is_marker)?;
    bytes.get(at..)
}

/// What follows the last chunk of a PNG, which is empty and has a fixed sum (ISO/IEC 15948, 5.3).
fn after_chunks(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    loop {
        if let Some(after) = rest.strip_prefix(b"\0\0\0\0IEND\xaeB`\x82") {
            return Some(after);
        }
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk::<4>()?)).ok()?;
        // Its length, its type, and its sum.
        rest = rest.get(length.checked_add(12)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG_END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";
    /// With a small picture in a segment, a scan that is cut by a restart, and one byte that looks like a marker.
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe1\x00\x06\xff\xd8\xff\xd9\xff\xff\xdb\x00\x02\xff\xda\x00\x03\x01ab\xff\x00c\xff\xd0d\xff\xd9";

    /// An archive without files, with this comment.
    fn archive(comment: &[u8]) -> Vec<u8> {
        let length = u16::try_from(comment.len()).expect("a short comment").to_le_bytes();
        [b"PK\x05\x06".as_slice(), &[0; 16], &length, comment].concat()
    }

    #[test]
    fn a_file_has_its_own_end() {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\x02IDATxxssss".as_slice(), PNG_END].concat();
        let cut = |bytes: &[u8], most: usize| bytes.get(..most).unwrap_or_default().to_vec();
        for (media_type, bytes, whole) in [
            (MediaType::Pdf, b"%PDF-1.7\nx\n%%EOF".to_vec(), true),
            (MediaType::Pdf, b"%PDF-1.7\nx\n%%EOF\r\n\0\0".to_vec(), true),
            (MediaType::Pdf, b"%PDF-1.7\nx\n".to_vec(), false),
            (MediaType::Pdf, [b"%PDF-1.7\n%%EOF".as_slice(), &[b'x'; 1_024]].concat(), false),
            (MediaType::Jpeg, JPEG.to_vec(), true),
            (MediaType::Jpeg, [JPEG, b"\0\0\0"].concat(), true),
            (MediaType::Jpeg, [JPEG, JPEG].concat(), true),
            (MediaType::Jpeg, cut(JPEG, JPEG.len() - 2), false),
            (MediaType::Jpeg, cut(JPEG, 10), false),
            (MediaType::Jpeg, [JPEG, b"PK\x05\x06"].concat(), false),
            (MediaType::Jpeg, [JPEG, b"<script>\xff\xd9"].concat(), false),
            (MediaType::Jpeg, [JPEG, cut(JPEG, 20).as_slice()].concat(), false),
            (MediaType::Png, png.clone(), true),
            (MediaType::Png, cut(&png, 12), false),
            (MediaType::Png, [png.as_slice(), b"<script>"].concat(), false),
            (MediaType::Png, [png.as_slice(), b"<script>", PNG_END].concat(), false),
            (MediaType::Png, vec![], false),
        ] {
            assert_eq!(is_whole(media_type, &bytes).is_ok(), whole, "{media_type:?} {bytes:?}");
        }
    }

    #[test]
    fn no_file_is_an_archive_too() {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), PNG_END].concat();
        for (media_type, file, end) in [
            (MediaType::Pdf, b"%PDF-1.7\nx\n%%EOF".as_slice(), b"%%EOF".as_slice()),
            (MediaType::Jpeg, JPEG, b"\xff\xd9".as_slice()),
            (MediaType::Png, png.as_slice(), PNG_END),
        ] {
            assert_eq!(is_whole(media_type, file), Ok(()), "{media_type:?}");
            for comment in [end.to_vec(), [end, b"\r\n"].concat(), Vec::new()] {
                let both = [file, &archive(&comment)].concat();
                assert!(is_whole(media_type, &both).is_err(), "{media_type:?} {comment:?}");
            }
        }
        // Within a segment, where the picture goes on behind it, as the archive's comment.
        let end = b"\xff\xd9";
        let length = u16::try_from(2 + ARCHIVE_END_BYTES).expect("short").to_be_bytes();
        let inside = [b"\xff\xd8\xff\xfe".as_slice(), &length, &archive(b""), end].concat();
        assert_eq!(is_whole(MediaType::Jpeg, &inside), Ok(()), "no reader finds the archive");
        let (before, after) = inside.split_at(inside.len() - 4);
        let longer = [before, &[2], after.get(1..).unwrap_or_default()].concat();
        assert!(is_whole(MediaType::Jpeg, &longer).is_err());
        // Who writes of archives has a paper like others.
        assert_eq!(is_whole(MediaType::Pdf, b"%PDF-1.7\nPK\x05\x06 begins the end of an archive\n%%EOF"), Ok(()));
    }
}
