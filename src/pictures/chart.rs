//! Charts as SVG: bars with words in both languages, readable without colour and by those who hear them.

use crate::domain::issuer::Words;
use askama::Template;

/// Pixels of a row: two lines of words and a bar.
const ROW: usize = 62;
/// Pixels above the rows.
const HEAD: usize = 96;
/// Pixels of the longest bar.
const LONGEST: i64 = 520;

/// A row of a chart.
pub struct Bar {
    /// What it counts.
    pub name: Words,
    /// How much; `None` where it is not shown.
    pub value: Option<i64>,
}

/// A chart.
pub struct Chart {
    /// Its heading.
    pub title: Words,
    /// What has to be known to read it.
    pub note: Words,
    /// What stands where a value is not shown.
    pub unshown: &'static str,
    /// From top to bottom.
    pub bars: Vec<Bar>,
}

struct Row<'a> {
    top: usize,
    name: &'a Words,
    width: i64,
    value: String,
}

#[derive(Template)]
#[template(
    ext = "svg",
    source = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {{ height }}" width="760" height="{{ height }}" role="img" aria-labelledby="title note" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif" fill="#14191c">
<title id="title">{{ chart.title.vi }} / {{ chart.title.en }}</title>
<desc id="note">{{ chart.note.vi }} / {{ chart.note.en }}</desc>
<rect width="760" height="{{ height }}" fill="#fff"/>
<text x="16" y="30" font-size="16" font-weight="600">{{ chart.title.vi }}</text>
<text x="16" y="50" font-size="14" fill="#45525a" lang="en">{{ chart.title.en }}</text>
<text x="16" y="70" font-size="12" fill="#45525a">{{ chart.note.vi }}</text>
<text x="16" y="86" font-size="12" fill="#45525a" lang="en">{{ chart.note.en }}</text>
{% for row in rows %}<g transform="translate(16 {{ row.top }})">
<text y="16" font-size="14">{{ row.name.vi }}</text>
<text y="32" font-size="12" fill="#45525a" lang="en">{{ row.name.en }}</text>
{% if row.width > 0 %}<rect y="38" width="{{ row.width }}" height="16" fill="#005a53"/>
{% endif %}<text x="{{ row.width + 8 }}" y="51" font-size="14">{{ row.value }}</text>
</g>
{% endfor %}</svg>
"##
)]
struct Picture<'a> {
    chart: &'a Chart,
    height: usize,
    rows: Vec<Row<'a>>,
}

impl Chart {
    /// The chart as an SVG document.
    ///
    /// # Errors
    /// The template's.
    pub fn svg(&self) -> Result<String, askama::Error> {
        let greatest = self.bars.iter().filter_map(|bar| bar.value).max().unwrap_or(1).max(1);
        let rows = self.bars.iter().enumerate().map(|(at, bar)| Row {
            top: HEAD + at * ROW,
            name: &bar.name,
            width: bar.value.map_or(0, |value| value * LONGEST / greatest),
            value: bar.value.map_or_else(|| self.unshown.to_owned(), |value| value.to_string()),
        });
        Picture { chart: self, height: HEAD + self.bars.len() * ROW + 16, rows: rows.collect() }.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values_and_words_are_escaped() {
        let bar = |name: &str, value| Bar { name: Words::new(name, name), value };
        let bars = vec![bar("a < b", Some(100)), bar("\"c\" & d", Some(50)), bar("e", None)];
        let svg =
            Chart { title: Words::new("Tiêu đề", "Title"), note: Words::new("n", "n"), unshown: "< 10", bars }
                .svg()
                .expect("SVG");
        assert!(svg.contains("width=\"520\" height=\"16\"") && svg.contains("width=\"260\" height=\"16\""));
        assert_eq!(svg.matches("fill=\"#005a53\"").count(), 2);
        assert!(svg.contains(">&#60; 10</text>"), "{svg}");
        assert!(!svg.contains("a < b") && !svg.contains("& d"));
    }
}
