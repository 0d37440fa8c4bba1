//! Scorecards: how well entities keep to what is asked of them.

use harness_api::idp::{self as raw, types};

use super::EntityRef;
use crate::resources::builder::{done, levels, list, request, whole};
use crate::scope::Scope;

levels! {
    /// The scorecards of this account.
    scorecards -> Scorecards on Account
}

/// The scorecards of an account.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// use harness_api_ext::idp::types::ScorecardDetailsRequest;
///
/// let scorecards = harness.account().scorecards();
/// let billing = "component:account.retail.checkout/billing".parse()?;
/// for score in scorecards.scores(&billing).await?.scorecards_summary.into_iter().flatten() {
///     println!("{:?}: {:?}", score.scorecard_name, score.score);
/// }
///
/// for scorecard in scorecards.list().collect_all().await? {
///     println!("{:?}", scorecard.scorecard.and_then(|found| found.identifier));
/// }
/// let found = scorecards.get("readiness").await?;
/// if let Some(details) = found.scorecard {
///     let mut scorecard = ScorecardDetailsRequest::new(Vec::new(), details);
///     scorecards.update(scorecard.clone()).await?;
///     scorecard.scorecard.identifier = Some("readiness_2".into());
///     scorecards.create(scorecard).await?;
///     scorecards.delete("readiness_2").await?;
/// }
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Scorecards {
    scope: Scope,
}

impl Scorecards {
    /// The scorecards.
    pub fn list(&self) -> ListScorecards {
        ListScorecards::new(self.scope.raw().idp().get_scorecards())
    }

    /// A scorecard with its checks.
    pub fn get(&self, id: impl Into<String>) -> GetScorecard {
        GetScorecard::new(self.scope.raw().idp().get_scorecard(id))
    }

    /// A new scorecard.
    pub fn create(&self, scorecard: types::ScorecardDetailsRequest) -> CreateScorecard {
        let api = self.scope.raw().idp();
        CreateScorecard::new(api.create_scorecard().body(&scorecard))
    }

    /// Puts this in place of what the scorecard with its identifier is, checks included.
    pub fn update(&self, scorecard: types::ScorecardDetailsRequest) -> UpdateScorecard {
        let id = scorecard.scorecard.identifier.clone().unwrap_or_default();
        let api = self.scope.raw().idp();
        UpdateScorecard::new(api.update_scorecard(id).body(&scorecard))
    }

    /// Deletes a scorecard.
    pub fn delete(&self, id: impl Into<String>) -> DeleteScorecard {
        DeleteScorecard::new(self.scope.raw().idp().delete_scorecard(id))
    }

    /// What an entity scores on every scorecard.
    pub fn scores(&self, entity: &EntityRef) -> GetScores {
        let scope = self.scope.refusing(entity.check());
        let api = scope.raw().idp();
        GetScores::new(scope.checked(api.get_all_scorecard_summary(entity.to_string())))
    }
}

list! {
    /// A list of scorecards: `GET /v1/scorecards`. The server gives all at once.
    ListScorecards(raw::GetScorecards) -> types::ScorecardResponse;
}

request! {
    /// Reads a scorecard: `GET /v1/scorecards/{scorecard-id}`.
    GetScorecard(raw::GetScorecard) -> types::ScorecardDetailsResponse = whole;
}

request! {
    /// Creates a scorecard: `POST /v1/scorecards`.
    CreateScorecard(raw::CreateScorecard) -> () = done;
}

request! {
    /// Replaces a scorecard: `PUT /v1/scorecards/{scorecard-id}`.
    UpdateScorecard(raw::UpdateScorecard) -> () = done;
}

request! {
    /// Deletes a scorecard: `DELETE /v1/scorecards/{scorecard-id}`.
    DeleteScorecard(raw::DeleteScorecard) -> () = done;
}

request! {
    /// Reads what an entity scores: `GET /v1/scores/summary`.
    GetScores(raw::GetAllScorecardSummary) -> types::ScorecardSummaryResponse = whole;
}
