//! A store whose power is cut at each word and at each page.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs, unreachable_pub)]
#![allow(clippy::cast_possible_truncation)]

mod clear_answers;
mod cleared;
mod cuts;
mod history;
mod mock;
mod readme;
mod refusals;
mod wear;
