//! Taking turns, and what came of it.

use std::fmt;
use std::time::Duration;

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// How often each side has its turn.
    pub(crate) rounds: usize,
    pub(crate) turn: Duration,
}

/// The registry and the bare work that it is held against.
pub(crate) struct Comparison<'a> {
    pub(crate) what: &'a str,
    pub(crate) engine: &'static str,
    /// The ratio that is wanted at least, if any is.
    pub(crate) aim: Option<f64>,
}

impl Comparison<'_> {
    /// Prints the heading of the lines of [`Comparison::run`].
    pub(crate) fn print_heading() {
        print_line(
            "engine",
            "registry : bare work",
            ["registry/s [min..max]", "bare/s [min..max]", "ratio [min..max]"],
            "aim",
        );
    }

    /// Measures both in turns and prints a line. Each gives its answers in a second.
    pub(crate) fn run(
        &self,
        plan: Plan,
        mut registry: impl FnMut(Duration) -> f64,
        mut bare: impl FnMut(Duration) -> f64,
    ) {
        // Caches fill, statements are prepared, pages are read: not counted.
        registry(plan.turn / 3);
        bare(plan.turn / 3);
        let rounds: Vec<(f64, f64)> = (0..plan.rounds).map(|_| (registry(plan.turn), bare(plan.turn))).collect();
        let spread = |of: fn(&(f64, f64)) -> f64| Spread::of(rounds.iter().map(of).collect());
        let ratio = spread(|(registry, bare)| registry / bare);
        let aim = self.aim.map(|aim| format!("{aim} {}", verdict(ratio.median >= aim)));
        print_line(
            self.engine,
            self.what,
            [&spread(|round| round.0).to_string(), &spread(|round| round.1).to_string(), &format!("{ratio:.2}")],
            aim.as_deref().unwrap_or("–"),
        );
    }
}

/// What is wanted of something that is measured by itself.
#[derive(Clone, Copy)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
    /// It is only told.
    None,
}

/// Something that is measured by itself, in the unit that its name tells.
pub(crate) struct Measure {
    pub(crate) what: &'static str,
    pub(crate) engine: &'static str,
    pub(crate) aim: Aim,
}

impl Measure {
    /// Prints what was measured.
    pub(crate) fn print(&self, measured: Vec<f64>) {
        let spread = Spread::of(measured);
        let aim = match self.aim {
            Aim::AtLeast(least) => format!("at least {least} {}", verdict(spread.median >= least)),
            Aim::AtMost(most) => format!("at most {most} {}", verdict(spread.median <= most)),
            Aim::None => "–".to_owned(),
        };
        print_line(self.engine, self.what, [&format!("{spread:.2}"), "", ""], &aim);
    }
}

const fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

fn print_line(engine: &str, what: &str, [registry, bare, ratio]: [&str; 3], aim: &str) {
    println!("{engine:<10}  {what:<50}  {registry:>23}  {bare:>23}  {ratio:>18}  {aim}");
}

/// The middle of what was measured, and its ends.
struct Spread {
    min: f64,
    median: f64,
    max: f64,
}

impl Spread {
    fn of(mut measured: Vec<f64>) -> Self {
        measured.sort_by(f64::total_cmp);
        Self { min: measured[0], median: measured[measured.len() / 2], max: measured[measured.len() - 1] }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(0);
        write!(f, "{:.digits$} [{:.digits$}..{:.digits$}]", self.median, self.min, self.max)
    }
}
