//! Fills in the account, organization, project and Git settings, if the operation has parameters for them.

use std::sync::Arc;

use harness_api::reqwest::header::{Entry, HeaderName, HeaderValue};
use harness_api::{
    BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing, Place, ScopeLevel,
};

use super::identifiers;
use super::process::Process;
use crate::git::GitStore;
use crate::scope::ScopePlace;

/// Account header of the newer services. The older ones ignore it, and the server prefers it to the query, so it is
/// sent with every call.
pub(super) const ACCOUNT_HEADER: HeaderName = HeaderName::from_static("harness-account");

pub(super) struct FillScope {
    account: Arc<str>,
    /// Value of the account header; `None` if the account is not a valid header value.
    header: Option<HeaderValue>,
    process: Process,
}

impl FillScope {
    pub(super) fn new(account: Arc<str>) -> Self {
        let header = HeaderValue::from_str(&account).ok();
        Self {
            account,
            header,
            process: Process::default(),
        }
    }

    fn fill(&self, request: &mut Outgoing) -> Result<(), Error> {
        identifiers::check(request)?;
        self.process
            .check()
            .map_err(|fault| request.error(ErrorKind::Build, fault))?;
        let place = request
            .attached::<ScopePlace>()
            .cloned()
            .unwrap_or_default();
        let git = request.attached::<GitStore>().cloned();
        let Some(operation) = request.operation() else {
            self.fill_unknown(request);
            return put_header(request, ACCOUNT_HEADER, self.header.as_ref());
        };
        for param in operation.params {
            let value = match ScopeLevel::of_parameter(param.name) {
                Some(ScopeLevel::Account) => Some(&self.account),
                Some(ScopeLevel::Org) => place.org.as_ref(),
                Some(ScopeLevel::Project) => place.project.as_ref(),
                None => None,
            };
            let value = value
                .map(|value| &**value)
                .or_else(|| git.as_ref()?.value(param.name));
            let Some(value) = value else { continue };
            match param.place {
                Place::Query if !request.has_query(param.name) => {
                    request.push_query(param.name, value)
                }
                Place::Header => {
                    let name = HeaderName::from_bytes(param.name.as_bytes()).map_err(|_| {
                        request.error(ErrorKind::Build, "the name of a header is not valid")
                    })?;
                    put_header(request, name, HeaderValue::from_str(value).ok().as_ref())?;
                }
                _ => {}
            }
        }
        // The gateway uses it to find the cluster of an account, but the description lists it for few operations.
        if operation.path.starts_with("/gitops/") && !request.has_query("routingId") {
            request.push_query("routingId", &self.account);
        }
        // Entities of the developer portal require it in the query too, but the description does not say so.
        if operation.path.starts_with("/v1/entities") && !request.has_query("accountIdentifier") {
            request.push_query("accountIdentifier", &self.account);
        }
        put_header(request, ACCOUNT_HEADER, self.header.as_ref())
    }

    /// Adds the account to the query of an endpoint that the description lacks, as most services require it. Others
    /// ignore it.
    fn fill_unknown(&self, request: &mut Outgoing) {
        for name in ["accountIdentifier", "routingId"] {
            if !request.has_query(name) {
                request.push_query(name, &self.account);
            }
        }
    }
}

/// Sets a header, unless it is already set.
fn put_header(
    request: &mut Outgoing,
    name: HeaderName,
    value: Option<&HeaderValue>,
) -> Result<(), Error> {
    match (request.request_mut().headers_mut().entry(name), value) {
        (Entry::Occupied(_), _) => Ok(()),
        (Entry::Vacant(place), Some(value)) => {
            place.insert(value.clone());
            Ok(())
        }
        (Entry::Vacant(place), None) => {
            let message = format!("the value of header `{}` is not valid", place.key());
            Err(request.error(ErrorKind::Build, message))
        }
    }
}

impl Layer for FillScope {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        match self.fill(&mut request) {
            Ok(()) => next.run(request),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}
