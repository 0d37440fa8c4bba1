//! One call that reads a project, with each of the two crates and a response from memory: it measures only the cost of
//! the client.

use std::error::Error as StdError;

use harness_api::{BoxFuture, Client, Error, Incoming, Layer, Next, Outgoing};
use harness_api_ext::Harness;
use reqwest::{
    StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use tokio::{runtime::Runtime, task::yield_now};

/// Any error.
pub type Failure = Box<dyn StdError + Send + Sync>;

/// Key in the format of a real one, with its account.
const KEY: &str = "pat.AcmeAccount.6650f0.example";
const ACCOUNT: &str = "AcmeAccount";
/// Address without a server.
const SERVER: &str = "http://127.0.0.1:9";

const PROJECT: &str = r##"{"status":"SUCCESS","data":{"project":{"orgIdentifier":"retail","identifier":"checkout",
"name":"Checkout","color":"#0063f7","modules":["CD","CI","CF"],"description":"The shop's till","tags":{"team":"pay"}},
"createdAt":1795000000000,"lastModifiedAt":1795000100000,"isFavorite":false},"metaData":null,
"correlationId":"0d6c3c1e-77aa-4f5b-9d39-5f2f0c1a9b11"}"##;

/// Layer that responds to every call, below all layers of the client.
struct Memory;

impl Layer for Memory {
    fn call<'a>(&'a self, _: Outgoing, _: Next<'a>) -> BoxFuture<'a, Result<Incoming, Error>> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(PROJECT.len()));
        let answer = Incoming::new(StatusCode::OK, headers, PROJECT);
        Box::pin(async {
            // Simulates the wait for a network, so that timers start.
            yield_now().await;
            Ok(answer)
        })
    }
}

/// Crate that reads the project.
enum By {
    /// `harness-api`, only with the layer that responds.
    Raw(Client),
    /// `harness-api-ext`, with all its layers.
    Ext(Harness),
}

/// Client with its runtime.
pub struct Caller {
    by: By,
    runtime: Runtime,
}

impl Caller {
    /// Names of the crates for [`new`](Self::new).
    pub const CRATES: [&str; 2] = ["harness-api", "harness-api-ext"];

    /// Creates a client of a crate.
    pub fn new(name: &str) -> Result<Self, Failure> {
        let by = match name {
            "harness-api" => {
                let client = Client::builder(SERVER).header("x-api-key", KEY)?;
                By::Raw(client.layer(Memory).build()?)
            }
            "harness-api-ext" => By::Ext(
                Harness::builder()
                    .api_key(KEY)
                    .endpoint(SERVER)
                    .layer(Memory)
                    .build()?,
            ),
            other => return Err(format!("there is no crate {other}").into()),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        Ok(Self { by, runtime })
    }

    /// Makes calls until all one-time initialization is done.
    pub fn warm_up(&self) -> Result<(), Failure> {
        (0..20).try_for_each(|_| self.call())
    }

    /// Makes one call. The count of instructions uses the name of this function.
    #[inline(never)]
    pub fn measured_call(&self) -> Result<(), Failure> {
        self.call()
    }

    #[inline(never)]
    fn call(&self) -> Result<(), Failure> {
        let name = self.runtime.block_on(self.name())?;
        if name.as_deref() == Some("Checkout") {
            Ok(())
        } else {
            Err(format!("{name:?} was read").into())
        }
    }

    async fn name(&self) -> Result<Option<String>, Failure> {
        let project = match &self.by {
            By::Raw(client) => {
                let request = client.platform().get_project("checkout", ACCOUNT);
                let answer = request.org_identifier("retail").send().await?.into_inner();
                answer.data.and_then(|data| data.project)
            }
            By::Ext(harness) => {
                harness
                    .org("retail")
                    .projects()
                    .get("checkout")
                    .await?
                    .project
            }
        };
        Ok(project.and_then(|project| project.name))
    }
}
