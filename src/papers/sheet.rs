//! Words on pages: lines are broken at spaces, pages where they are full; each has a foot that says which paper it is of.

use super::font::{Font, Weight};
use super::pdf::{self, Attachment, HEIGHT, Mark, WIDTH};
use crate::domain::issuer::Words;
use crate::error::Error;

/// Margins in points, as on official papers: 30 mm on the left, where they are filed, 18 mm on the right.
const LEFT: f32 = 85.0;
const RIGHT: f32 = WIDTH - 51.0;
const TOP: f32 = HEIGHT - 50.0;
const BOTTOM: f32 = 70.0;
/// Where values stand beside their labels.
const VALUES: f32 = LEFT + 132.0;

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    weight: Weight,
    size: f32,
    /// 0 is black.
    grey: f32,
}

const TITLE: Style = Style { weight: Weight::Bold, size: 17.0, grey: 0.0 };
const HEADING: Style = Style { weight: Weight::Bold, size: 11.5, grey: 0.0 };
const BODY: Style = Style { weight: Weight::Regular, size: 10.5, grey: 0.0 };
const STRONG: Style = Style { weight: Weight::Bold, size: 10.5, grey: 0.0 };
/// English below Vietnamese.
const BELOW: Style = Style { weight: Weight::Regular, size: 9.0, grey: 0.32 };
const LABEL: Style = Style { weight: Weight::Regular, size: 9.5, grey: 0.15 };
const SMALL: Style = Style { weight: Weight::Regular, size: 8.0, grey: 0.32 };
const DIGITS: Style = Style { weight: Weight::Regular, size: 7.5, grey: 0.0 };

impl Style {
    /// From one line to the next: marks above capitals and below letters need room.
    fn leading(self) -> f32 {
        self.size * 1.36
    }

    const fn font(self) -> usize {
        match self.weight {
            Weight::Regular => 0,
            Weight::Bold => 1,
        }
    }
}

/// A paper that is being written.
pub(super) struct Sheet {
    fonts: [Font; 2],
    pages: Vec<Vec<Mark>>,
    /// Where the next line's upper edge is.
    y: f32,
    title: String,
    /// What the foot of each page says.
    foot: [String; 2],
    attachments: Vec<Attachment>,
}

impl Sheet {
    /// An empty paper. `foot` stands on every page.
    ///
    /// # Errors
    /// The fonts cannot be read.
    pub(super) fn new(title: String, foot: [String; 2]) -> Result<Self, Error> {
        Ok(Self { fonts: Font::both()?, pages: vec![Vec::new()], y: TOP, title, foot, attachments: Vec::new() })
    }

