//! The levels of the platform, and the names under which operations take their identifiers.

use std::fmt;

/// A level of the platform: the account, an organization in it, a project in an organization.
///
/// ```
/// use harness_api::ScopeLevel;
///
/// assert_eq!(ScopeLevel::of_parameter("orgIdentifier"), Some(ScopeLevel::Org));
/// assert_eq!(ScopeLevel::of_parameter("searchTerm"), None);
/// assert!(ScopeLevel::Project.check("checkout").is_ok());
/// assert_eq!(ScopeLevel::Project.check(" "), Err("the project identifier is empty".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeLevel {
    /// The account.
    Account,
    /// An organization.
    Org,
    /// A project.
    Project,
}

impl ScopeLevel {
    /// Returns the level whose identifier a parameter of this name takes, in the path, the query or a header; `None` for
    /// any other parameter.
    pub fn of_parameter(name: &str) -> Option<Self> {
        match name {
            "accountIdentifier" | "accountId" | "account_identifier" | "accountID"
            | "account_id" | "account" | "routingId" | "Harness-Account" => Some(Self::Account),
            "orgIdentifier"
            | "organizationIdentifier"
            | "orgId"
            | "org_identifier"
            | "scope_org"
            | "organizationId"
            | "organization"
            | "org_id"
            | "org" => Some(Self::Org),
            "projectIdentifier" | "projectId" | "project_identifier" | "scope_project"
            | "project_id" | "project" => Some(Self::Project),
            _ => None,
        }
    }

    /// Checks the identifier of an account, an organization or a project.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence that names the level and not the value: it is empty or blank, `.` or `..`, or
    /// contains a character that would end it in a URL (`/`, `\`, `?`, `#`) or a control character.
    pub fn check(self, id: &str) -> Result<(), String> {
        if id.trim().is_empty() {
            return Err(format!("the {self} identifier is empty"));
        }
        if matches!(id, "." | "..") {
            return Err(format!(
                "the {self} identifier is a dot segment, which would change the route"
            ));
        }
        let ends_it = |c: char| matches!(c, '/' | '\\' | '?' | '#') || c.is_control();
        match id.chars().find(|c| ends_it(*c)) {
            Some(found) => Err(format!(
                "the {self} identifier contains {found:?}, and an identifier names one {self}"
            )),
            None => Ok(()),
        }
    }
}

/// `account`, `organization` or `project`.
impl fmt::Display for ScopeLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Org => "organization",
            Self::Project => "project",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_names_one_of_its_level() {
        for id in ["retail", "_retail$1", "Retail-2.x", "a b", "日本", "..."] {
            assert_eq!(ScopeLevel::Org.check(id), Ok(()), "{id:?}");
        }
        for (id, why) in [
            ("", "is empty"),
            (" \t\n", "is empty"),
            (".", "dot segment"),
            ("..", "dot segment"),
            ("a/b", "contains '/'"),
            ("a\\b", "contains '\\\\'"),
            ("a?b", "contains '?'"),
            ("a#b", "contains '#'"),
            ("a\0b", "contains '\\0'"),
            ("a\nb", "contains '\\n'"),
        ] {
            let said = ScopeLevel::Org.check(id).unwrap_err();
            assert!(said.starts_with("the organization identifier "), "{said}");
            assert!(said.contains(why), "{id:?}: {said}");
        }
    }
}
