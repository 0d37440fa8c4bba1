//! Budgets: what a perspective may cost.

use std::time::SystemTime;

use harness_api::ccm::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{done, levels, list, member, millis, request, sendable};
use crate::scope::Scope;

levels! {
    /// The budgets of this account.
    budgets -> Budgets on Account
}

/// The budgets of an account.
///
/// ```
/// use harness_api_ext::ccm::types::BudgetPeriod;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// let budgets = harness.account().budgets();
/// let id = budgets
///     .create("Shops", "pErSpEcTiVe", 1200.0)
///     .period(BudgetPeriod::Monthly)
///     .alert(80.0, ["ops@shop.example"])
///     .await?;
/// println!("{:?}", budgets.get(id).await?.actual_cost);
///
/// for mut budget in budgets.list().collect_all().await? {
///     let id = budget.uuid.clone().unwrap_or_default();
///     println!("{:?}", budgets.costs(&*id).await?.cost_data.map(|days| days.len()));
///     budgets.clone_to(&*id, "The same for next year").await?;
///     budget.name = Some("All shops".into());
///     budgets.update(budget).await?;
///     budgets.delete(id).await?;
/// }
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Budgets {
    scope: Scope,
}

impl Budgets {
    /// The budgets.
    pub fn list(&self) -> ListBudgets {
        let api = self.scope.raw().ccm();
        ListBudgets::new(api.list_budgets(self.scope.account()))
    }

    /// A budget.
    pub fn get(&self, id: impl Into<String>) -> GetBudget {
        let api = self.scope.raw().ccm();
        GetBudget::new(api.get_budget(self.scope.account(), id))
    }

    /// A new budget of an amount, in the currency of the account, for a perspective. It is monthly unless another
    /// [period](CreateBudget::period) is set.
    pub fn create(
        &self,
        name: impl Into<String>,
        perspective: impl Into<String>,
        amount: f64,
    ) -> CreateBudget {
        let perspective = perspective.into();
        let checked = self.scope.naming("perspective identifier", &perspective);
        let scope = types::PerspectiveBudgetScope {
            type_: Some("PERSPECTIVE".to_owned()),
            view_id: Some(perspective),
            ..Default::default()
        };
        CreateBudget {
            budget: types::Budget {
                account_id: Some(self.scope.account().to_owned()),
                name: Some(name.into()),
                scope: Some(types::BudgetScope::from(scope)),
                type_: Some(types::BudgetType::SpecifiedAmount),
                budget_amount: Some(amount),
                period: Some(types::BudgetPeriod::Monthly),
                ..Default::default()
            },
            scope: checked,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the budget with its id is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, budget: types::Budget) -> UpdateBudget {
        let id = budget.uuid.clone().unwrap_or_default();
        let api = self.scope.raw().ccm();
        UpdateBudget::new(api.update_budget(self.scope.account(), id, &budget))
    }

    /// Makes a budget like this one.
    pub fn clone_to(&self, id: impl Into<String>, name: impl Into<String>) -> CloneBudget {
        let api = self.scope.raw().ccm();
        CloneBudget::new(api.clone_budget(self.scope.account(), id, name))
    }

    /// Deletes a budget.
    pub fn delete(&self, id: impl Into<String>) -> DeleteBudget {
        let api = self.scope.raw().ccm();
        DeleteBudget::new(api.delete_budget(self.scope.account(), id))
    }

    /// What was spent against what was budgeted, period by period.
    pub fn costs(&self, id: impl Into<String>) -> GetBudgetCosts {
        let api = self.scope.raw().ccm();
        GetBudgetCosts::new(api.get_cost_details(self.scope.account(), id))
    }
}

list! {
    /// A list of budgets: `GET /ccm/api/budgets`. The server gives all at once.
    ListBudgets(raw::ListBudgets) -> types::Budget;
}

request! {
    /// Reads a budget: `GET /ccm/api/budgets/{id}`.
    GetBudget(raw::GetBudget) -> types::Budget = .data;
}

request! {
    /// Replaces a budget: `PUT /ccm/api/budgets/{id}`.
    UpdateBudget(raw::UpdateBudget) -> () = done;
}

request! {
    /// Makes a budget like another: `POST /ccm/api/budgets/{id}`. It gives the id of the new one.
    CloneBudget(raw::CloneBudget) -> String = .data;
}

request! {
    /// Deletes a budget: `DELETE /ccm/api/budgets/{id}`.
    DeleteBudget(raw::DeleteBudget) -> () = done;
}

request! {
    /// Reads the costs of a budget: `GET /ccm/api/budgets/{id}/costDetails`.
    GetBudgetCosts(raw::GetCostDetails) -> types::BudgetData = .data;
}

/// Creates a budget: `POST /ccm/api/budgets`. It gives the id that the server has chosen.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateBudget {
    scope: Scope,
    budget: types::Budget,
    options: CallOptions,
}

impl CreateBudget {
    /// How often it begins anew.
    pub fn period(mut self, period: types::BudgetPeriod) -> Self {
        self.budget.period = Some(period);
        self
    }

    /// When its first period begins.
    pub fn starts(mut self, time: SystemTime) -> Self {
        self.budget.start_time = Some(millis(time));
        self
    }

    /// By how many percent the amount grows from period to period.
    pub fn growth(mut self, percent: f64) -> Self {
        self.budget.growth_rate = Some(percent);
        self
    }

    /// Writes to these addresses when this many percent of the amount are spent.
    pub fn alert<I>(mut self, percent: f64, addresses: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let threshold = types::AlertThreshold {
            percentage: Some(percent),
            based_on: Some(types::AlertThresholdBasedOn::ActualCost),
            email_addresses: Some(addresses.into_iter().map(Into::into).collect()),
            ..Default::default()
        };
        self.budget
            .alert_thresholds
            .get_or_insert_default()
            .push(threshold);
        self
    }

    async fn run(self) -> Result<String> {
        let request = self
            .scope
            .raw()
            .ccm()
            .create_budget(self.scope.account(), &self.budget)
            .with_options(self.options);
        member(self.scope.checked(request).send().await?, |answer| {
            answer.data
        })
    }
}

sendable!(CreateBudget -> String);
