//! The templates of an account, an organization or a project, in versions.

use harness_api::templates::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use crate::error::Result;
use crate::resources::builder::{PageSettings, done, in_git, levels, member, pages, request};
use crate::scope::Scope;

levels! {
    /// The templates at this level; those above can be used too, and are listed above.
    templates -> Templates on Account Org Project
}

/// Templates at one level. Each has versions, one of which is the stable one.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let templates = harness.org("retail").templates();
/// let yaml = templates.get("build").version("1.0").await?.yaml.unwrap_or_default();
/// templates.create(yaml.replace("versionLabel: \"1.0\"", "versionLabel: \"1.1\"")).await?;
/// templates.set_stable("build", "1.1").await?;
///
/// println!("{} templates", templates.list().collect_all().await?.len());
/// println!("{}", templates.inputs("build").await?);
/// templates.update("build", "1.1", "template:\n  identifier: build\n  versionLabel: \"1.1\"\n").await?;
/// templates.delete("build", "1.0").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Templates {
    scope: Scope,
}

impl Templates {
    /// The templates, each with its stable version.
    pub fn list(&self) -> ListTemplates {
        ListTemplates {
            scope: self.scope.clone(),
            which: types::GetTemplateMetadataListTemplateListType::Stable,
            filter: types::TemplateFilterProperties::new(
                types::TemplateFilterPropertiesFilterType::Template,
            ),
            search: None,
            above: false,
            paging: PageSettings::default(),
            options: CallOptions::default(),
        }
    }

    /// The stable version of a template, unless the builder names another.
    pub fn get(&self, id: impl Into<String>) -> GetTemplate {
        let api = self.scope.raw().templates();
        GetTemplate::new(self.scope.on(api.get_template(self.scope.account(), id)))
    }

    /// A new template, or a new version of one, from YAML. It begins with `template:`, has identifier and version, and is
    /// kept as it is.
    pub fn create(&self, yaml: impl Into<String>) -> CreateTemplate {
        let api = self.scope.raw().templates();
        CreateTemplate::new(
            self.scope
                .on(api.create_template(self.scope.account(), yaml)),
        )
    }

    /// Puts this YAML in place of a version's.
    pub fn update(
        &self,
        id: impl Into<String>,
        version: impl Into<String>,
        yaml: impl Into<String>,
    ) -> UpdateTemplate {
        let api = self.scope.raw().templates();
        UpdateTemplate::new(self.scope.on(api.update_existing_template_version(
            self.scope.account(),
            id,
            version,
            yaml,
        )))
    }

    /// Deletes a version.
    pub fn delete(&self, id: impl Into<String>, version: impl Into<String>) -> DeleteTemplate {
        let api = self.scope.raw().templates();
        let request = api.delete_template_version(self.scope.account(), id, version);
        DeleteTemplate::new(self.scope.on(request))
    }

    /// Makes a version the stable one, which is used where no version is named.
    pub fn set_stable(
        &self,
        id: impl Into<String>,
        version: impl Into<String>,
    ) -> SetStableTemplate {
        let api = self.scope.raw().templates();
        let request = api.update_stable_template(self.scope.account(), id, version);
        SetStableTemplate::new(self.scope.on(request))
    }

    /// The inputs that the stable version of a template asks for, as YAML, unless the builder names another version.
    pub fn inputs(&self, id: impl Into<String>) -> GetTemplateInputs {
        let api = self.scope.raw().templates();
        let request = api.get_template_input_set_yaml(self.scope.account(), id);
        GetTemplateInputs::new(self.scope.on(request))
    }
}

fn template(
    answer: Response<types::ResponseDtoTemplateWrapperResponse>,
) -> Result<types::NgTemplateResponse> {
    member(answer, |answer| answer.data?.template_response_dto)
}

/// A list of templates: `POST /template/api/templates/list-metadata`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListTemplates {
    scope: Scope,
    which: types::GetTemplateMetadataListTemplateListType,
    filter: types::TemplateFilterProperties,
    search: Option<String>,
    above: bool,
    paging: PageSettings,
    options: CallOptions,
}

