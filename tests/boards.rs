// The build scripts' reader of boards.toml, to be included. It knows only the lines that stand there:
// `[board]` and `key = "value"`.

/// Each board's name and fields, in the order of the file.
fn boards(text: &str) -> Vec<(&str, Vec<(&str, &str)>)> {
    let mut boards: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            boards.push((name, Vec::new()));
        } else if let (Some((key, value)), Some(board)) = (line.split_once(" = "), boards.last_mut()) {
            board.1.push((key, value.trim_matches('"')));
        }
    }
    boards
}

/// A field of a board.
fn field<'a>(board: &(&str, Vec<(&str, &'a str)>), key: &str) -> Option<&'a str> {
    board.1.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
}

/// The file with a board's memory map, in boards/.
fn map<'a>(board: &(&'a str, Vec<(&str, &'a str)>)) -> &'a str {
    field(board, "map").unwrap_or(board.0)
}
