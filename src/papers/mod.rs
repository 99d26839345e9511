//! Papers: notices and case files as PDF, A4, in Vietnamese with English below, with an embedded font.
//!
//! A paper is made of what it is given and nothing else, so that the same facts give the same bytes. [`font`] knows
//! letters, [`sheet`] lays words out on pages, [`pdf`] writes them; each paper has a file of its own. Cards and letters
//! of introduction are drawn instead, on a [`canvas`], and a [`drawing`] is shown as SVG, PNG and PDF.

mod canvas;
pub mod card;
pub mod case_file;
pub mod drawing;
mod font;
pub mod letter;
pub mod notice;
mod pdf;
pub mod print_sheet;
pub mod record_notice;
mod sheet;
mod words;
