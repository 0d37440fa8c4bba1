//! The secrets of an account, an organization or a project.

use harness_api::secrets::{self as raw, types};
use harness_api::{CallOptions, FilePart};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::save::{CreateSecret, UpdateSecret};
use crate::resources::builder::{done, filtered, levels, request, texts};
use crate::scope::Scope;

levels! {
    /// The secrets at this level.
    secrets -> Secrets on Account Org Project
}

/// Where secrets are kept that are not told otherwise.
const BUILT_IN: &str = "harnessSecretManager";

/// Secrets at one level. Values go to the server and never come back.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use harness_api_ext::raw::FilePart;
///
/// let secrets = harness.org("default").project("checkout").secrets();
/// secrets.create_text("db_password", "Database password", "s3cr3t").tag("team", "pay").await?;
/// secrets.create_file("kubeconfig", "Cluster", FilePart::path("kubeconfig")).await?;
/// secrets.create_reference("api_key", "API key", "kv/shop#api_key").secret_manager("vault").await?;
/// let found = secrets.list().search("password").collect_all().await?;
/// println!("{} of them", found.len());
/// if let Some(mut secret) = secrets.get("db_password").await?.secret {
///     secret.description = Some("Of the till's database".into());
///     secrets.update(*secret).value("n3w").await?;
/// }
/// let tried = secrets.validate_ssh_key("deploy_key", "build.example.com").await?;
/// let windows = secrets.validate_winrm("windows", "win.example.com").await?;
/// println!("{:?} {:?}", tried.success, windows.success);
/// secrets.delete("api_key").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Secrets {
    scope: Scope,
}

impl Secrets {
    /// The secrets at this level, without their values.
    pub fn list(&self) -> ListSecrets {
        let api = self.scope.raw().secrets();
        ListSecrets::new(
            self.scope.on(api.list_secrets_v4(self.scope.account())),
            types::SecretFilterProperties {
                filter_type: Some(types::SecretFilterPropertiesFilterType::Secret),
                ..Default::default()
            },
        )
    }

    /// A secret, without its value.
    pub fn get(&self, id: impl Into<String>) -> GetSecret {
        let api = self.scope.raw().secrets();
        GetSecret::new(self.scope.on(api.get_secret_v2(id, self.scope.account())))
    }

    /// A new secret text. It is kept in the built-in manager unless [`secret_manager`](CreateSecret::secret_manager)
    /// says otherwise.
    pub fn create_text(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<SecretString>,
    ) -> CreateSecret {
        let value = value.into();
        let kind = types::NgSecretTextSpecValueType::Inline;
        self.new_text(
            id.into(),
            name.into(),
            kind,
            value.expose_secret().to_owned(),
        )
    }

    /// A new secret text whose value is already in a secret manager, under this reference. The built-in manager has
    /// none: say which by [`secret_manager`](CreateSecret::secret_manager).
    pub fn create_reference(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        reference: impl Into<String>,
    ) -> CreateSecret {
        let kind = types::NgSecretTextSpecValueType::Reference;
        self.new_text(id.into(), name.into(), kind, reference.into())
    }

    fn new_text(
        &self,
        id: String,
        name: String,
        kind: types::NgSecretTextSpecValueType,
        value: String,
    ) -> CreateSecret {
        let spec = types::NgSecretTextSpec {
            secret_manager_identifier: Some(BUILT_IN.to_owned()),
            value_type: Some(kind),
            value: Some(value),
            ..Default::default()
        };
        self.create(self.new_secret(id, name, types::NgSecretType::SecretText, spec.into()))
    }

    /// A new secret file.
    pub fn create_file(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        content: FilePart,
    ) -> CreateSecret {
        let spec = types::NgSecretFileSpec {
            secret_manager_identifier: Some(BUILT_IN.to_owned()),
            ..Default::default()
        };
        let kind = types::NgSecretType::SecretFile;
        let secret = self.new_secret(id.into(), name.into(), kind, spec.into());
        let mut create = self.create(secret);
        create.content = Some(content);
        create
    }

    fn saving(&self, secret: &mut types::NgSecret) -> Scope {
        let id = secret.identifier.as_deref().unwrap_or_default();
        self.scope
            .naming("secret identifier", id)
            .adopting(&mut secret.org_identifier, &mut secret.project_identifier)
    }

    fn new_secret(
        &self,
        id: String,
        name: String,
        kind: types::NgSecretType,
        spec: types::NgSecretSpec,
    ) -> types::NgSecret {
        types::NgSecret {
            identifier: Some(id),
            name: Some(name),
            type_: Some(kind),
            spec: Some(spec),
            ..Default::default()
        }
    }

