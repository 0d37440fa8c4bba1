//! Times in which nothing is deployed.

use harness_api::Configure;
use harness_api::cd::{self as raw, types};

use crate::resources::builder::{PageSettings, done, levels, pages, request};
use crate::scope::Scope;

levels! {
    /// The freeze windows at this level, and its global freeze.
    freezes -> Freezes on Account Org Project
}

/// Freeze windows at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let freezes = harness.org("retail").freezes();
/// freezes.create("freeze:\n  identifier: sale\n  name: Sale\n  status: Disabled\n").await?;
/// freezes.enable(["sale"]).await?;
/// freezes.disable(["sale"]).await?;
/// let yaml = freezes.get("sale").await?.yaml.unwrap_or_default();
/// freezes.update("sale", yaml.replace("Sale", "Big sale")).await?;
/// freezes.delete("sale").await?;
/// println!("{} are left", freezes.list().collect_all().await?.len());
///
/// let all = freezes.global().await?.yaml.unwrap_or_default();
/// freezes.set_global(all.replace("Disabled", "Enabled")).await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Freezes {
    scope: Scope,
}

impl Freezes {
    /// The freeze windows.
    pub fn list(&self) -> ListFreezes {
        let api = self.scope.raw().cd();
        ListFreezes {
            raw: self.scope.on(api.get_freeze_list(self.scope.account())),
            filter: types::FreezeFilterPropertiesDto::default(),
            paging: PageSettings::default(),
        }
    }

    /// A freeze window, with its YAML as it was written.
    pub fn get(&self, id: impl Into<String>) -> GetFreeze {
        let api = self.scope.raw().cd();
        GetFreeze::new(self.scope.on(api.get_freeze(self.scope.account(), id)))
    }

    /// A new freeze window from YAML, which begins with `freeze:` and is kept as it is.
    pub fn create(&self, yaml: impl Into<String>) -> CreateFreeze {
        let api = self.scope.raw().cd();
        CreateFreeze::new(self.scope.on(api.create_freeze(self.scope.account(), yaml)))
    }

    /// Puts this YAML in place of a freeze window's.
    pub fn update(&self, id: impl Into<String>, yaml: impl Into<String>) -> UpdateFreeze {
        let api = self.scope.raw().cd();
        let request = api.update_freeze(self.scope.account(), id, yaml);
        UpdateFreeze::new(self.scope.on(request))
    }

    /// Deletes a freeze window.
    pub fn delete(&self, id: impl Into<String>) -> DeleteFreeze {
        let api = self.scope.raw().cd();
        DeleteFreeze::new(self.scope.on(api.delete_freeze(self.scope.account(), id)))
    }

    /// Turns freeze windows on. The answer tells of each whether that was done.
    pub fn enable<I>(&self, ids: I) -> SetFreezeStatus
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.set_status(ids, types::UpdateFreezeStatusValue::Enabled)
    }

    /// Turns freeze windows off. The answer tells of each whether that was done.
    pub fn disable<I>(&self, ids: I) -> SetFreezeStatus
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.set_status(ids, types::UpdateFreezeStatusValue::Disabled)
    }

    /// The global freeze, which stops all deployments at this level while it is on.
    pub fn global(&self) -> GetGlobalFreeze {
        let api = self.scope.raw().cd();
        GetGlobalFreeze::new(self.scope.on(api.get_global_freeze(self.scope.account())))
    }

    /// Sets the global freeze by YAML, which begins with `freeze:` and has its status.
    pub fn set_global(&self, yaml: impl Into<String>) -> SetGlobalFreeze {
        let api = self.scope.raw().cd();
        let request = api.create_global_freeze(self.scope.account(), yaml);
        SetGlobalFreeze::new(self.scope.on(request))
    }

    fn set_status<I>(&self, ids: I, status: types::UpdateFreezeStatusValue) -> SetFreezeStatus
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
        let scope = self.scope.naming_each("freeze identifier", &ids);
        let api = scope.raw().cd();
        let request = api.update_freeze_status(scope.account(), status);
        SetFreezeStatus::new(scope.on(request.body(&ids)))
    }
}

/// A list of freeze windows: `POST /ng/api/freeze/list`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListFreezes {
    raw: raw::GetFreezeList,
    filter: types::FreezeFilterPropertiesDto,
    paging: PageSettings,
}

impl ListFreezes {
    /// Those whose name, identifier or tags hold this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.filter.search_term = Some(text.into());
        self
    }

    /// Those with these identifiers.
    pub fn identifiers<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.freeze_identifiers = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Those that are on, or those that are off.
    pub fn enabled(mut self, enabled: bool) -> Self {
        let status = if enabled { "Enabled" } else { "Disabled" };
        self.filter.freeze_status = Some(status.into());
        self
    }

    fn into_raw(self) -> raw::GetFreezeList {
        self.raw.body(&self.filter)
    }
}

impl Configure for ListFreezes {
    fn options(&mut self) -> &mut harness_api::CallOptions {
        self.raw.options()
    }
}

pages!(ListFreezes -> types::FreezeSummaryResponse);

request! {
    /// Reads a freeze window: `GET /ng/api/freeze/{freezeIdentifier}`.
    GetFreeze(raw::GetFreeze) -> types::FreezeDetailedResponse = .data;
}

request! {
    /// Creates a freeze window: `POST /ng/api/freeze`.
    CreateFreeze(raw::CreateFreeze) -> types::FreezeResponse = .data;
}

request! {
    /// Replaces the YAML of a freeze window: `PUT /ng/api/freeze/{freezeIdentifier}`.
    UpdateFreeze(raw::UpdateFreeze) -> types::FreezeResponse = .data;
}

request! {
    /// Deletes a freeze window: `DELETE /ng/api/freeze/{freezeIdentifier}`.
    DeleteFreeze(raw::DeleteFreeze) -> () = done;
}

request! {
    /// Turns freeze windows on or off: `POST /ng/api/freeze/updateFreezeStatus`.
    SetFreezeStatus(raw::UpdateFreezeStatus) -> types::FreezeResponseWrapperDto = .data;
}

request! {
    /// Reads the global freeze: `GET /ng/api/freeze/getGlobalFreeze`.
    GetGlobalFreeze(raw::GetGlobalFreeze) -> types::FreezeDetailedResponse = .data;
}

request! {
    /// Sets the global freeze: `POST /ng/api/freeze/manageGlobalFreeze`.
    SetGlobalFreeze(raw::CreateGlobalFreeze) -> types::FreezeResponse = .data;
}
