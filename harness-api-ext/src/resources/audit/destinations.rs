//! Where the events of an account are streamed to.

use harness_api::audit::{self as raw, types};

use crate::resources::builder::{levels, list, request, whole};
use crate::scope::Scope;

levels! {
    /// Where the audit events of this account are streamed to.
    streaming_destinations -> StreamingDestinations on Account
}

/// The streaming destinations of an account.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// use harness_api_ext::audit::types::{AwsS3StreamingDestinationSpecDto, StreamingDestinationDto};
///
/// let bucket = AwsS3StreamingDestinationSpecDto {
///     type_: Some("AWS_S3".into()),
///     bucket: Some("audit".into()),
///     ..Default::default()
/// };
/// let destination = StreamingDestinationDto {
///     identifier: Some("archive".into()),
///     name: Some("Archive".into()),
///     status: Some("ACTIVE".into()),
///     connector_ref: Some("account.aws".into()),
///     spec: Some(bucket.into()),
///     ..Default::default()
/// };
/// harness.account().streaming_destinations().create(destination).await?;
///
/// let destinations = harness.account().streaming_destinations();
/// if let Some(mut archive) = destinations.get("archive").await?.streaming_destination {
///     archive.name = Some("The archive".into());
///     destinations.update(*archive).await?;
/// }
/// destinations.delete("archive").await?;
/// println!("{} are left", destinations.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StreamingDestinations {
    scope: Scope,
}

impl StreamingDestinations {
    /// The destinations.
    pub fn list(&self) -> ListStreamingDestinations {
        let api = self.scope.raw().audit();
        ListStreamingDestinations::new(api.get_streaming_destinations())
    }

    /// A destination.
    pub fn get(&self, id: impl Into<String>) -> GetStreamingDestination {
        let api = self.scope.raw().audit();
        GetStreamingDestination::new(api.get_streaming_destination(id))
    }

    /// A new destination.
    pub fn create(
        &self,
        destination: types::StreamingDestinationDto,
    ) -> CreateStreamingDestination {
        let api = self.scope.raw().audit();
        CreateStreamingDestination::new(api.create_streaming_destinations().body(&destination))
    }

    /// Puts this in place of what the destination with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(
        &self,
        destination: types::StreamingDestinationDto,
    ) -> UpdateStreamingDestination {
        let id = destination.identifier.clone().unwrap_or_default();
        let api = self.scope.raw().audit();
        UpdateStreamingDestination::new(api.update_streaming_destination(id).body(&destination))
    }

    /// Deletes a destination, which has to be inactive, and gives what it was.
    pub fn delete(&self, id: impl Into<String>) -> DeleteStreamingDestination {
        let api = self.scope.raw().audit();
        DeleteStreamingDestination::new(api.delete_disabled_streaming_destination(id))
    }
}

list! {
    /// A list of destinations: `GET /v1/streaming-destinations`.
    ListStreamingDestinations(raw::GetStreamingDestinations) -> types::StreamingDestinationResponse;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those that are `ACTIVE`, or `INACTIVE`.
    status(impl Into<String>) => status;
}

request! {
    /// Reads a destination: `GET /v1/streaming-destinations/{streaming-destination}`.
    GetStreamingDestination(raw::GetStreamingDestination) -> types::StreamingDestinationResponse = whole;
}

request! {
    /// Creates a destination: `POST /v1/streaming-destinations`.
    CreateStreamingDestination(raw::CreateStreamingDestinations) -> types::StreamingDestinationResponse = whole;
}

request! {
    /// Replaces a destination: `PUT /v1/streaming-destinations/{streaming-destination}`.
    UpdateStreamingDestination(raw::UpdateStreamingDestination) -> types::StreamingDestinationResponse = whole;
}

request! {
    /// Deletes a destination: `DELETE /v1/streaming-destinations/{streaming-destination}`.
    DeleteStreamingDestination(raw::DeleteDisabledStreamingDestination) -> types::StreamingDestinationResponse = whole;
}
