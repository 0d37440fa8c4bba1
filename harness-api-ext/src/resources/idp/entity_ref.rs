//! References to entities of the catalogue.

use std::fmt;
use std::str::FromStr;

use harness_api::ScopeLevel;

use crate::error::Error;
use crate::scope::is_blank;

/// A reference to an entity: its kind, where it lives, and its identifier.
///
/// ```
/// use harness_api_ext::idp::EntityRef;
///
/// # fn main() -> harness_api_ext::Result<()> {
/// let entity: EntityRef = "component:account.retail.checkout/billing".parse()?;
/// assert_eq!((entity.kind(), entity.id()), ("component", "billing"));
/// assert_eq!((entity.org(), entity.project()), (Some("retail"), Some("checkout")));
/// assert_eq!(entity.to_string(), "component:account.retail.checkout/billing");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntityRef {
    kind: String,
    org: Option<String>,
    project: Option<String>,
    id: String,
}

impl EntityRef {
    pub(super) fn new(kind: String, org: Option<&str>, project: Option<&str>, id: String) -> Self {
        Self {
            kind,
            org: org.map(str::to_owned),
            project: project.map(str::to_owned),
            id,
        }
    }

    /// The kind, such as `component` or `api`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The organization, unless it lives in the account itself.
    pub fn org(&self) -> Option<&str> {
        self.org.as_deref()
    }

    /// The project, unless it lives above.
    pub fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// Where it lives, as the API spells it: `account.retail.checkout`.
    pub fn scope(&self) -> String {
        dotted(self.org(), self.project())
    }

    /// Checks that the reference is read back as it was meant: no part is empty or contains what ends it.
    pub(super) fn check(&self) -> Result<(), String> {
        for (level, id) in [
            (ScopeLevel::Org, self.org()),
            (ScopeLevel::Project, self.project()),
        ] {
            id.map_or(Ok(()), |id| level.check(id))?;
        }
        let parts = [
            ("kind", Some(self.kind()), &[':', '/'][..]),
            ("organization identifier", self.org(), &['.']),
            ("project identifier", self.project(), &['.']),
            ("entity identifier", Some(self.id()), &['/']),
        ];
        for (what, part, ends) in parts {
            let Some(part) = part else { continue };
            if is_blank(part) {
                return Err(format!("the {what} is empty"));
            }
            if let Some(found) = part.chars().find(|c| ends.contains(c) || c.is_control()) {
                return Err(format!(
                    "the {what} contains {found:?}, which ends it in a reference to an entity"
                ));
            }
        }
        Ok(())
    }
}

/// A level, as the API spells it.
pub(super) fn dotted(org: Option<&str>, project: Option<&str>) -> String {
    let parts = [Some("account"), org, project];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind, self.scope(), self.id)
    }
}

impl FromStr for EntityRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let (kind, rest) = text.split_once(':')?;
            let (scope, id) = rest.split_once('/')?;
            let mut parts = scope.split('.');
            let (root, org, project) = (parts.next()?, parts.next(), parts.next());
            if root != "account" || parts.next().is_some() {
                return None;
            }
            let entity = Self::new(kind.to_owned(), org, project, id.to_owned());
            entity.check().is_ok().then_some(entity)
        };
        parse().ok_or_else(|| {
            Error::build(
                "a reference to an entity is written `kind:account.org.project/identifier`",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_and_written_alike() -> Result<(), Error> {
        for text in [
            "component:account/billing",
            "api:account.retail/billing",
            "component:account.retail.checkout/billing",
        ] {
            assert_eq!(text.parse::<EntityRef>()?.to_string(), text);
        }
        Ok(())
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "billing",
            "component:billing",
            "component:default/billing",
            "component:account.a.b.c/billing",
            "component:account..b/billing",
            "component:account/",
            ":account/billing",
            "component:account/a/b",
            "component:account. /billing",
            "component:account/ ",
        ] {
            assert!(text.parse::<EntityRef>().is_err(), "{text}");
        }
    }
}