impl ListTemplates {
    /// All versions, in place of the stable ones.
    pub fn all_versions(mut self) -> Self {
        self.which = types::GetTemplateMetadataListTemplateListType::All;
        self
    }

    /// The versions that changed last, in place of the stable ones.
    pub fn last_updated(mut self) -> Self {
        self.which = types::GetTemplateMetadataListTemplateListType::LastUpdated;
        self
    }

    /// Those whose name, identifier or tags hold this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }

    /// Those with these identifiers.
    pub fn identifiers<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.template_identifiers = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Those of these kinds, such as `Pipeline`, `Stage` or `Step`.
    pub fn kinds<I>(mut self, kinds: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::TemplateFilterPropertiesTemplateEntityTypes>,
    {
        self.filter.template_entity_types = Some(kinds.into_iter().map(Into::into).collect());
        self
    }

    /// Those of the levels above as well, which can be used here.
    pub fn with_those_above(mut self) -> Self {
        self.above = true;
        self
    }

    fn into_raw(self) -> raw::GetTemplateMetadataList {
        let api = self.scope.raw().templates();
        let mut request = api
            .get_template_metadata_list(self.scope.account(), self.which)
            .body(&self.filter)
            .with_options(self.options);
        if let Some(text) = self.search {
            request = request.search_term(text);
        }
        if self.above {
            request = request.include_all_templates_available_at_scope(true);
        }
        self.scope.on(request)
    }
}

impl Configure for ListTemplates {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }
}

pages!(ListTemplates -> types::NgTemplateMetadataSummaryResponse);

request! {
    /// Reads a template: `GET /template/api/templates/{templateIdentifier}`.
    GetTemplate(raw::GetTemplate) -> types::NgTemplateResponse = .data;
    /// This version of it.
    version(impl Into<String>) => version_label;
}
in_git!(GetTemplate);

request! {
    /// Creates a template or a version: `POST /template/api/templates`.
    CreateTemplate(raw::CreateTemplate) -> types::NgTemplateResponse = template;
    /// Makes it the stable version.
    stable(bool) => set_default_template;
    /// Why it is made.
    comment(impl Into<String>) => comments;
}
in_git!(CreateTemplate);

request! {
    /// Replaces the YAML of a version: `PUT /template/api/templates/update/{templateIdentifier}/{versionLabel}`.
    UpdateTemplate(raw::UpdateExistingTemplateVersion) -> types::NgTemplateResponse = template;
    /// Makes it the stable version.
    stable(bool) => set_default_template;
    /// Why it is changed.
    comment(impl Into<String>) => comments;
    /// Only when the template is still of this version of the record, which is not the label.
    if_match(impl Into<String>) => if_match;
}
in_git!(UpdateTemplate);

request! {
    /// Deletes a version: `DELETE /template/api/templates/{templateIdentifier}/{versionLabel}`.
    DeleteTemplate(raw::DeleteTemplateVersion) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
    /// Why it is deleted.
    comment(impl Into<String>) => comments;
    /// Only when the template is still of this version of the record, which is not the label.
    if_match(impl Into<String>) => if_match;
}
in_git!(DeleteTemplate);

request! {
    /// Makes a version stable:
    /// `PUT /template/api/templates/updateStableTemplate/{templateIdentifier}/{versionLabel}`.
    SetStableTemplate(raw::UpdateStableTemplate) -> () = done;
    /// Why.
    comment(impl Into<String>) => comments;
}
in_git!(SetStableTemplate);

request! {
    /// Reads the inputs of a template: `GET /template/api/templates/templateInputs/{templateIdentifier}`.
    GetTemplateInputs(raw::GetTemplateInputSetYaml) -> String = .data;
    /// Of this version.
    version(impl Into<String>) => version_label;
}
in_git!(GetTemplateInputs);
