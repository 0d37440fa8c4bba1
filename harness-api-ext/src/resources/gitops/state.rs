//! The state of an application, and waiting for it.

use std::fmt;
use std::sync::Arc;

use harness_api::Redactor;
use harness_api::gitops::types;
use harness_api::model::Time;
use serde_json::Value;

use super::application::Application;
use crate::Sending;
use crate::error::Result;
use crate::wait::{Observe, Progress, WaitFailure};

/// A word of Argo CD's, of which there may be more than are known.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* $word,)*
            /// A word that is not known here; empty, when there is none.
            Other(String),
        }

        impl $name {
            /// As Argo CD spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => stringify!($word),)*
                    Self::Other(word) => word,
                }
            }

            fn read(word: Option<&str>) -> Self {
                match word.unwrap_or_default() {
                    $(stringify!($word) => Self::$word,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// How far an operation is, such as a sync: `operationState.phase`.
    ///
    /// ```no_run
    /// # async fn run(application: harness_api_ext::gitops::Application) -> harness_api_ext::Result<()> {
    /// use harness_api_ext::gitops::Phase;
    ///
    /// if let Some(state) = application.watch().try_next().await?
    ///     && state.phase() == Some(Phase::Running)
    /// {
    ///     println!("it goes on");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    Phase {
        /// It goes on.
        Running,
        /// It is being stopped.
        Terminating,
        /// It ended well.
        Succeeded,
        /// It ended badly.
        Failed,
        /// It could not be done.
        Error,
    }
}

words! {
    /// How well the deployed resources are: `health.status`.
    ///
    /// ```no_run
    /// # async fn run(application: harness_api_ext::gitops::Application) -> harness_api_ext::Result<()> {
    /// use harness_api_ext::gitops::Health;
    ///
    /// if let Some(state) = application.watch().try_next().await?
    ///     && state.health() == Health::Degraded
    /// {
    ///     println!("it is not well");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    Health {
        /// All are well.
        Healthy,
        /// They are not yet, and may become so.
        Progressing,
        /// They are not, or did not become so in time.
        Degraded,
        /// They wait for somebody to let them go on.
        Suspended,
        /// They are not in the cluster.
        Missing,
        /// It could not be found out.
        Unknown,
    }
}

words! {
    /// Whether the cluster is in step with the source: `sync.status`.
    ///
    /// ```no_run
    /// # async fn run(application: harness_api_ext::gitops::Application) -> harness_api_ext::Result<()> {
    /// use harness_api_ext::gitops::SyncStatus;
    ///
    /// if let Some(state) = application.watch().try_next().await?
    ///     && state.sync() == SyncStatus::OutOfSync
    /// {
    ///     println!("the cluster differs from the source");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    SyncStatus {
        /// It is.
        Synced,
        /// It is not.
        OutOfSync,
        /// It could not be found out.
        Unknown,
    }
}

/// What is seen of an application while it is waited for.
///
/// ```no_run
/// # async fn run(application: harness_api_ext::gitops::Application) -> harness_api_ext::Result<()> {
/// let mut states = application.watch();
/// while let Some(state) = states.try_next().await? {
///     println!("{:?}: {} and {}, {:?}", state.phase(), state.sync(), state.health(), state.message());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApplicationState {
    application: Arc<types::Servicev1Application>,
}

impl ApplicationState {
    pub(super) fn new(application: types::Servicev1Application) -> Self {
        Self {
            application: Arc::new(application),
        }
    }

    /// How far the operation is that goes on or was the last; `None` when there was none.
    pub fn phase(&self) -> Option<Phase> {
        let phase = self.operation()?.phase.as_deref();
        phase
            .filter(|phase| !phase.is_empty())
            .map(|phase| Phase::read(Some(phase)))
    }

    /// How well it is.
    pub fn health(&self) -> Health {
        let health = self.status().and_then(|status| status.health.as_ref());
        Health::read(health.and_then(|health| health.status.as_deref()))
    }

