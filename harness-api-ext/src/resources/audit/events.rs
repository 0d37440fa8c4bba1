//! The events of the audit trail.

use std::time::SystemTime;

use harness_api::audit::{self as raw, types};

use crate::resources::builder::{filtered, levels, millis, request};
use crate::scope::Scope;

levels! {
    /// The audit trail of this level.
    audit -> Audit on Account Org Project
}

/// The audit trail of one level.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use std::time::{Duration, SystemTime};
///
/// let audit = harness.org("default").project("checkout").audit();
/// let day = Duration::from_secs(24 * 3600);
/// let mut events = audit.events().since(SystemTime::now() - day).actions(["UPDATE"]).items();
/// while let Some(event) = events.try_next().await? {
///     if let Some(id) = event.audit_id {
///         println!("{:?}", audit.yaml_change(id).await?.new_yaml);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Audit {
    scope: Scope,
}

impl Audit {
    /// The events; on an account those of all levels, elsewhere those of this one.
    pub fn events(&self) -> ListEvents {
        let scopes = self.scope.org().map(|org| {
            vec![types::AuditResourceScope {
                account_identifier: Some(self.scope.account().to_owned()),
                org_identifier: Some(org.to_owned()),
                project_identifier: self.scope.project().map(str::to_owned),
                ..Default::default()
            }]
        });
        let api = self.scope.raw().audit();
        ListEvents::new(
            self.scope
                .checked(api.get_audit_event_list(self.scope.account())),
            types::AuditFilterProperties {
                filter_type: Some(types::AuditFilterPropertiesFilterType::Audit),
                scopes,
                ..Default::default()
            },
        )
    }

    /// What an event changed, as YAML before and after. Not every event has it.
    pub fn yaml_change(&self, event: impl Into<String>) -> GetYamlChange {
        let api = self.scope.raw().audit();
        GetYamlChange::new(
            self.scope
                .checked(api.get_yaml_diff(self.scope.account(), event)),
        )
    }
}

filtered! {
    /// A list of events: `POST /audit/api/audits/list`.
    ListEvents(raw::GetAuditEventList, types::AuditFilterProperties) -> types::AuditEvent;
}

impl ListEvents {
    /// Those from this time on, to the millisecond.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.filter.start_time = Some(millis(time));
        self
    }

    /// Those until this time, to the millisecond.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.filter.end_time = Some(millis(time));
        self
    }

    /// Those of these actions, such as `CREATE`.
    pub fn actions<I>(mut self, actions: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::AuditFilterPropertiesActions>,
    {
        self.filter.actions = Some(actions.into_iter().map(Into::into).collect());
        self
    }

    /// Those of these modules, such as `CD`.
    pub fn modules<I>(mut self, modules: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::AuditFilterPropertiesModules>,
    {
        self.filter.modules = Some(modules.into_iter().map(Into::into).collect());
        self
    }

    /// Those by one principal more: its kind, such as `USER`, and for a user the address.
    pub fn by(mut self, kind: impl Into<types::AuditPrincipalType>, id: impl Into<String>) -> Self {
        self.filter
            .principals
            .get_or_insert_default()
            .push(types::AuditPrincipal {
                type_: Some(kind.into()),
                identifier: Some(id.into()),
                ..Default::default()
            });
        self
    }

    /// Those about one resource more: its kind, such as `PIPELINE`, and its identifier.
    pub fn about(mut self, kind: impl Into<String>, id: impl Into<String>) -> Self {
        self.filter
            .resources
            .get_or_insert_default()
            .push(types::AuditResource {
                type_: Some(kind.into()),
                identifier: Some(id.into()),
                ..Default::default()
            });
        self
    }

    /// Those of the levels below as well.
    pub fn with_levels_below(mut self) -> Self {
        self.filter.include_child_scopes = Some(true);
        self
    }

    /// Without logins, or without what the platform does by itself: `EXCLUDE_LOGIN_EVENTS` or `EXCLUDE_SYSTEM_EVENTS`.
    pub fn without(mut self, kind: impl Into<types::AuditFilterPropertiesStaticFilter>) -> Self {
        self.filter.static_filter = Some(kind.into());
        self
    }
}

request! {
    /// Reads what an event changed: `GET /audit/api/auditYaml`.
    GetYamlChange(raw::GetYamlDiff) -> types::YamlDiffRecord = .data;
}
