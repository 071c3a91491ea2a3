//! The name of an exported model, which precedes the name of every item of it that a program can use.

/// The keywords of C23, C++23 and Rust 2024, and what Rust calls its own crates and files.
#[rustfmt::skip]
const TAKEN: &[&str] = &[
    "abstract", "alignas", "alignof", "alloc", "and", "and_eq", "as", "asm", "async", "auto", "await", "become", "bitand", "bitor",
    "bool", "box", "break", "case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return",
    "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit", "continue", "core", "crate",
    "decltype", "default", "delete", "do", "double", "dyn", "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false",
    "final", "float", "fn", "for", "fortran", "friend", "gen", "goto", "if", "impl", "in", "inline", "int", "let", "lib", "long",
    "loop", "macro", "main", "match", "mod", "move", "mut", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "override", "priv", "private", "protected", "pub", "ref", "register", "reinterpret_cast", "requires",
    "restrict", "return", "self", "Self", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "std", "struct",
    "super", "switch", "template", "this", "thread_local", "throw", "trait", "true", "try", "type", "typedef", "typeid", "typename",
    "typeof", "typeof_unqual", "union", "unsafe", "unsigned", "unsized", "use", "using", "virtual", "void", "volatile", "wchar_t",
    "where", "while", "xor", "xor_eq", "yield",
];

/// Names of headers of C and POSIX. An exported header of the same name would be included instead of the
/// system's.
#[rustfmt::skip]
const HEADERS: &[&str] = &[
    "aio", "assert", "complex", "cpio", "ctype", "dirent", "dlfcn", "errno", "fcntl", "fenv", "float", "fmtmsg", "fnmatch", "ftw",
    "glob", "grp", "iconv", "inttypes", "iso646", "langinfo", "libgen", "limits", "locale", "malloc", "math", "memory", "monetary",
    "mqueue", "ndbm", "netdb", "poll", "pthread", "pwd", "regex", "sched", "search", "semaphore", "setjmp", "signal", "spawn",
    "stdalign", "stdarg", "stdatomic", "stdbit", "stdbool", "stdckdint", "stddef", "stdint", "stdio", "stdlib", "stdnoreturn",
    "string", "strings", "stropts", "syslog", "tar", "termios", "tgmath", "threads", "time", "trace", "uchar", "ulimit", "unistd",
    "utime", "utmpx", "wchar", "wctype", "windows", "wordexp",
];

/// Names that Windows does not allow for files, whatever their extension.
const DEVICES: &[&str] = &["aux", "con", "nul", "prn"];

/// The largest number of letters of a name.
const LONGEST: usize = 48;

/// Checks a name.
///
/// # Errors
/// If the name is no identifier of C, C++ and Rust, is reserved by one of them, or is the name of a system's
/// file.
pub fn name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) || !text.chars().all(plain) {
        return Err(
            "must be a name of letters a to z, digits and _ that does not start with a digit".to_owned()
        );
    }
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return Err("must not start or end with _ or hold two of them in a row: C and C++ keep such names for themselves".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("must have at most {LONGEST} letters"));
    }
    let lower = text.to_ascii_lowercase();
    if TAKEN.contains(&text) || TAKEN.contains(&lower.as_str()) {
        return Err(format!("must not be a word of C, C++ or Rust; {text}_model, for example, is none"));
    }
    let port = lower.strip_prefix("com").or_else(|| lower.strip_prefix("lpt"));
    let is_port = port.is_some_and(|number| number.len() == 1 && number.chars().all(|c| c.is_ascii_digit()));
    if HEADERS.contains(&lower.as_str()) || DEVICES.contains(&lower.as_str()) || is_port {
        return Err(format!("must not be the name of a system's file; {text}_model, for example, is none"));
    }
    Ok(text.to_owned())
}
