//! JSON objects out of a stream: one a line, in an array, one after the other, or a single one.

use std::io::BufRead;

/// A record longer than this is skipped: no post or topic is, and memory must stay bounded.
const LONGEST: usize = 256 * 1024 * 1024;

/// One object found, or the reason why there is none.
pub(crate) struct Record<'a> {
    /// The line it begins on, from 1.
    pub(crate) line: u64,
    /// Its bytes; an object that is not JSON is found out when it is read.
    pub(crate) bytes: Result<&'a [u8], &'static str>,
}

/// Gives every record of `input` to `visit`. Returns how many there were.
///
/// A text that begins with `[` is an array. In a text with one object a line, a line that breaks off ends with
/// its line; in a text with objects over several lines, an object ends where its brackets close.
///
/// # Errors
/// What `visit` returns. A failure to read is given to `visit` as a record that could not be read.
pub(crate) fn records<E>(
    input: &mut dyn BufRead,
    visit: &mut dyn FnMut(Record<'_>) -> Result<(), E>,
) -> Result<u64, E> {
    let mut scan = Scan { input, line: 1, count: 0, held: None };
    scan.run(visit)?;
    Ok(scan.count)
}

struct Scan<'a> {
    input: &'a mut dyn BufRead,
    line: u64,
    count: u64,
    /// The text's second line, read to see how the first one ends.
    held: Option<Vec<u8>>,
}

impl Scan<'_> {
    fn run<E>(&mut self, visit: &mut dyn FnMut(Record<'_>) -> Result<(), E>) -> Result<(), E> {
        let first = loop {
            match self.peek() {
                Ok(Some(byte)) if byte.is_ascii_whitespace() || [0xef, 0xbb, 0xbf].contains(&byte) => {
                    self.skip(byte);
                }
                Ok(Some(byte)) => break byte,
                Ok(None) => return Ok(()),
                Err(()) => return self.unreadable(visit),
            }
        };
        if first == b'[' {
            self.skip(first);
            return self.balanced(visit, Vec::new());
        }
        let mut line = Vec::new();
        if !self.read_line(&mut line) {
            return self.unreadable(visit);
        }
        if Brackets::over(&line).is_closed() {
            return self.lines(visit, line);
        }
        let mut second = Vec::new();
        if !self.read_line(&mut second) {
            return self.unreadable(visit);
        }
        if second.first() == Some(&b'{') || first != b'{' {
            self.held = Some(second);
            return self.lines(visit, line);
        }
        line.extend_from_slice(&second);
        self.balanced(visit, line)
    }

    /// One record a line.
    fn lines<E>(
        &mut self,
        visit: &mut dyn FnMut(Record<'_>) -> Result<(), E>,
        mut line: Vec<u8>,
    ) -> Result<(), E> {
        loop {
            let trimmed = line.trim_ascii();
            if !trimmed.is_empty() {
                self.count += 1;
                let bytes = if line.len() >= LONGEST { Err("The line is too long.") } else { Ok(trimmed) };
                visit(Record { line: self.line, bytes })?;
            }
            self.line += 1;
            if let Some(held) = self.held.take() {
                line = held;
                continue;
            }
            line.clear();
            if !self.read_line(&mut line) {
                return self.unreadable(visit);
            }
            if line.is_empty() {
                return Ok(());
            }
        }
    }

    /// Records end where their brackets close; `start` was read already.
    fn balanced<E>(
        &mut self,
        visit: &mut dyn FnMut(Record<'_>) -> Result<(), E>,
        start: Vec<u8>,
    ) -> Result<(), E> {
        let mut record: Vec<u8> = Vec::new();
        let mut begins = self.line;
        let mut brackets = Brackets::default();
        let mut chunk = start;
        loop {
            for byte in &chunk {
                if record.is_empty() {
                    if *byte == b'{' {
                        begins = self.line;
                    } else {
                        self.line += u64::from(*byte == b'\n');
                        continue;
                    }
                }
                if record.len() < LONGEST {
                    record.push(*byte);
                }
                brackets.take(*byte);
                self.line += u64::from(*byte == b'\n');
                if brackets.is_closed() {
                    self.count += 1;
                    let bytes = if record.len() >= LONGEST {
                        Err("The record is too long.")
                    } else {
                        Ok(&record[..])
                    };
                    visit(Record { line: begins, bytes })?;
                    record.clear();
                    brackets = Brackets::default();
                }
            }
            chunk.clear();
            match self.input.fill_buf() {
                Ok([]) => break,
                Ok(bytes) => {
                    chunk.extend_from_slice(bytes);
                    let read = bytes.len();
                    self.input.consume(read);
                }
                Err(_) => return self.unreadable(visit),
            }
        }
        if record.is_empty() {
            return Ok(());
        }
        self.count += 1;
        visit(Record { line: begins, bytes: Err("The file ends in the middle of this record.") })
    }

    fn peek(&mut self) -> Result<Option<u8>, ()> {
        self.input.fill_buf().map(|bytes| bytes.first().copied()).map_err(|_| ())
    }

    fn skip(&mut self, byte: u8) {
        self.input.consume(1);
        self.line += u64::from(byte == b'\n');
    }

    /// Appends a line; what is longer than [`LONGEST`] is read and dropped. False when reading fails.
    fn read_line(&mut self, line: &mut Vec<u8>) -> bool {
        loop {
            let Ok(bytes) = self.input.fill_buf() else { return false };
            if bytes.is_empty() {
                return true;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let take = end.map_or(bytes.len(), |end| end + 1);
            let room = LONGEST.saturating_sub(line.len()).min(take);
            line.extend_from_slice(bytes.get(..room).unwrap_or(&[]));
            self.input.consume(take);
            if end.is_some() {
                return true;
            }
        }
    }

    fn unreadable<E>(&mut self, visit: &mut dyn FnMut(Record<'_>) -> Result<(), E>) -> Result<(), E> {
        self.count += 1;
        visit(Record {
            line: self.line,
            bytes: Err("The file is damaged from here on and cannot be unpacked."),
        })
    }
}

/// Follows brackets outside of strings.
#[derive(Default)]
struct Brackets {
    depth: u32,
    seen: bool,
    string: bool,
    escaped: bool,
}

impl Brackets {
    fn over(bytes: &[u8]) -> Self {
        let mut brackets = Self::default();
        bytes.iter().for_each(|byte| brackets.take(*byte));
        brackets
    }

    fn take(&mut self, byte: u8) {
        if self.string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.string = true,
            b'{' | b'[' => {
                self.depth += 1;
                self.seen = true;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn is_closed(&self) -> bool {
        self.seen && self.depth == 0 && !self.string
    }
}
