//! The settings of an account, an organization or a project.

use harness_api::platform::{self as raw, types};

use crate::resources::builder::{levels, list, request};
use crate::scope::Scope;

levels! {
    /// The settings that hold at this level.
    settings -> Settings on Account Org Project
}

/// Settings at one level.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let settings = harness.org("default").project("checkout").settings();
/// let forced = settings.get("enable_force_delete").await?.value;
/// for found in settings.list("CORE").collect_all().await? {
///     println!("{:?}", found.setting.map(|setting| (setting.identifier, setting.value)));
/// }
/// # let _ = forced;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    scope: Scope,
}

impl Settings {
    /// The settings of a category, such as `CORE` or `CD`.
    pub fn list(&self, category: impl Into<types::GetSettingsListCategory>) -> ListSettings {
        let api = self.scope.raw().platform();
        ListSettings::new(
            self.scope
                .on(api.get_settings_list(self.scope.account(), category)),
        )
    }

    /// The value of a setting that holds at this level, wherever it is set.
    pub fn get(&self, id: impl Into<String>) -> GetSetting {
        let api = self.scope.raw().platform();
        GetSetting::new(
            self.scope
                .on(api.get_setting_value(id, self.scope.account())),
        )
    }
}

list! {
    /// A list of settings: `GET /ng/api/settings`.
    ListSettings(raw::GetSettingsList) -> types::SettingResponseDto;
    /// Those of this group.
    group(impl Into<String>) => group;
    /// Those of the levels above as well.
    with_those_above(bool) => include_parent_scopes;
}

request! {
    /// Reads the value of a setting: `GET /ng/api/settings/{identifier}`.
    GetSetting(raw::GetSettingValue) -> types::SettingValueResponseDto = .data;
}
