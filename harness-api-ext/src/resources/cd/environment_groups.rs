//! Groups of environments that are deployed to together.

use harness_api::Response;
use harness_api::cd::{self as raw, types};

use crate::error::Result;
use crate::resources::builder::{done, in_git, levels, list, member, request};
use crate::scope::Scope;

levels! {
    /// The groups of environments at this level.
    environment_groups -> EnvironmentGroups on Account Org Project
}

/// Groups of environments at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let groups = harness.org("retail").project("checkout").environment_groups();
/// groups.create("europe", "environmentGroup:\n  identifier: europe\n  name: Europe\n").await?;
/// for found in groups.list().collect_all().await? {
///     println!("{:?}", found.env_group.and_then(|group| group.identifier));
/// }
/// let yaml = groups.get("europe").await?.yaml.unwrap_or_default();
/// groups.update("europe", yaml.replace("Europe", "Europe and more")).await?;
/// groups.delete("europe").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EnvironmentGroups {
    scope: Scope,
}

impl EnvironmentGroups {
    /// The groups.
    pub fn list(&self) -> ListEnvironmentGroups {
        let filter = types::FilterProperties {
            filter_type: Some("EnvironmentGroup".into()),
            ..Default::default()
        };
        let api = self.scope.raw().cd();
        let request = api.get_environment_group_list(self.scope.account());
        ListEnvironmentGroups::new(self.scope.on(request.body(&filter)))
    }

    /// A group, with its YAML as it was written.
    pub fn get(&self, id: impl Into<String>) -> GetEnvironmentGroup {
        let api = self.scope.raw().cd();
        GetEnvironmentGroup::new(
            self.scope
                .on(api.get_environment_group(id, self.scope.account())),
        )
    }

    /// A new group from YAML, which has its name and is kept as it is.
    pub fn create(&self, id: impl Into<String>, yaml: impl Into<String>) -> CreateEnvironmentGroup {
        let body = self.request(id.into(), yaml);
        let api = self.scope.raw().cd();
        CreateEnvironmentGroup::new(
            self.scope
                .on(api.post_environment_group(self.scope.account(), &body)),
        )
    }

    /// Puts this YAML in place of a group's.
    pub fn update(&self, id: impl Into<String>, yaml: impl Into<String>) -> UpdateEnvironmentGroup {
        let id = id.into();
        let body = self.request(id.clone(), yaml);
        let api = self.scope.raw().cd();
        UpdateEnvironmentGroup::new(self.scope.on(api.update_environment_group(
            id,
            self.scope.account(),
            &body,
        )))
    }

    /// Deletes a group.
    pub fn delete(&self, id: impl Into<String>) -> DeleteEnvironmentGroup {
        let api = self.scope.raw().cd();
        DeleteEnvironmentGroup::new(
            self.scope
                .on(api.delete_environment_group(id, self.scope.account())),
        )
    }

    fn request(&self, id: String, yaml: impl Into<String>) -> types::EnvironmentGroupRequest {
        let mut request = types::EnvironmentGroupRequest::new(yaml);
        request.identifier = Some(id);
        request.org_identifier = self.scope.org().map(str::to_owned);
        request.project_identifier = self.scope.project().map(str::to_owned);
        request
    }
}

fn group(
    answer: Response<types::ResponseDtoEnvironmentGroup>,
) -> Result<types::EnvironmentGroupResponse> {
    member(answer, |answer| answer.data?.env_group)
}

list! {
    /// A list of groups: `POST /ng/api/environmentGroup/list`.
    ListEnvironmentGroups(raw::GetEnvironmentGroupList) -> types::EnvironmentGroup;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those of the levels above as well, which can be used here.
    with_those_above(bool) => include_all_env_groups_accessible_at_scope;
}

request! {
    /// Reads a group: `GET /ng/api/environmentGroup/{envGroupIdentifier}`.
    GetEnvironmentGroup(raw::GetEnvironmentGroup) -> types::EnvironmentGroupResponse = group;
}
in_git!(GetEnvironmentGroup);

request! {
    /// Creates a group: `POST /ng/api/environmentGroup`.
    CreateEnvironmentGroup(raw::PostEnvironmentGroup) -> types::EnvironmentGroupResponse = group;
}
in_git!(CreateEnvironmentGroup);

request! {
    /// Replaces the YAML of a group: `PUT /ng/api/environmentGroup/{envGroupIdentifier}`.
    UpdateEnvironmentGroup(raw::UpdateEnvironmentGroup) -> types::EnvironmentGroupResponse = group;
    /// Only when the group is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(UpdateEnvironmentGroup);

request! {
    /// Deletes a group: `DELETE /ng/api/environmentGroup/{envGroupIdentifier}`.
    DeleteEnvironmentGroup(raw::DeleteEnvironmentGroup) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
    /// Only when the group is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(DeleteEnvironmentGroup);
