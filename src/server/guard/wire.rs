//! Messages on the wire: a header that says how long the message is, and the message itself, which is JSON.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::UnboundedReceiver;

/// No message is longer; whoever announces more has lost count.
const LONGEST: u64 = 512 << 20;

pub struct Reader<R> {
    input: BufReader<R>,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub fn new(input: R) -> Reader<R> {
        Reader { input: BufReader::with_capacity(1 << 16, input) }
    }

    /// The next message, or why it is none; None at the end of the input.
    pub async fn next(&mut self) -> Option<serde_json::Result<Value>> {
        let length = self.length().await.filter(|length| *length <= LONGEST)?;
        let mut body = Vec::new();
        let read = (&mut self.input).take(length).read_to_end(&mut body).await.ok()?;
        (read as u64 == length).then(|| serde_json::from_slice(&body))
    }

    /// Reads a header. Its names are in any case, unknown lines are passed over, and so is a header without a length.
    async fn length(&mut self) -> Option<u64> {
        let mut length = None;
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.input.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            match text.split_once(':') {
                Some((name, value)) if name.trim().eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().ok();
                }
                None if text.is_empty() && length.is_some() => return length,
                _ => {}
            }
        }
    }
}

/// What the writer is told.
pub enum Written {
    Message(String),
    /// Nothing follows.
    End,
}

/// Writes messages in order, each as one piece, until the end or until nobody reads any more.
pub async fn write<W: AsyncWrite + Unpin>(mut messages: UnboundedReceiver<Written>, mut output: W) {
    while let Some(Written::Message(body)) = messages.recv().await {
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        if output.write_all(frame.as_bytes()).await.is_err() || output.flush().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What is read from the bytes: each message, or None for one that is not JSON.
    fn check(bytes: &[u8], expected: &[Option<Value>]) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(async {
            let mut reader = Reader::new(bytes);
            let mut found = Vec::new();
            while let Some(message) = reader.next().await {
                found.push(message.ok());
            }
            found
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn headers_are_read_as_anybody_writes_them() {
        let expected = [Some(json!({}))];
        check(b"Content-Length: 2\r\n\r\n{}", &expected);
        check(b"content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n{}", &expected);
        check(b"\r\nX-Odd: 1\nCONTENT-LENGTH : 2\n\n{}", &expected);
    }

    #[test]
    fn a_message_that_is_not_json_does_not_stop_the_next() {
        check(b"Content-Length: 3\r\n\r\n{]}Content-Length: 1\r\n\r\n1", &[None, Some(json!(1))]);
        check(b"Content-Length: 1\r\n\r\n\xffContent-Length: 1\r\n\r\n1", &[None, Some(json!(1))]);
    }

    #[test]
    fn what_is_cut_off_is_the_end() {
        check(b"Content-Length: 5\r\n\r\n{}", &[]);
        check(b"Content-Length: 99999999999\r\n\r\n{}", &[]);
        check(b"Content-Le", &[]);
    }
}
