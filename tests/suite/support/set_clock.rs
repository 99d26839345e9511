//! The program by another clock than the machine's. It has no setting for that, and is to have none: whoever could set
//! it could have an expired card confirmed. So what it asks the system for is put in its place.

use super::program::{Ran, program, to_its_end};
use std::{path::PathBuf, process::Command};
use tempfile::TempDir;

/// Stands before the C library's own: the same clocks, but for the time of day, which stands still.
const CLOCK: &str = "
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t which, struct timespec *time) {
    if (which != CLOCK_REALTIME) return (int)syscall(SYS_clock_gettime, which, time);
    time->tv_sec = atoll(getenv(\"TEST_CLOCK\"));
    time->tv_nsec = 0;
    return 0;
}
";

/// A clock that a run of the program can be given.
pub(crate) struct SetClock {
    folder: TempDir,
}

impl SetClock {
    /// Builds it with the C compiler that builds the program's libraries.
    pub(crate) fn new() -> Self {
        let it = Self { folder: TempDir::with_prefix("press-registry-clock.").expect("a temporary folder") };
        let source = it.folder.path().join("clock.c");
        std::fs::write(&source, CLOCK).expect("a writable folder");
        let mut build = Command::new("cc");
        let built = build.args(["-shared", "-fPIC", "-o"]).args([it.library(), source]).status().expect("a C compiler");
        assert!(built.success());
        it
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("clock.so")
    }

    /// Runs the program to its end, at this second.
    pub(crate) fn run(&self, now: i64, arguments: &[&str]) -> Ran {
        let mut command = program(arguments);
        to_its_end(command.env("LD_PRELOAD", self.library()).env("TEST_CLOCK", now.to_string()), "")
    }
}