    fn font(&self, style: Style) -> &Font {
        let [regular, bold] = &self.fonts;
        match style.weight {
            Weight::Regular => regular,
            Weight::Bold => bold,
        }
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Goes on on a new page unless so much is left of this one.
    fn need(&mut self, height: f32) {
        if self.y - height < BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Leaves some room.
    pub(super) fn space(&mut self, height: f32) {
        if self.y < TOP {
            self.y -= height;
        }
    }

    /// A line from margin to margin.
    pub(super) fn rule(&mut self, width: f32, grey: f32) {
        self.need(10.0);
        let y = self.y - 4.0;
        self.put(Mark::Line { from: (LEFT, y), to: (RIGHT, y), width, grey });
        self.y -= 10.0;
    }

    /// One line at this place, which is legible already.
    fn line(&mut self, style: Style, x: f32, baseline: f32, text: &str) {
        let [regular, bold] = &mut self.fonts;
        let letters = match style.weight {
            Weight::Regular => regular,
            Weight::Bold => bold,
        }
        .encode(text);
        let Style { size, grey, .. } = style;
        self.put(Mark::Letters { font: style.font(), size, grey, x, y: baseline, letters });
    }

    fn broken(&self, style: Style, text: &str, width: f32) -> Vec<String> {
        self.font(style).broken(text, style.size, width)
    }

    fn text_at(&mut self, style: Style, x: f32, text: &str) {
        for line in self.broken(style, text, RIGHT - x) {
            self.need(style.leading());
            let baseline = self.y - style.size;
            self.line(style, x, baseline, &line);
            self.y -= style.leading();
        }
    }

    /// Who writes, over a rule.
    pub(super) fn letterhead(&mut self, name: &Words, below: &str) {
        self.text_at(STRONG, LEFT, &name.vi);
        self.text_at(BELOW, LEFT, &name.en);
        self.text_at(SMALL, LEFT, below);
        self.rule(1.2, 0.0);
        self.space(12.0);
    }

    /// What the paper is.
    pub(super) fn title(&mut self, title: &Words) {
        self.text_at(TITLE, LEFT, &title.vi);
        self.text_at(BELOW, LEFT, &title.en);
        self.space(10.0);
    }

    /// What a part of it is; never the last line of a page.
    pub(super) fn heading(&mut self, heading: &Words) {
        self.space(10.0);
        self.need(HEADING.leading() + BELOW.leading() + 2.0 * BODY.leading());
        self.text_at(HEADING, LEFT, &heading.vi);
        self.text_at(BELOW, LEFT, &heading.en);
        self.space(3.0);
    }

    /// A paragraph in both languages, on one page.
    pub(super) fn both(&mut self, words: &Words) {
        self.need(self.height(BODY, &words.vi) + self.height(BELOW, &words.en));
        self.text_at(BODY, LEFT, &words.vi);
        self.text_at(BELOW, LEFT, &words.en);
        self.space(5.0);
    }

    #[expect(clippy::cast_precision_loss, reason = "a paragraph has a few lines")]
    fn height(&self, style: Style, text: &str) -> f32 {
        self.broken(style, text, RIGHT - LEFT).len() as f32 * style.leading()
    }

    /// A paragraph in the words of whoever wrote it, set apart by a line beside it.
    pub(super) fn quoted(&mut self, text: &str) {
        for line in self.broken(BODY, text, RIGHT - LEFT - 12.0) {
            self.need(BODY.leading());
            let (top, bottom) = (self.y, self.y - BODY.leading());
            self.put(Mark::Line { from: (LEFT + 2.0, top), to: (LEFT + 2.0, bottom), width: 1.6, grey: 0.7 });
            self.line(BODY, LEFT + 12.0, top - BODY.size, &line);
            self.y = bottom;
        }
        self.space(6.0);
    }

    /// A value beside its label.
    pub(super) fn field(&mut self, label: &Words, value: &str) {
        let labels = self.broken(LABEL, &label.vi, VALUES - LEFT - 8.0);
        let below = self.broken(SMALL, &label.en, VALUES - LEFT - 8.0);
        let values = self.broken(BODY, value, RIGHT - VALUES);
        #[expect(clippy::cast_precision_loss, reason = "a label has a few lines")]
        let height = labels.len() as f32 * LABEL.leading() + below.len() as f32 * SMALL.leading();
        self.need(height.max(BODY.leading()));
        let (page, top) = (self.pages.len(), self.y);
        for (style, lines) in [(LABEL, labels), (SMALL, below)] {
            for line in lines {
                let baseline = self.y - style.size;
                self.line(style, LEFT, baseline, &line);
                self.y -= style.leading();
            }
        }
        let end = self.y;
        self.y = top;
        for line in values {
            self.need(BODY.leading());
            let baseline = self.y - BODY.size;
            self.line(BODY, VALUES, baseline, &line);
            self.y -= BODY.leading();
        }
        if self.pages.len() == page {
            self.y = self.y.min(end);
        }
        self.space(3.0);
    }

    /// Digests, hashes and other digits, small and broken anywhere.
    pub(super) fn digits(&mut self, text: &str) {
        self.text_at(DIGITS, LEFT + 12.0, text);
    }

    /// Goes on on a new page.
    pub(super) fn new_page(&mut self) {
        self.need(HEIGHT);
    }

    /// Attaches a file.
    pub(super) fn attach(&mut self, file: Attachment) {
        self.attachments.push(file);
    }

    /// The PDF, its pages numbered.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        let pages = std::mem::take(&mut self.pages);
        let count = pages.len();
        for (at, page) in pages.into_iter().enumerate() {
            self.pages.push(page);
            let y = BOTTOM - 22.0;
            self.put(Mark::Line { from: (LEFT, y), to: (RIGHT, y), width: 0.5, grey: 0.6 });
            let number = format!("Trang {} / {count}", at + 1);
            let [first, second] = self.foot.clone().map(|line| self.font(SMALL).legible(&line));
            self.line(SMALL, LEFT, y - 12.0, &first);
            self.line(SMALL, LEFT, y - 23.0, &second);
            let x = RIGHT - self.font(SMALL).width(&number, SMALL.size);
            self.line(SMALL, x, y - 12.0, &number);
        }
        pdf::write(&self.title, &self.pages, &self.fonts, &self.attachments)
    }
}
