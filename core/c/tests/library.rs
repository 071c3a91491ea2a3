//! The static library as C and C++ programs use it: built here, linked by the system's compilers under
//! sanitizers. The programs of `tests/c` also run on boards (`tests/on-target.sh`, jobs `c:TARGET`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[path = "library/build.rs"]
mod build;
#[path = "library/compilers.rs"]
mod compilers;
#[path = "library/header.rs"]
mod header;
#[path = "library/packages.rs"]
mod packages;
#[path = "library/page.rs"]
mod page;
#[path = "library/programs.rs"]
mod programs;
