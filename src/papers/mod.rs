//! Papers: notices and case files as PDF, A4, in Vietnamese with English below, with an embedded font.
//!
//! A paper is made of what it is given and nothing else, so that the same facts give the same bytes. [`font`] knows
//! letters, [`sheet`] lays words out on pages, [`pdf`] writes them; each paper has a file of its own.

pub mod case_file;
mod font;
pub mod notice;
mod pdf;
mod sheet;
mod words;