    /// Whether it is in step with its source.
    pub fn sync(&self) -> SyncStatus {
        let sync = self.status().and_then(|status| status.sync.as_ref());
        SyncStatus::read(sync.and_then(|sync| sync.status.as_deref()))
    }

    /// What the operation that goes on or was the last says about itself.
    pub fn message(&self) -> Option<&str> {
        self.operation()?
            .message
            .as_deref()
            .filter(|text| !text.is_empty())
    }

    /// Everything that is known of it.
    pub fn application(&self) -> &types::Servicev1Application {
        &self.application
    }

    /// Whether an operation is asked for, goes on, or has ended so lately that the state is from before its end.
    pub fn is_operating(&self) -> bool {
        if self.is_asked_for() {
            return true;
        }
        match self.phase() {
            Some(Phase::Running | Phase::Terminating) => true,
            Some(_) => self.is_behind(),
            None => false,
        }
    }

    /// When the last operation was begun, if it is over and another one is asked for.
    pub(super) fn finished_before(&self) -> Option<Value> {
        let phase = self.phase()?;
        let over = !matches!(phase, Phase::Running | Phase::Terminating);
        (over && self.is_asked_for())
            .then(|| self.begun().cloned())
            .flatten()
    }

    fn begun(&self) -> Option<&Value> {
        self.operation()?.started_at.as_ref()
    }

    fn is_asked_for(&self) -> bool {
        let app = self.application.app.as_ref();
        app.and_then(|app| app.operation.as_ref())
            .is_some_and(|asked| asked.sync.is_some() || asked.initiated_by.is_some())
    }

    /// Whether the application was looked at last before its last operation ended. A dry run changes nothing.
    fn is_behind(&self) -> bool {
        let Some(operation) = self.operation() else {
            return false;
        };
        let sync = operation.operation.as_ref().and_then(|op| op.sync.as_ref());
        if sync.is_some_and(|sync| sync.dry_run == Some(true)) {
            return false;
        }
        let ended = operation.finished_at.as_ref().and_then(moment);
        let looked = self
            .status()
            .and_then(|status| status.reconciled_at.as_ref());
        match (ended, looked.and_then(moment)) {
            (Some(ended), Some(looked)) => looked < ended,
            _ => false,
        }
    }

    fn status(&self) -> Option<&types::ApplicationsApplicationStatus> {
        self.application.app.as_ref()?.status.as_deref()
    }

    fn operation(&self) -> Option<&types::ApplicationsOperationState> {
        self.status()?.operation_state.as_deref()
    }
}

/// A point in time in seconds since 1970, written as text or as an object with seconds.
fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => {
            let Ok(time) = text.parse::<Time>();
            time.at().map(|time| time.as_second())
        }
        Value::Object(members) => match members.get("seconds")? {
            Value::String(text) => text.parse().ok(),
            seconds => seconds.as_i64(),
        },
        _ => None,
    }
}

/// Phase, health and whether it is in step.
impl fmt::Debug for ApplicationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplicationState")
            .field("phase", &self.phase())
            .field("health", &self.health())
            .field("sync", &self.sync())
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

/// What came of waiting for an application.
///
/// ```no_run
/// # async fn run(application: harness_api_ext::gitops::Application) -> harness_api_ext::Result<()> {
/// use harness_api_ext::gitops::ApplicationOutcome;
///
/// let end = application.wait().await?;
/// if end.outcome == ApplicationOutcome::OperationFailed {
///     eprintln!("{:?}", end.state.message());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApplicationOutcome {
    /// It is as it was waited for.
    Reached,
    /// What was done with it last has failed.
    OperationFailed,
}

/// The end of waiting for an application.
///
/// ```no_run
/// # async fn run(application: harness_api_ext::gitops::Application) -> harness_api_ext::Result<()> {
/// let end = application.wait_synced().await?.success()?;
/// println!("{}", end.state.health());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApplicationEnd {
    /// Good or bad.
    pub outcome: ApplicationOutcome,
    /// The state at the end: the phase of the operation, health, and whether it is in step.
    pub state: ApplicationState,
    name: String,
    redactor: Redactor,
}

