//! CPIX.
