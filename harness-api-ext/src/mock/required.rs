//! Required fields of the stored entities, for servers that do not validate by the schemas of the description.

use serde_json::Value;

use super::check::Violation;
use super::received::Received;

/// Required fields of an entity.
struct Required {
    /// Operations that create or replace it.
    operations: &'static [&'static str],
    /// Field of the body that contains it.
    member: &'static str,
    /// Required fields of its settings, by type. Other types require none.
    settings: &'static [(&'static str, &'static [&'static str])],
}

const THINGS: &[Required] = &[
    Required {
        operations: &["createConnector", "updateConnector"],
        member: "connector",
        settings: CONNECTORS,
    },
    Required {
        operations: &[
            "postSecret",
            "putSecret",
            "postSecretFileV2",
            "putSecretFileV2",
        ],
        member: "secret",
        settings: SECRETS,
    },
];

const SECRETS: &[(&str, &[&str])] = &[
    ("SSHKey", &["auth"]),
    ("SecretFile", &["secretManagerIdentifier"]),
    ("SecretText", &["secretManagerIdentifier", "valueType"]),
    ("WinRmCredentials", &["auth"]),
];

const CONNECTORS: &[(&str, &[&str])] = &[
    ("AppDynamics", &["accountname", "controllerUrl"]),
    ("Artifactory", &["artifactoryServerUrl"]),
    ("Aws", &["credential"]),
    ("AwsKms", &["credential", "region"]),
    ("AwsSecretManager", &["credential", "region"]),
    ("Azure", &["azureEnvironmentType", "credential"]),
    ("AzureArtifacts", &["auth", "azureArtifactsUrl"]),
    ("AzureKeyVault", &["subscription", "vaultName"]),
    ("AzureRepo", &["authentication", "type", "url"]),
    ("Bamboo", &["bambooUrl"]),
    ("Bitbucket", &["authentication", "type", "url"]),
    ("CEAws", &["featuresEnabled"]),
    (
        "CEAzure",
        &["featuresEnabled", "subscriptionId", "tenantId"],
    ),
    ("CEK8sCluster", &["connectorRef", "featuresEnabled"]),
    ("Codecommit", &["authentication", "type", "url"]),
    ("Confluence", &["apiAccessType"]),
    ("CustomHealth", &["baseURL", "method"]),
    ("CustomSecretManager", &["template"]),
    ("Datadog", &["apiKeyRef", "applicationKeyRef", "url"]),
    ("DockerRegistry", &["dockerRegistryUrl", "providerType"]),
    ("ElasticSearch", &["url"]),
    ("ErrorTracking", &["apiKeyRef", "url"]),
    ("Gcp", &["credential"]),
    (
        "GcpCloudCost",
        &["featuresEnabled", "projectId", "serviceAccountEmail"],
    ),
    ("GcpKms", &["keyName", "keyRing", "projectId", "region"]),
    ("Git", &["connectionType", "spec", "type", "url"]),
    ("Github", &["authentication", "type", "url"]),
    ("Gitlab", &["authentication", "type", "url"]),
    ("Harness", &["authentication", "type", "url"]),
    ("HttpHelmRepo", &["helmRepoUrl"]),
    ("JDBC", &["url"]),
    ("Jenkins", &["jenkinsUrl"]),
    ("Jira", &["auth", "jiraUrl"]),
    ("K8sCluster", &["credential"]),
    ("LangSmith", &["baseUrl"]),
    ("MLFlow", &["auth", "baseUrl"]),
    ("MsTeams", &["apiAccessType"]),
    ("NewRelic", &["apiKeyRef", "newRelicAccountId", "url"]),
    ("Nexus", &["nexusServerUrl", "version"]),
    ("OciHelmRepo", &["helmRepoUrl"]),
    ("OpsGenie", &["url", "username"]),
    ("PagerDuty", &["apiTokenRef"]),
    ("Prometheus", &["url"]),
    ("Salesforce", &["credential"]),
    ("ServiceNow", &["auth", "serviceNowUrl"]),
    ("SignalFX", &["apiTokenRef", "url"]),
    ("Slack", &["apiAccessType"]),
    ("Splunk", &["accountId", "splunkUrl"]),
    ("Spot", &["credential"]),
    ("SumoLogic", &["accessIdRef", "accessKeyRef", "url"]),
    ("Tas", &["credential"]),
    ("TerraformCloud", &["credential", "terraformCloudUrl"]),
    ("Vault", &["renewalIntervalMinutes", "vaultUrl"]),
    ("Zoom", &["apiAccessType"]),
];

