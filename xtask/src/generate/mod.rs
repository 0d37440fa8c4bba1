//! From the description to the generated client, stage by stage; each is a function from one value to the next.

pub mod api;
pub mod fix;
pub mod load;
pub mod lock;
pub mod lower;
pub mod partition;
pub mod progenitor;
pub mod refine;
pub mod emit;
