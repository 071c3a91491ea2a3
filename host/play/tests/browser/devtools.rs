//! A browser without a window, spoken to by the DevTools protocol over its standard streams.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// One page in a browser of its own.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    sent: u64,
    session: Value,
    /// What the page has said on the console, errors included.
    pub(crate) console: Vec<String>,
}

impl Browser {
    /// Starts one; `folder` is for its files.
    pub(crate) fn start(folder: &Path) -> Self {
        // The protocol's streams are the descriptors 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", folder.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Self { child, to, from, sent: 0, session: Value::Null, console: Vec::new() };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].clone();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, json!({}));
        }
        browser
    }

    fn send(&mut self, method: &str, parameters: Value) -> u64 {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        self.sent
    }

    /// Calls a method and waits for its result.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.send(method, parameters);
        loop {
            let mut bytes = Vec::new();
            self.from.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "{method}: the browser has ended");
            let message: Value = serde_json::from_slice(&bytes).unwrap();
            let event = message["method"].as_str().unwrap_or("");
            if ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].contains(&event) {
                self.console.push(message["params"].to_string());
            }
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
        }
    }

    /// The value of an expression, awaited.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let result = self.call("Runtime.evaluate", parameters);
        assert!(result["exceptionDetails"].is_null(), "{}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Presses at (x, y), moves in six steps by (dx, dy), and lets go: with a mouse, or a finger.
    pub(crate) fn drag(&mut self, [x, y, dx, dy]: [f64; 4], finger: bool) {
        for i in 0..8 {
            let share = f64::from((i - 1).clamp(0, 6)) / 6.0;
            let (x, y) = (x + share * dx, y + share * dy);
            let kinds = if finger {
                ["touchStart", "touchMove", "touchEnd"]
            } else {
                ["mousePressed", "mouseMoved", "mouseReleased"]
            };
            let kind = kinds[usize::from(i > 0) + usize::from(i == 7)];
            if finger {
                let points = if i == 7 { json!([]) } else { json!([{"x": x, "y": y}]) };
                self.call("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points}));
            } else {
                let at =
                    json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1});
                self.call("Input.dispatchMouseEvent", at);
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = Value::Null;
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        std::thread::sleep(std::time::Duration::from_millis(300));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
