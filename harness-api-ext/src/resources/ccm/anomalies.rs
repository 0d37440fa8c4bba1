//! Anomalies: costs that are not as they were expected.

use harness_api::ccm::types;
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{items, levels, sendable};
use crate::scope::Scope;

levels! {
    /// The anomalies of costs in this account.
    anomalies -> Anomalies on Account
}

/// The anomalies of costs in an account.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// for anomaly in harness.account().anomalies().list().min_cost(50.0).await? {
///     println!("{:?}: {:?}, not {:?}", anomaly.resource_name, anomaly.actual_amount, anomaly.expected_amount);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Anomalies {
    scope: Scope,
}

impl Anomalies {
    /// The first 100 anomalies, unless others are asked for.
    pub fn list(&self) -> ListAnomalies {
        ListAnomalies {
            scope: self.scope.clone(),
            perspective: None,
            filter: types::AnomalyFilterProperties {
                filter_type: Some(types::AnomalyFilterPropertiesFilterType::Anomaly),
                offset: Some(0),
                limit: Some(100),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }
}

/// A list of anomalies: `POST /ccm/api/anomaly`. The server gives no total: where as many come as were asked for, there
/// may be more.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct ListAnomalies {
    scope: Scope,
    perspective: Option<String>,
    filter: types::AnomalyFilterProperties,
    options: CallOptions,
}

impl ListAnomalies {
    /// Those of this perspective.
    pub fn perspective(mut self, id: impl Into<String>) -> Self {
        self.perspective = Some(id.into());
        self
    }

    /// Those that have cost at least this much.
    pub fn min_cost(mut self, amount: f64) -> Self {
        self.filter.min_actual_amount = Some(amount);
        self
    }

    /// Those in one of these states.
    pub fn statuses<I>(mut self, statuses: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::AnomalyFilterPropertiesStatus>,
    {
        self.filter.status = Some(statuses.into_iter().map(Into::into).collect());
        self
    }

    /// At most this many.
    pub fn limit(mut self, items: i64) -> Self {
        self.filter.limit = Some(items);
        self
    }

    /// Those after this many.
    pub fn offset(mut self, items: i64) -> Self {
        self.filter.offset = Some(items);
        self
    }

    async fn run(self) -> Result<Vec<types::AnomalyData>> {
        let body = types::AnomalyRequestDto {
            anomaly_filter_properties_dto: Some(Box::new(self.filter)),
            ..Default::default()
        };
        let mut request = self
            .scope
            .raw()
            .ccm()
            .list_anomalies(self.scope.account())
            .body(&body)
            .with_options(self.options);
        if let Some(perspective) = self.perspective {
            request = request.perspective_id(perspective);
        }
        items(request.send().await?, "data", |answer| answer.data)
    }
}

sendable!(ListAnomalies -> Vec<types::AnomalyData>);
