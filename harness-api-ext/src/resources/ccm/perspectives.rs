//! Perspectives: views on costs.

use harness_api::ccm::{self as raw, types};

use crate::resources::builder::{done, levels, list, request};
use crate::scope::Scope;

levels! {
    /// The perspectives of this account.
    perspectives -> Perspectives on Account
}

/// The perspectives of an account: which costs are looked at, and how they are grouped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// use harness_api_ext::ccm::types::CeView;
///
/// let perspectives = harness.account().perspectives();
/// let shops = CeView { name: Some("Shops".into()), ..Default::default() };
/// let made = perspectives.create(shops).await?;
/// let mut perspective = perspectives.get(made.uuid.unwrap_or_default()).await?;
/// perspective.name = Some("All shops".into());
/// perspectives.update(perspective).await?;
///
/// for found in perspectives.list().collect_all().await? {
///     perspectives.delete(found.id.unwrap_or_default()).await?;
/// }
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Perspectives {
    scope: Scope,
}

/// The size of pages that lists ask for when no other is set; the operation requires one.
const PAGE: i64 = 100;

impl Perspectives {
    /// The perspectives, by their last change.
    pub fn list(&self) -> ListPerspectives {
        let api = self.scope.raw().ccm();
        ListPerspectives::new(api.get_all_perspectives(self.scope.account(), PAGE, 0))
    }

    /// A perspective.
    pub fn get(&self, id: impl Into<String>) -> GetPerspective {
        let api = self.scope.raw().ccm();
        GetPerspective::new(api.get_perspective(self.scope.account(), id))
    }

    /// A new perspective; the server chooses its id. Where the perspective does not say the version of its form, it is
    /// the current one, `v1`.
    pub fn create(&self, mut perspective: types::CeView) -> CreatePerspective {
        let version = perspective.view_version.take();
        perspective.view_version = version.or_else(|| Some("v1".to_owned()));
        let api = self.scope.raw().ccm();
        CreatePerspective::new(api.create_perspective(self.scope.account(), false, &perspective))
    }

    /// Puts this in place of what the perspective with its id is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, perspective: types::CeView) -> UpdatePerspective {
        let id = perspective.uuid.as_deref().unwrap_or_default();
        let scope = self.scope.naming("perspective identifier", id);
        let api = scope.raw().ccm();
        UpdatePerspective::new(scope.checked(api.update_perspective(scope.account(), &perspective)))
    }

    /// Deletes a perspective.
    pub fn delete(&self, id: impl Into<String>) -> DeletePerspective {
        let api = self.scope.raw().ccm();
        DeletePerspective::new(api.delete_perspective(self.scope.account(), id))
    }
}

list! {
    /// A list of perspectives: `GET /ccm/api/perspective/getAllPerspectives`.
    ListPerspectives(raw::GetAllPerspectives) -> types::Perspective;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_key;
    /// Those over these sources, such as `AWS` or `CLUSTER`.
    clouds(impl IntoIterator<Item = impl Into<String>>) => cloud_filters;
}

request! {
    /// Reads a perspective: `GET /ccm/api/perspective`.
    GetPerspective(raw::GetPerspective) -> types::CeView = .data;
}

request! {
    /// Creates a perspective: `POST /ccm/api/perspective`.
    CreatePerspective(raw::CreatePerspective) -> types::CeView = .data;
    /// Whether its total cost is computed at once.
    update_total_cost(bool) => update_total_cost;
}

request! {
    /// Replaces a perspective: `PUT /ccm/api/perspective`.
    UpdatePerspective(raw::UpdatePerspective) -> types::CeView = .data;
    /// Whether its total cost is computed at once.
    update_total_cost(bool) => update_total_cost;
}

request! {
    /// Deletes a perspective: `DELETE /ccm/api/perspective`.
    DeletePerspective(raw::DeletePerspective) -> () = done;
}
