//! Everything that reads, writes, draws or sweeps.
