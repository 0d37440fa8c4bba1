//! Har.
