//! Where in the account a call acts: the account itself, an organization, a project.
//!
//! The three handles are different types, so that what exists in projects only cannot be asked of an account. What exists
//! at several levels is one implementation, which keeps its [`Scope`].

use std::fmt;
use std::sync::Arc;

use harness_api::{Configure, ScopeLevel};

use crate::client::Harness;

/// Account, organization, project, as far as they are set, and the client to call with.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) harness: Harness,
    pub(crate) place: ScopePlace,
    /// What is wrong with an identifier of the place. Without it, a call would act at a level above.
    fault: Option<Arc<str>>,
}

/// The organization and project that a call acts in. Layers fill in the parameters that an operation has for them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ScopePlace {
    pub(crate) org: Option<Arc<str>>,
    pub(crate) project: Option<Arc<str>>,
}

impl ScopePlace {
    /// Returns whether the place is at this level or below.
    pub(crate) fn has(&self, level: ScopeLevel) -> bool {
        match level {
            ScopeLevel::Account => true,
            ScopeLevel::Org => self.org.is_some(),
            ScopeLevel::Project => self.project.is_some(),
        }
    }
}

#[allow(
    dead_code,
    reason = "which of these are used depends on the modules that are compiled in"
)]
impl Scope {
    pub(crate) fn new(harness: Harness, org: Option<Arc<str>>, project: Option<Arc<str>>) -> Self {
        let levels = [(ScopeLevel::Org, &org), (ScopeLevel::Project, &project)];
        let fault = levels
            .into_iter()
            .find_map(|(level, id)| level.check(id.as_deref()?).err());
        Self {
            harness,
            place: ScopePlace { org, project },
            fault: fault.map(Into::into),
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

    /// Sends a request in this scope: parameters of its operation for organization and project are filled in.
    pub(crate) fn on<R: Configure>(&self, request: R) -> R {
        self.checked(request).with_attached(self.place.clone())
    }

    /// Refuses a request when an identifier of this scope names no organization or project. Nothing is filled in.
    pub(crate) fn checked<R: Configure>(&self, mut request: R) -> R {
        if let Some(fault) = &self.fault {
            request.options().refuse(&**fault);
        }
        request
    }

    /// Returns this scope for a call about something of this name: one that is empty makes the call fail.
    pub(crate) fn naming(&self, what: &str, name: &str) -> Self {
        self.refusing(if is_blank(name) {
            Err(format!("the {what} is empty"))
        } else {
            Ok(())
        })
    }

    /// Returns this scope for a call about several things, none of whose names may be empty.
    pub(crate) fn naming_each(&self, what: &str, names: &[String]) -> Self {
        let blank = names.iter().find(|name| is_blank(name));
        match blank {
            Some(blank) => self.naming(what, blank),
            None => self.clone(),
        }
    }

    /// Returns the scope of the account of this one, for what belongs to the account at every level.
    pub(crate) fn of_account(&self) -> Self {
        Self {
            place: ScopePlace::default(),
            ..self.clone()
        }
    }

    /// Returns this scope for a call about something whose identifier becomes a part of a reference such as
    /// `account/org/project/registry/+`: one that would end or lengthen the reference makes the call fail.
    pub(crate) fn referring(&self, what: &str, id: &str) -> Self {
        let ends_it = |c: char| matches!(c, '/' | '+' | '\\' | '?' | '#') || c.is_control();
        self.naming(what, id)
            .refusing(match id.chars().find(|c| ends_it(*c)) {
                Some(found) => Err(format!(
                    "the {what} contains {found:?}, which would lead out of the scope of the call"
                )),
                None if matches!(id, "." | "..") => Err(format!(
                    "the {what} is a dot segment, which would change the route"
                )),
                None => Ok(()),
            })
    }

    /// Returns this scope for a call that sends an entity, and sets organization and project of the entity to those of the
    /// scope where they are absent: services take it for an entity of the level above. One that belongs elsewhere makes the
    /// call fail.
    pub(crate) fn adopting(&self, org: &mut Option<String>, project: &mut Option<String>) -> Self {
        self.refusing(self.adopt(ScopeLevel::Org, org))
            .refusing(self.adopt(ScopeLevel::Project, project))
    }

    fn adopt(&self, level: ScopeLevel, given: &mut Option<String>) -> Result<(), String> {
        let own = match level {
            ScopeLevel::Account => Some(self.account()),
            ScopeLevel::Org => self.org(),
            ScopeLevel::Project => self.project(),
        };
        match (own, given.as_deref()) {
            (Some(own), None) => *given = Some(own.to_owned()),
            // Services write what an entity of a level above does not have as an empty text.
            (None, None | Some("")) => {}
            (own, Some(theirs)) if own != Some(theirs) => {
                level.check(theirs)?;
                return Err(format!(
                    "the entity belongs to another {level} than the handle: use the handle of its {level}"
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns this scope for a call that sends something which belongs to a thing of this name, and sets that name where it is
    /// absent. What belongs to another makes the call fail.
    pub(crate) fn owning(&self, what: &str, own: &str, given: &mut Option<String>) -> Self {
        let given = given.get_or_insert_with(|| own.to_owned());
        self.refusing(if given == own {
            Ok(())
        } else {
            Err(format!("it belongs to another {what} than the handle"))
        })
    }

    /// Returns this scope, refusing what another refuses.
    pub(crate) fn refusing_as(&self, other: &Self) -> Self {
        self.refusing(match &other.fault {
            Some(fault) => Err(fault.to_string()),
            None => Ok(()),
        })
    }

    /// Returns this scope with what is wrong with a call in it; what was wrong before counts.
    pub(crate) fn refusing(&self, fault: Result<(), String>) -> Self {
        let mut scope = self.clone();
        if let (None, Err(fault)) = (&scope.fault, fault) {
            scope.fault = Some(fault.into());
        }
        scope
    }
}

/// Whether a text names nothing.
pub(crate) fn is_blank(id: &str) -> bool {
    id.trim().is_empty()
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

    /// Returns a handle for an organization of the account; the built-in one is `default`. Sends no request.
    ///
    /// An identifier that is empty, or contains what ends one in a URL (`/`, `\`, `?`, `#`), makes every call of the handle
    /// fail with an error of kind [`Build`](crate::ErrorKind::Build): nothing is sent to the account in its place.
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

    /// Returns a handle for a project of the organization. Sends no request.
    ///
    /// An identifier that is empty, or contains what ends one in a URL (`/`, `\`, `?`, `#`), makes every call of the handle
    /// fail with an error of kind [`Build`](crate::ErrorKind::Build): nothing is sent to the organization in its place.
    ///
    /// ```
    /// # use harness_api_ext::ErrorKind;
    /// # async fn run(harness: harness_api_ext::Harness) {
    /// let unset = std::env::var("NO_SUCH_VARIABLE").unwrap_or_default();
    /// # #[cfg(feature = "secrets")] {
    /// let error = harness.org("retail").project(unset).secrets().delete("db").await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Build);
    /// assert!(error.to_string().contains("the project identifier is empty"));
    /// # }
    /// # }
    /// ```
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
    /// A parameter for organization or project that is set to an empty text is refused when the request is sent, because it
    /// would act at the level above. Operations that require both at every level get empty texts for the account by
    /// `harness.account().scoped(request)`.
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
