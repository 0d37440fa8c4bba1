//! Recommendations: how costs can be saved.

use harness_api::ccm::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{PageSettings, done, levels, member, pages, request, sendable};
use crate::scope::Scope;

levels! {
    /// The recommendations of this account.
    recommendations -> Recommendations on Account
}

/// The recommendations of an account.
///
/// ```
/// use harness_api_ext::ccm::types::ChangeRecommendationStateValue as State;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// let recommendations = harness.account().recommendations();
/// let mut worthwhile = recommendations.list().min_saving(100.0).items();
/// while let Some(found) = worthwhile.try_next().await? {
///     println!("{:?} saves {:?} a month", found.resource_name, found.monthly_saving);
/// }
/// recommendations.mark("rEc1", State::Ignored).await?;
/// let total = recommendations.sum().min_saving(100.0).await?;
/// println!("{} save {:?}", recommendations.count().min_saving(100.0).await?, total.total_monthly_saving);
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Recommendations {
    scope: Scope,
}

impl Recommendations {
    /// The recommendations.
    pub fn list(&self) -> ListRecommendations {
        ListRecommendations {
            scope: self.scope.clone(),
            filter: types::CcmRecommendationFilterProperties {
                offset: Some(0),
                limit: Some(100),
                ..all()
            },
            paging: PageSettings::default(),
            options: CallOptions::default(),
        }
    }

    /// How many there are.
    pub fn count(&self) -> CountRecommendations {
        CountRecommendations {
            scope: self.scope.clone(),
            filter: all(),
            options: CallOptions::default(),
        }
    }

    /// What the resources cost a month, and what can be saved of it.
    pub fn sum(&self) -> SumRecommendations {
        SumRecommendations {
            scope: self.scope.clone(),
            filter: all(),
            options: CallOptions::default(),
        }
    }

    /// Marks a recommendation as applied, ignored, or open again.
    pub fn mark(
        &self,
        id: impl Into<String>,
        state: impl Into<types::ChangeRecommendationStateValue>,
    ) -> MarkRecommendation {
        let api = self.scope.raw().ccm();
        MarkRecommendation::new(api.change_recommendation_state(self.scope.account(), id, state))
    }
}

/// The filter that lets everything through; without a type the server refuses it.
fn all() -> types::CcmRecommendationFilterProperties {
    types::CcmRecommendationFilterProperties {
        filter_type: Some(types::CcmRecommendationFilterPropertiesFilterType::CcmRecommendation),
        ..Default::default()
    }
}

/// The setters of a filter.
macro_rules! filtered {
    ($($name:ident)*) => {$(
        impl $name {
            /// Those that save at least this much a month.
            pub fn min_saving(mut self, amount: f64) -> Self {
                self.filter.min_saving = Some(amount);
                self
            }

            /// Those for resources that cost at least this much a month.
            pub fn min_cost(mut self, amount: f64) -> Self {
                self.filter.min_cost = Some(amount);
                self
            }

            /// Those that were computed in the last days.
            pub fn days_back(mut self, days: i64) -> Self {
                self.filter.days_back = Some(days);
                self
            }

            /// Those for Kubernetes, by cluster, namespace and so on.
            pub fn kubernetes(mut self, filter: types::K8sRecommendationFilterProperties) -> Self {
                self.filter.k8s_recommendation_filter_properties_dto = Some(Box::new(filter));
                self
            }
        }
    )*};
}
filtered!(ListRecommendations CountRecommendations SumRecommendations);

/// A list of recommendations: `POST /ccm/api/recommendation/overview/list`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListRecommendations {
    scope: Scope,
    filter: types::CcmRecommendationFilterProperties,
    paging: PageSettings,
    options: CallOptions,
}

impl ListRecommendations {
    fn into_raw(self) -> raw::ListRecommendations {
        self.scope
            .raw()
            .ccm()
            .list_recommendations(self.scope.account(), &self.filter)
            .with_options(self.options)
    }
}

impl Configure for ListRecommendations {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }
}

pages!(ListRecommendations -> types::RecommendationItem);

/// Counts recommendations: `POST /ccm/api/recommendation/overview/count`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CountRecommendations {
    scope: Scope,
    filter: types::CcmRecommendationFilterProperties,
    options: CallOptions,
}

impl CountRecommendations {
    async fn run(self) -> Result<i64> {
        let request = self
            .scope
            .raw()
            .ccm()
            .recommendations_count(self.scope.account(), &self.filter)
            .with_options(self.options);
        member(request.send().await?, |answer| answer.data)
    }
}

sendable!(CountRecommendations -> i64);

/// Sums recommendations up: `POST /ccm/api/recommendation/overview/stats`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct SumRecommendations {
    scope: Scope,
    filter: types::CcmRecommendationFilterProperties,
    options: CallOptions,
}

impl SumRecommendations {
    async fn run(self) -> Result<types::RecommendationOverviewStats> {
        let request = self
            .scope
            .raw()
            .ccm()
            .recommendation_stats(self.scope.account(), &self.filter)
            .with_options(self.options);
        member(request.send().await?, |answer| answer.data)
    }
}

sendable!(SumRecommendations -> types::RecommendationOverviewStats);

request! {
    /// Marks a recommendation: `POST /ccm/api/recommendation/overview/change-state`.
    MarkRecommendation(raw::ChangeRecommendationState) -> () = done;
}
