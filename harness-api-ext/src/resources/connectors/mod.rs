//! Connectors: how the platform reaches Git hosts, clouds, clusters, registries and other tools.

mod resource;

pub use harness_api::connectors::types;
pub use resource::{
    Connectors, CreateConnector, DeleteConnector, GetConnector, ListConnectors, TestConnector,
    TestedConnector, UpdateConnector,
};