/// Returns the required fields that the body of a request lacks. A body that is not JSON, or does not contain the
/// entity, is rejected elsewhere.
pub(super) fn violations(request: &Received) -> Vec<Violation> {
    let Some(operation) = request.operation() else {
        return Vec::new();
    };
    let Some(thing) = THINGS
        .iter()
        .find(|thing| thing.operations.contains(&operation.id))
    else {
        return Vec::new();
    };
    // A file is sent as a form, with a part that describes it.
    let (document, at) = match request.part("spec") {
        Some(spec) => (
            serde_json::from_slice(&spec).unwrap_or_default(),
            "/form/spec",
        ),
        None => (request.json(), "/body"),
    };
    let entity: &Value = &document[thing.member];
    if !entity.is_object() {
        return Vec::new();
    }
    let at = format!("{at}/{}", thing.member);
    let missing = |pointer: String| Violation::new(pointer, "required, but missing");
    let mut found = Vec::new();
    for name in ["spec", "type"] {
        if entity[name].is_null() {
            found.push(missing(format!("{at}/{name}")));
        }
    }
    let kind = entity["type"].as_str().unwrap_or_default();
    let settings = thing.settings.iter().find(|(of, _)| *of == kind);
    for name in settings.map_or(&[][..], |(_, members)| members) {
        if entity["spec"].is_object() && entity["spec"][name].is_null() {
            found.push(missing(format!("{at}/spec/{name}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the types of the entity in the body of an operation, with the required fields of their settings.
    fn described(module: &str, thing: &Required) -> Vec<(String, Vec<String>)> {
        let document: Value = serde_json::from_str(module).expect("JSON");
        let schemas = &document["schemas"];
        let referred = |place: &Value| {
            let name = place["$ref"]
                .as_str()
                .and_then(|text| text.rsplit('/').next());
            &schemas[name.expect("a reference")]
        };
        let body = referred(&document["operations"][thing.operations[0]]["body"]);
        let thing = referred(&body["properties"][thing.member]);
        let branches = thing["allOf"].as_array().expect("one for each type");
        let mut types: Vec<(String, Vec<String>)> = branches
            .iter()
            .map(|branch| {
                let kind = &branch["if"]["properties"]["type"]["const"];
                let settings = referred(&branch["then"]["properties"]["spec"]);
                let required = settings["required"].as_array().into_iter().flatten();
                let mut names: Vec<String> = required
                    .filter_map(|name| name.as_str().map(str::to_owned))
                    .collect();
                names.sort();
                (kind.as_str().expect("a text").to_owned(), names)
            })
            .collect();
        types.retain(|(_, names)| !names.is_empty());
        types.sort();
        types
    }

    #[test]
    fn the_tables_are_what_the_description_says() {
        let modules = [
            include_str!("../../described/connectors.json"),
            include_str!("../../described/secrets.json"),
        ];
        for (thing, module) in THINGS.iter().zip(modules) {
            let table: Vec<(String, Vec<String>)> = thing
                .settings
                .iter()
                .map(|(kind, names)| {
                    let names = names.iter().map(|name| (*name).to_owned());
                    ((*kind).to_owned(), names.collect())
                })
                .collect();
            assert_eq!(table, described(module, thing), "{}", thing.member);
        }
    }
}
