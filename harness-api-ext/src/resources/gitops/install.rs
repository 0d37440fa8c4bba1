//! The texts that install an agent.

use harness_api::gitops::types;
use harness_api::{CallOptions, Configure};
use secrecy::{ExposeSecret, SecretString};

use super::put_scope;
use crate::error::Result;
use crate::resources::builder::{sendable, whole};
use crate::scope::Scope;

macro_rules! install_text {
    ($(#[$doc:meta])* $name:ident => $call:ident) => {
        $(#[$doc])*
        ///
        /// The answer is text, to be used as it is.
        #[derive(Debug)]
        #[must_use = "nothing is sent before `send` or `.await`"]
        pub struct $name {
            scope: Scope,
            agent: String,
            query: types::V1AgentYamlQuery,
            options: CallOptions,
        }

        impl $name {
            pub(super) fn new(scope: &Scope, agent: String) -> Self {
                let mut query = types::V1AgentYamlQuery {
                    agent_identifier: Some(agent.clone()),
                    ..Default::default()
                };
                put_scope!(query, scope);
                Self { scope: scope.clone(), agent, query, options: CallOptions::default() }
            }

            /// The namespace to install into.
            pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
                self.query.namespace = Some(namespace.into());
                self
            }

            /// Without the definitions of custom resources, where the cluster has them.
            pub fn skip_crds(mut self, skip: bool) -> Self {
                self.query.skip_crds = Some(skip);
                self
            }

            /// Certificates to trust, as base64 of PEM.
            pub fn ca_data(mut self, ca: impl Into<String>) -> Self {
                self.query.ca_data = Some(ca.into());
                self
            }

            /// The private key that creating the agent has given; without it the text has a place to put it in.
            pub fn private_key(mut self, key: impl Into<SecretString>) -> Self {
                self.query.private_key = Some(key.into().expose_secret().to_owned());
                self
            }

            /// For the node of this identifier, where the agent has several for disaster recovery.
            pub fn disaster_recovery_node(mut self, id: impl Into<String>) -> Self {
                self.query.disaster_recovery_identifier = Some(id.into());
                self
            }

            /// The proxy for HTTP.
            pub fn http_proxy(mut self, url: impl Into<String>) -> Self {
                self.proxy().http = Some(url.into());
                self
            }

            /// The proxy for HTTPS.
            pub fn https_proxy(mut self, url: impl Into<String>) -> Self {
                self.proxy().https = Some(url.into());
                self
            }

            /// How to sign in to the proxy.
            pub fn proxy_login(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
                self.proxy().username = Some(user.into());
                self.proxy().password = Some(password.into().expose_secret().to_owned());
                self
            }

            /// Whether the certificate of the proxy is taken as it is.
            pub fn proxy_skip_tls_verify(mut self, skip: bool) -> Self {
                self.proxy().skip_ssl_verify = Some(skip);
                self
            }

            /// Whether Helm charts may refer to files outside of their folder.
            pub fn helm_path_traversal(mut self, on: bool) -> Self {
                self.argo().enable_helm_path_traversal = Some(on);
                self
            }

            /// Whether the agent's own cluster can be deployed to, even where that is off by default.
            pub fn in_cluster(mut self, on: bool) -> Self {
                self.argo().force_enable_in_cluster = Some(on);
                self
            }

            /// With the plugin of Argo CD that puts in values from Harness.
            pub fn harness_plugin(mut self, on: bool) -> Self {
                self.argo().enable_argocd_harness_plugin = Some(on.into());
                self
            }

            fn proxy(&mut self) -> &mut types::V1Proxy {
                self.query.proxy.get_or_insert_default()
            }

            fn argo(&mut self) -> &mut types::V1ArgoCdSettings {
                self.query.argocd_settings.get_or_insert_default()
            }

            async fn run(self) -> Result<String> {
                let request = self
                    .scope
                    .raw()
                    .gitops()
                    .$call(self.agent, &self.query)
                    .with_options(self.options);
                whole(self.scope.on(request).send().await?)
            }
        }

        sendable!($name -> String);
    };
}

install_text! {
    /// Reads the manifests of an agent: `POST /gitops/api/v1/agents/{agentIdentifier}/deployment-spec/yaml`.
    AgentDeploymentYaml => agent_post_deploy_yaml
}

install_text! {
    /// Reads the Helm values of an agent: `POST /gitops/api/v1/agents/{agentIdentifier}/helm-overrides`.
    AgentHelmOverrides => agent_post_deploy_overrides
}

install_text! {
    /// Reads the manifest of an agent's operator: `POST /gitops/api/v1/agents/{agentIdentifier}/operator/yaml`.
    AgentOperatorYaml => agent_post_operator_yaml
}
