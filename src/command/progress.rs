//! The line on a terminal that says that a long run still goes on.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Nobody needs to be told about a shorter run.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(250);

/// Says after a second that the run goes on, for as long as this lives; then nothing is left of it.
pub(super) struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Nothing is started where standard error is no terminal, or where the user wants no words.
    pub(super) fn start(is_quiet: bool) -> Self {
        if is_quiet || super::is_dumb() || !io::stderr().is_terminal() {
            return Self { running: None };
        }
        Self::tell(io::stderr(), PATIENCE, STEP)
    }

    fn tell(mut out: impl Write + Send + 'static, patience: Duration, step: Duration) -> Self {
        let start = Instant::now();
        let (sender, end) = mpsc::channel();
        let work = move || {
            let mut wait = patience;
            while end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = step;
                // A terminal that takes nothing has nobody before it.
                let _ = write!(out, "\r\u{1b}[2Kpushlint: checking, {} s", start.elapsed().as_secs());
                let _ = out.flush();
            }
            if wait == step {
                let _ = write!(out, "\r\u{1b}[2K");
                let _ = out.flush();
            }
        };
        let running = thread::Builder::new().spawn(work).ok().map(|thread| (sender, thread));
        Self { running }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.running.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics with it").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What was written while a run took a time.
    fn written(patience: Duration, run: Duration) -> String {
        let screen = Screen::default();
        let progress = Progress::tell(screen.clone(), patience, Duration::from_millis(1));
        thread::sleep(run);
        drop(progress);
        String::from_utf8(screen.0.lock().expect("nobody panics with it").clone()).expect("UTF-8")
    }

    #[test]
    fn a_short_run_shows_nothing() {
        assert_eq!(written(Duration::from_secs(60), Duration::ZERO), "");
    }

    #[test]
    fn a_long_run_shows_a_line_and_takes_it_away() {
        let text = written(Duration::from_millis(1), Duration::from_millis(60));
        assert!(text.starts_with("\r\u{1b}[2Kpushlint: checking, 0 s"), "{text:?}");
        assert!(text.ends_with(" s\r\u{1b}[2K"), "{text:?}");
        assert!(!text.contains('\n'));
    }
}
