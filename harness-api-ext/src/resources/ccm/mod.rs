//! Cloud costs: perspectives on them, budgets, anomalies, and recommendations to save.

mod anomalies;
mod budgets;
mod perspectives;
mod recommendations;

pub use anomalies::{Anomalies, ListAnomalies};
pub use budgets::{
    Budgets, CloneBudget, CreateBudget, DeleteBudget, GetBudget, GetBudgetCosts, ListBudgets,
    UpdateBudget,
};
pub use harness_api::ccm::types;
pub use perspectives::{
    CreatePerspective, DeletePerspective, GetPerspective, ListPerspectives, Perspectives,
    UpdatePerspective,
};
pub use recommendations::{
    CountRecommendations, ListRecommendations, MarkRecommendation, Recommendations,
    SumRecommendations,
};
