//! The scope of a call: the account, an organization or a project.
//!
//! The three handles are different types, so a resource of projects cannot be requested from an account. Resources of
//! several levels have one implementation, which contains its [`Scope`].

use std::fmt;
use std::sync::Arc;

use harness_api::{Configure, ScopeLevel};

use crate::client::Harness;

/// Account, organization and project of a call, as far as they are set, with the client.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) harness: Harness,
    pub(crate) place: ScopePlace,
    /// Fault of an identifier of the place. Without this check, the call would act at a higher level.
    fault: Option<Arc<str>>,
}

/// Organization and project of a call. Layers fill them into the parameters of the operation.
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

#[allow(dead_code, reason = "some are unused with few modules compiled in")]
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

    /// Returns the account identifier, for parameters that an operation requires.
    pub(crate) fn account(&self) -> &str {
        self.harness.account_id()
    }

    pub(crate) fn org(&self) -> Option<&str> {
        self.place.org.as_deref()
    }

    pub(crate) fn project(&self) -> Option<&str> {
        self.place.project.as_deref()
    }

    /// Returns the identifiers of account, organization and project, for operations that require them. The handles that
    /// call such operations exist only on a [`Project`], where all three are set.
    pub(crate) fn required(&self) -> (&str, &str, &str) {
        (
            self.account(),
            self.org().unwrap_or_default(),
            self.project().unwrap_or_default(),
        )
    }

    /// Sends a request in this scope: fills in the parameters of its operation for organization and project.
    pub(crate) fn on<R: Configure>(&self, request: R) -> R {
        self.checked(request).with_attached(self.place.clone())
    }

    /// Makes a request fail if an identifier of this scope is invalid. Fills in nothing.
    pub(crate) fn checked<R: Configure>(&self, mut request: R) -> R {
        if let Some(fault) = &self.fault {
            request.options().refuse(&**fault);
        }
        request
    }

    /// Returns this scope for a call on a named entity. An empty name makes the call fail.
    pub(crate) fn naming(&self, what: &str, name: &str) -> Self {
        self.refusing(if is_blank(name) {
            Err(format!("the {what} is empty"))
        } else {
            Ok(())
        })
    }

    /// Returns this scope for a call on several named entities. An empty name makes the call fail.
    pub(crate) fn naming_each(&self, what: &str, names: &[String]) -> Self {
        let blank = names.iter().find(|name| is_blank(name));
        match blank {
            Some(blank) => self.naming(what, blank),
            None => self.clone(),
        }
    }

    /// Returns the scope of the account, for resources that belong to the account at every level.
    pub(crate) fn of_account(&self) -> Self {
        Self {
            place: ScopePlace::default(),
            ..self.clone()
        }
    }

    /// Returns this scope for a call with an identifier that becomes a part of a reference such as
    /// `account/org/project/registry/+`. An identifier that would end or extend the reference makes the call fail.
    pub(crate) fn referring(&self, what: &str, id: &str) -> Self {
        let ends_it = |c: char| matches!(c, '/' | '+' | '\\' | '?' | '#') || c.is_control();
        self.naming(what, id)
            .refusing(match id.chars().find(|c| ends_it(*c)) {
                Some(found) => Err(format!(
                    "the {what} contains {found:?}, which would leave the scope of the call"
                )),
                None if matches!(id, "." | "..") => Err(format!(
                    "the {what} is a dot segment, which would change the route"
                )),
                None => Ok(()),
            })
    }

    /// Returns this scope for a call that sends an entity, and sets the organization and project of the entity to those
    /// of the scope where they are absent: services would treat it as an entity of the level above. An entity of
    /// another place makes the call fail.
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
            // Services write the absent levels of an entity as empty texts.
            (None, None | Some("")) => {}
            (own, Some(theirs)) if own != Some(theirs) => {
                level.check(theirs)?;
                return Err(format!(
                    "the entity belongs to another {level} than the handle: use a handle for its {level}"
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns this scope for a call that sends an entity with a parent of this name, and sets the parent where it is
    /// absent. An entity of another parent makes the call fail.
    pub(crate) fn owning(&self, what: &str, own: &str, given: &mut Option<String>) -> Self {
        let given = given.get_or_insert_with(|| own.to_owned());
        self.refusing(if given == own {
            Ok(())
        } else {
            Err(format!(
                "the entity belongs to another {what} than the handle"
            ))
        })
    }

    /// Returns this scope with the fault of another one.
    pub(crate) fn refusing_as(&self, other: &Self) -> Self {
        self.refusing(match &other.fault {
            Some(fault) => Err(fault.to_string()),
            None => Ok(()),
        })
    }

    /// Returns this scope with a fault that makes its calls fail. An earlier fault takes precedence.
    pub(crate) fn refusing(&self, fault: Result<(), String>) -> Self {
        let mut scope = self.clone();
        if let (None, Err(fault)) = (&scope.fault, fault) {
            scope.fault = Some(fault.into());
        }
        scope
    }
}

/// Returns whether an identifier is blank.
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

/// Handle for the account, whose resources are shared by all its organizations.
///
/// Resources of projects cannot be requested from it:
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

/// Handle for an organization: a group of projects, with resources that its projects share.
///
/// It has no pipelines and no organizations:
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

/// Handle for a project of an organization, with pipelines and most other resources.
///
/// It has no projects:
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

    /// Returns the account identifier.
    pub fn id(&self) -> &str {
        self.scope.account()
    }

    /// Returns a handle for an organization of the account; the built-in one is `default`. Sends no request.
    ///
    /// With an identifier that is empty, or contains a character that ends a path segment of a URL (`/`, `\`, `?`,
    /// `#`), every call of the handle fails with an error of kind [`Build`](crate::ErrorKind::Build). No request is
    /// sent to the account instead.
    pub fn org(&self, org: impl Into<String>) -> Org {
        let id: Arc<str> = org.into().into();
        Org {
            scope: Scope::new(self.scope.harness.clone(), Some(Arc::clone(&id)), None),
            id,
        }
    }
}

impl Org {
    /// Returns the identifier of the organization.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns a handle for a project of the organization. Sends no request.
    ///
    /// With an identifier that is empty, or contains a character that ends a path segment of a URL (`/`, `\`, `?`,
    /// `#`), every call of the handle fails with an error of kind [`Build`](crate::ErrorKind::Build). No request is
    /// sent to the organization instead.
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
    /// Returns the identifier of the project.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the identifier of its organization.
    pub fn org_id(&self) -> &str {
        &self.org
    }

    /// Returns a handle for its organization.
    pub fn org(&self) -> Org {
        Account::new(self.scope.clone()).org(&*self.org)
    }
}

/// Scope for raw calls, at one of the three levels.
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
    /// Sets organization and project on a raw request. If its operation has parameters for them, whatever they are
    /// called, and they are not set, they are filled in.
    ///
    /// A parameter for organization or project that is set to an empty text makes the request fail, because it would
    /// act at the level above. Operations that require both parameters at every level get empty texts for the account
    /// with `harness.account().scoped(request)`.
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