    /// A new secret as it is given: for keys of SSH and WinRM, and texts that need more than the other methods say.
    /// Where organization and project are not set, they are those of this level.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> harness_api_ext::Result<()> {
    /// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
    /// # let harness = server.harness();
    /// use harness_api_ext::secrets::types;
    ///
    /// let key = types::SshKeyReferenceCredentialDto {
    ///     user_name: Some("deploy".into()),
    ///     key: Some("account.deploy_key_file".into()),
    ///     ..Default::default()
    /// };
    /// let ssh = types::SshConfig {
    ///     credential_type: Some(types::SshConfigCredentialType::KeyReference),
    ///     spec: Some(key.into()),
    ///     ..Default::default()
    /// };
    /// let auth = types::SshAuth {
    ///     type_: Some(types::SshAuthType::Ssh),
    ///     spec: Some(ssh.into()),
    ///     ..Default::default()
    /// };
    /// let spec = types::SshKeySpec { auth: Some(Box::new(auth)), port: Some(22), ..Default::default() };
    /// let secret = types::NgSecret {
    ///     identifier: Some("deploy_key".into()),
    ///     name: Some("Deploy key".into()),
    ///     type_: Some(types::NgSecretType::SshKey),
    ///     spec: Some(spec.into()),
    ///     ..Default::default()
    /// };
    /// harness.account().secrets().create(secret).await?;
    /// # server.assert_no_violations();
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self, mut secret: types::NgSecret) -> CreateSecret {
        CreateSecret {
            scope: self.saving(&mut secret),
            secret,
            content: None,
            private: None,
            fault: None,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the secret with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives, which has no value; [`value`](UpdateSecret::value) or
    /// [`content`](UpdateSecret::content) sends a new one.
    pub fn update(&self, mut secret: types::NgSecret) -> UpdateSecret {
        UpdateSecret {
            scope: self.saving(&mut secret),
            secret,
            content: None,
            fault: None,
            options: CallOptions::default(),
        }
    }

    /// Deletes a secret. One that is referred to is refused, unless it is forced.
    pub fn delete(&self, id: impl Into<String>) -> DeleteSecret {
        let api = self.scope.raw().secrets();
        DeleteSecret::new(
            self.scope
                .on(api.delete_secret_v2(id, self.scope.account())),
        )
    }

    /// Tries an SSH key on a host. A delegate does it.
    pub fn validate_ssh_key(
        &self,
        id: impl Into<String>,
        host: impl Into<String>,
    ) -> ValidateSecret {
        self.validate(id.into(), "SSHKey", host.into())
    }

    /// Tries WinRM credentials on a host. A delegate does it.
    pub fn validate_winrm(&self, id: impl Into<String>, host: impl Into<String>) -> ValidateSecret {
        self.validate(id.into(), "WinRmCredentials", host.into())
    }

    fn validate(&self, id: String, kind: &str, host: String) -> ValidateSecret {
        let api = self.scope.raw().secrets();
        let request = api
            .validate_secret(self.scope.account(), &json!({"type": kind, "host": host}))
            .identifier(id);
        ValidateSecret::new(self.scope.on(request))
    }
}

filtered! {
    /// A list of secrets: `POST /ng/api/v2/secrets/list/secrets`.
    ListSecrets(raw::ListSecretsV4, types::SecretFilterProperties) -> types::NgSecretResponse;
}

impl ListSecrets {
    /// Those whose name, identifier, description or tags hold this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.filter.search_term = Some(text.into());
        self
    }

    /// Those of these kinds.
    pub fn kinds<I>(mut self, kinds: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::SecretFilterPropertiesSecretTypes>,
    {
        self.filter.secret_types = Some(kinds.into_iter().map(Into::into).collect());
        self
    }

    /// Those that these managers keep.
    pub fn secret_managers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.secret_manager_identifiers = Some(texts(ids));
        self
    }
}

request! {
    /// Reads a secret without its value: `GET /ng/api/v2/secrets/{identifier}`.
    GetSecret(raw::GetSecretV2) -> types::NgSecretResponse = .data;
}

request! {
    /// Deletes a secret: `DELETE /ng/api/v2/secrets/{identifier}`.
    DeleteSecret(raw::DeleteSecretV2) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
}

request! {
    /// Tries a key on a host: `POST /ng/api/v2/secrets/validate`. That it does not work is a result with `success`
    /// false.
    ValidateSecret(raw::ValidateSecret) -> types::SecretValidationResult = .data;
}
