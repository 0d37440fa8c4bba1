//! Where in the account a call acts: the account itself, an organization, a project.
//!
//! The three handles are different types, so that what exists in projects only cannot be asked of an account. What exists
//! at several levels is one implementation, which keeps its [`Scope`].

use std::fmt;
use std::sync::Arc;

use harness_api::Configure;

use crate::client::Harness;

/// Account, organization, project, as far as they are set, and the client to call with.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) harness: Harness,
    pub(crate) place: ScopePlace,
}

/// The organization and project that a call acts in. Layers fill in the parameters that an operation has for them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ScopePlace {
    pub(crate) org: Option<Arc<str>>,
    pub(crate) project: Option<Arc<str>>,
}

impl Scope {
    pub(crate) fn new(harness: Harness, org: Option<Arc<str>>, project: Option<Arc<str>>) -> Self {
        Self {
            harness,
            place: ScopePlace { org, project },
        }
    }

    pub(crate) fn raw(&self) -> &harness_api::Client {
        self.harness.raw()
    }

    /// For parameters that an operation requires.
    pub(crate) fn account(&self) -> &str {
        self.harness.account_id()
    }

    pub(crate) fn org(&self) -> Option<&str> {
        self.place.org.as_deref()
    }

    pub(crate) fn project(&self) -> Option<&str> {
        self.place.project.as_deref()
    }

    /// Account, organization and project, for operations that require them. A handle that calls one exists on a
    /// [`Project`] only, where all three are set.
    pub(crate) fn required(&self) -> (&str, &str, &str) {
        (
            self.account(),
            self.org().unwrap_or_default(),
            self.project().unwrap_or_default(),
        )
    }

    /// The request, to be sent in this scope.
    pub(crate) fn on<R: Configure>(&self, request: R) -> R {
        request.with_attached(self.place.clone())
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("account", &self.account())
            .field("org", &self.place.org)
            .field("project", &self.place.project)
            .finish()
    }
}

/// The account: what is shared by all its organizations.
///
/// What lives in projects only cannot be asked of it:
///
/// ```compile_fail,E0599
/// # fn run(harness: harness_api_ext::Harness) {
/// harness.account().pipelines();
/// # }
/// ```
///
/// ```compile_fail,E0599
/// # fn run(harness: harness_api_ext::Harness) {
/// harness.account().projects();
/// # }
/// ```
///
/// ```
/// # fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let account = harness.account();
/// println!("{} has {:?}", account.id(), account.org("retail"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) scope: Scope,
}

/// An organization: a group of projects, with resources that its projects share.
///
/// It has no pipelines, and there are no organizations in it:
///
/// ```compile_fail,E0599
/// # fn run(harness: harness_api_ext::Harness) {
/// harness.org("retail").pipelines();
/// # }
/// ```
///
/// ```compile_fail,E0599
/// # fn run(harness: harness_api_ext::Harness) {
/// harness.org("retail").organizations();
/// # }
/// ```
///
/// ```
/// # fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let retail = harness.org("retail");
/// assert_eq!(retail.project("checkout").org_id(), retail.id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Org {
    pub(crate) scope: Scope,
    id: Arc<str>,
}

/// A project of an organization, where pipelines and most other resources live.
///
/// There are no projects in it:
///
/// ```compile_fail,E0599
/// # fn run(harness: harness_api_ext::Harness) {
/// harness.org("retail").project("checkout").projects();
/// # }
/// ```
///
/// ```
/// # fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let checkout = harness.org("retail").project("checkout");
/// assert_eq!((checkout.org().id(), checkout.id()), ("retail", "checkout"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Project {
    pub(crate) scope: Scope,
    org: Arc<str>,
    id: Arc<str>,
}

impl Account {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The id of the account.
    pub fn id(&self) -> &str {
        self.scope.account()
    }

    /// An organization of the account; the built-in one is `default`.
    pub fn org(&self, org: impl Into<String>) -> Org {
        let id: Arc<str> = org.into().into();
        Org {
            scope: Scope::new(self.scope.harness.clone(), Some(Arc::clone(&id)), None),
            id,
        }
    }
}

impl Org {
    /// The identifier of the organization.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A project of the organization.
    pub fn project(&self, project: impl Into<String>) -> Project {
        let id: Arc<str> = project.into().into();
        Project {
            scope: Scope::new(
                self.scope.harness.clone(),
                Some(Arc::clone(&self.id)),
                Some(Arc::clone(&id)),
            ),
            org: Arc::clone(&self.id),
            id,
        }
    }
}

impl Project {
    /// The identifier of the project.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The identifier of its organization.
    pub fn org_id(&self) -> &str {
        &self.org
    }

    /// Its organization.
    pub fn org(&self) -> Org {
        Account::new(self.scope.clone()).org(&*self.org)
    }
}

/// One of the three levels, as something that raw calls can be sent in.
///
/// ```
/// use harness_api_ext::raw::Configure;
/// use harness_api_ext::{InScope, Org, Project};
///
/// fn place<R: Configure>(request: R, project: Option<&Project>, org: &Org) -> R {
///     match project {
///         Some(project) => project.scoped(request),
///         None => org.scoped(request),
///     }
/// }
/// ```
pub trait InScope {
    /// Sets organization and project on a raw request: the parameters that its operation has for them, under whatever
    /// name, are filled in when they are not set.
    ///
    /// ```no_run
    /// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
    /// use harness_api_ext::InScope;
    ///
    /// let project = harness.org("retail").project("checkout");
    /// let request = harness.raw().platform().get_settings_list(harness.account_id(), "CD");
    /// let settings = project.scoped(request).send().await?;
    /// # let _ = settings;
    /// # Ok(())
    /// # }
    /// ```
    fn scoped<R: Configure>(&self, request: R) -> R;
}

macro_rules! in_scope {
    ($($level:ident)*) => {$(
        impl InScope for $level {
            fn scoped<R: Configure>(&self, request: R) -> R {
                self.scope.on(request)
            }
        }
    )*};
}
in_scope!(Account Org Project);