impl ApplicationEnd {
    /// The end, when it is good.
    ///
    /// # Errors
    ///
    /// Of kind [`Wait`](crate::ErrorKind::Wait) with [`WaitFailure::Failed`] and what the agent says of the failure, when
    /// it is not.
    pub fn success(self) -> Result<Self> {
        if self.outcome == ApplicationOutcome::Reached {
            return Ok(self);
        }
        let phase = self.state.phase();
        let phase = phase.as_ref().map_or("failed", Phase::as_str);
        let status = match self.state.message() {
            Some(text) => format!("{phase}: {text}"),
            None => phase.to_owned(),
        };
        Err(WaitFailure::failed(
            &self.redactor,
            &self.name,
            &status,
            self.state,
        ))
    }
}

/// What an application is waited for to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// In step and healthy.
    Ready,
    /// Healthy.
    Healthy,
    /// In step.
    Synced,
    /// Nothing is being done with it.
    Idle,
}

/// An application as something that can be waited for.
#[derive(Debug, Clone)]
pub struct ApplicationSubject {
    application: Application,
    until: Until,
    /// Whether the last operation counts: it does not for health alone.
    operation: bool,
    /// When the operation before the one that counts was begun.
    before: Option<Value>,
}

impl ApplicationSubject {
    pub(super) fn new(application: Application, until: Until) -> Self {
        Self {
            application,
            until,
            operation: until != Until::Healthy,
            before: None,
        }
    }

    /// Waits for a sync which was begun after the operation that `before` tells of.
    pub(super) fn of_sync(application: Application, until: Until, before: Option<Value>) -> Self {
        Self {
            application,
            until,
            operation: true,
            before,
        }
    }

    fn is_before(&self, state: &ApplicationState) -> bool {
        self.before.is_some() && state.begun() == self.before.as_ref()
    }

    fn end(
        &self,
        outcome: ApplicationOutcome,
        state: &ApplicationState,
    ) -> Progress<ApplicationEnd> {
        Progress::Ended(ApplicationEnd {
            outcome,
            state: state.clone(),
            name: self.name(),
            redactor: self.application.scope.harness.redactor().clone(),
        })
    }
}

impl Observe for ApplicationSubject {
    type State = ApplicationState;
    type End = ApplicationEnd;

    fn name(&self) -> String {
        let Application { agent, name, .. } = &self.application;
        format!("application {name} of agent {agent}")
    }

    fn observe(&self) -> Sending<ApplicationState> {
        let read = self.application.get();
        Box::pin(async move { Ok(ApplicationState::new(read.await?)) })
    }

    fn progress(&self, state: &ApplicationState) -> Progress<ApplicationEnd> {
        if state.is_operating() || self.is_before(state) {
            return Progress::Running;
        }
        if self.operation && matches!(state.phase(), Some(Phase::Failed | Phase::Error)) {
            return self.end(ApplicationOutcome::OperationFailed, state);
        }
        let healthy = matches!(self.until, Until::Ready | Until::Healthy);
        let synced = matches!(self.until, Until::Ready | Until::Synced);
        if healthy && state.health() == Health::Suspended {
            return Progress::NeedsPerson;
        }
        if (healthy && state.health() != Health::Healthy)
            || (synced && state.sync() != SyncStatus::Synced)
        {
            return Progress::Running;
        }
        self.end(ApplicationOutcome::Reached, state)
    }

    fn is_same(&self, one: &ApplicationState, other: &ApplicationState) -> bool {
        let seen = |state: &ApplicationState| {
            (
                state.phase(),
                state.health(),
                state.sync(),
                state.is_operating(),
                state.begun().cloned(),
            )
        };
        seen(one) == seen(other)
    }
}
