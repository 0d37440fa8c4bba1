//! How secrets are created and replaced: as JSON, or with a file as a form.

use harness_api::secrets::types;
use harness_api::{CallOptions, Configure, FilePart};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};
use crate::resources::builder::{described, member, sendable};
use crate::scope::Scope;

/// Creates a secret: `POST /ng/api/v2/secrets`, or with a file `POST /ng/api/v2/secrets/files`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateSecret {
    pub(super) scope: Scope,
    pub(super) secret: types::NgSecret,
    pub(super) content: Option<FilePart>,
    pub(super) private: Option<bool>,
    pub(super) fault: Option<&'static str>,
    pub(super) options: CallOptions,
}

impl CreateSecret {
    /// The connector of the manager that keeps it; one of a level above is written `account.vault` or `org.vault`. Keys
    /// of SSH and WinRM have none, because they are made of other secrets: sending is an error then.
    pub fn secret_manager(mut self, id: impl Into<String>) -> Self {
        match &mut self.secret.spec {
            Some(types::NgSecretSpec::NgSecretText(spec)) => {
                spec.secret_manager_identifier = Some(id.into());
            }
            Some(types::NgSecretSpec::NgSecretFile(spec)) => {
                spec.secret_manager_identifier = Some(id.into());
            }
            _ => self.fault = Some("a secret of this kind has no secret manager"),
        }
        self
    }

    /// Whether only its creator may use it.
    pub fn private(mut self, private: bool) -> Self {
        self.private = Some(private);
        self
    }

    async fn run(self) -> Result<types::NgSecretResponse> {
        if let Some(fault) = self.fault {
            return Err(Error::build(fault));
        }
        let api = self.scope.raw().secrets();
        let account = self.scope.account();
        let body = types::SecretRequestWrapper::new(self.secret);
        let answer = if let Some(content) = self.content {
            let mut request = api
                .post_secret_file_v2(account, content, document(&body))
                .with_options(self.options);
            if let Some(private) = self.private {
                request = request.private_secret(private);
            }
            self.scope.on(request).send().await?
        } else {
            let mut request = api.post_secret(account, &body).with_options(self.options);
            if let Some(private) = self.private {
                request = request.private_secret(private);
            }
            self.scope.on(request).send().await?
        };
        member(answer, |answer| answer.data)
    }
}

described!(CreateSecret.secret);
sendable!(CreateSecret -> types::NgSecretResponse);

/// Replaces a secret: `PUT /ng/api/v2/secrets/{identifier}`, or for a file `PUT /ng/api/v2/secrets/files/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateSecret {
    pub(super) scope: Scope,
    pub(super) secret: types::NgSecret,
    pub(super) content: Option<FilePart>,
    pub(super) fault: Option<&'static str>,
    pub(super) options: CallOptions,
}

impl UpdateSecret {
    /// The new value of a secret text. For a secret of another kind, sending is an error.
    pub fn value(mut self, value: impl Into<SecretString>) -> Self {
        match &mut self.secret.spec {
            Some(types::NgSecretSpec::NgSecretText(spec)) => {
                spec.value = Some(value.into().expose_secret().to_owned());
            }
            _ => self.fault = Some("a secret of this kind has no value"),
        }
        self
    }

    /// The new content of a secret file.
    pub fn content(mut self, content: FilePart) -> Self {
        self.content = Some(content);
        self
    }

    async fn run(self) -> Result<types::NgSecretResponse> {
        if let Some(fault) = self.fault {
            return Err(Error::build(fault));
        }
        let api = self.scope.raw().secrets();
        let account = self.scope.account();
        let id = self.secret.identifier.clone().unwrap_or_default();
        let is_file = self.secret.type_ == Some(types::NgSecretType::SecretFile);
        let body = types::SecretRequestWrapper::new(self.secret);
        let answer = if is_file || self.content.is_some() {
            let mut request = api
                .put_secret_file_v2(account, id, document(&body))
                .with_options(self.options);
            if let Some(content) = self.content {
                request = request.file(content);
            }
            self.scope.on(request).send().await?
        } else {
            let request = api
                .put_secret(id, account)
                .body(&body)
                .with_options(self.options);
            self.scope.on(request).send().await?
        };
        member(answer, |answer| answer.data)
    }
}

sendable!(UpdateSecret -> types::NgSecretResponse);

/// The part of a form that describes the secret. What is made of texts and maps can always be written.
fn document(body: &types::SecretRequestWrapper) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
