//! Proxies of the environment. They are variables, so a process of its own makes the calls.

use std::net::SocketAddr;
use std::process::Command;

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::raw::reqwest::{self, Method, Proxy};
use harness_api_ext::raw::{Client, Configure};
use harness_api_ext::{ErrorKind, Harness, HarnessBuilder, RetryPolicy};
use serde_json::json;

use super::{KEY, Witness, ok};

/// Address of the proxy, in the process that makes the calls.
const INSIDE: &str = "HARNESS_API_TEST_PROXY";
const NAME: &str = "proxies::no_proxy_of_the_environment_is_used_for_the_own_machine";

#[test]
fn no_proxy_of_the_environment_is_used_for_the_own_machine() {
    if let Ok(proxy) = std::env::var(INSIDE) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(calls(&proxy));
        return println!("all calls were made");
    }
    for variables in [
        &["HTTP_PROXY", "http_proxy"][..],
        &["ALL_PROXY"],
        &["all_proxy"],
        &["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"],
    ] {
        // The proxy redirects to this machine.
        let proxy = Witness::start(|head| {
            match head.split(' ').nth(1) {
            Some(to) if to.contains("/lead") => {
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/led\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .to_owned()
            }
            _ => ok("{\"status\":\"SUCCESS\",\"data\":{}}"),
        }
        });
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args(["--exact", NAME, "--nocapture"]);
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command
            .env_remove("REQUEST_METHOD")
            .env(INSIDE, proxy.url());
        for name in variables {
            command.env(name, proxy.url());
        }
        let output = command.output().expect("the process");
        let told = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{variables:?}: {told}{complaint}");
        assert!(told.contains("all calls were made"), "{told}");

        let heads = proxy.take();
        let asked = |head: &String| {
            let url = head.split([' ', '?']).nth(1).unwrap_or_default();
            url.to_owned()
        };
        // The proxy is used for other machines, and where it is set explicitly; only the last three requests may have a
        // key.
        assert_eq!(
            heads.iter().map(asked).collect::<Vec<_>>(),
            [
                "http://platform.example/v1/widgets",
                "http://store.example/logs.zip",
                "http://store.example/lead",
                "http://127.0.0.1:9/v1/widgets",
                "http://127.0.0.1:9/v1/widgets",
                "http://127.0.0.1:9/v1/widgets",
            ]
        );
        for (number, head) in heads.iter().enumerate() {
            assert_eq!(head.contains(KEY), number > 2, "{head}");
        }
    }
}

async fn calls(proxy: &str) {
    let mut servers = Vec::new();
    for address in ["127.0.0.1:0", "127.8.4.2:0", "[::1]:0"] {
        let address: SocketAddr = address.parse().expect("an address");
        if std::net::TcpListener::bind(address).is_err() {
            // Not every machine has all of these addresses.
            assert_ne!(address.to_string(), "127.0.0.1:0");
            continue;
        }
        let server = Server::builder().api_key(KEY).listen(address).start().await;
        servers.push(server.expect("a server"));
    }
    let mut urls: Vec<String> = servers
        .iter()
        .map(|server| server.url().to_owned())
        .collect();
    for name in ["localhost", "[::ffff:127.0.0.1]", "2130706433"] {
        urls.push(urls[0].replace("127.0.0.1", name));
    }
    for server in &servers {
        let organizations = server.harness().account().organizations();
        organizations
            .get("default")
            .await
            .expect("the ready client");
    }
    for url in &urls {
        for given in [false, true] {
            let builder = Harness::builder().api_key(KEY).endpoint(url);
            let builder = match given {
                true => builder.http_client(reqwest::Client::builder()),
                false => builder,
            };
            let harness = builder.build().expect(url);
            let got = harness.account().organizations().get("default").await;
            got.unwrap_or_else(|error| panic!("{url}: {error}"));

            let mut raw = Client::builder(url)
                .header("x-api-key", KEY)
                .expect("a header");
            if given {
                raw = raw.http(reqwest::Client::builder());
            }
            let raw = raw.build().expect(url);
            let call = raw.request("GET", "/ng/api/organizations/default");
            let call = call
                .with_query("accountIdentifier", "MockAccount_0123456789")
                .text();
            call.await.unwrap_or_else(|error| panic!("{url}: {error}"));
        }
    }
    // A name below `localhost`, which not every machine resolves.
    let first: SocketAddr = servers[0].url()["http://".len()..]
        .parse()
        .expect("an address");
    let http = reqwest::Client::builder().resolve("acme.localhost", first);
    let raw = Client::builder(format!("http://acme.localhost:{}", first.port())).http(http);
    let raw = raw.header("x-api-key", KEY).expect("a header").build();
    let call = raw
        .expect("a client")
        .request("GET", "/ng/api/organizations/default");
    let call = call.with_query("accountIdentifier", "MockAccount_0123456789");
    call.text().await.expect("a name below localhost");

    // The proxy exists, and is used for other hosts.
    let raw = Client::new("http://platform.example").expect("a client");
    raw.request("GET", "/v1/widgets")
        .text()
        .await
        .expect("through the proxy");
    links(&servers[0]).await;

    // The explicit setting of the caller applies.
    let own = || {
        let builder = Harness::builder()
            .api_key(KEY)
            .endpoint("http://127.0.0.1:9");
        builder.retry(RetryPolicy::never())
    };
    let given = || Proxy::all(proxy).expect("a proxy");
    let given = || reqwest::Client::builder().proxy(given());
    widgets(own().proxy(proxy)).await;
    widgets(own().http_client(given())).await;
    widgets(own().http_client(reqwest::Client::builder()).proxy(proxy)).await;
}

async fn widgets(builder: HarnessBuilder) {
    let harness = builder.build().expect("a client");
    let call = harness.request(Method::GET, "/v1/widgets").text();
    call.await.expect("through the proxy that is set");
}

/// Tests pre-signed URLs.
async fn links(server: &Server) {
    server.add_project("retail", "checkout");
    let project = server.harness().org("retail").project("checkout");
    let yaml = "pipeline:\n  identifier: deploy\n  name: Deploy\n  orgIdentifier: retail\n  projectIdentifier: checkout\n";
    project.pipelines().create(yaml).await.expect("a pipeline");
    let run = project.pipeline("deploy").execute().await.expect("a run");
    let link = |url: &str| {
        Reply::json(
            200,
            &json!({"status": "success", "link": url, "expires": 1}),
        )
    };
    server.answer_with("GET /storage/logs/1.zip", |_| Reply::text(200, "zip"));
    let here = format!("{}/storage/logs/1.zip?signature=s1gned", server.url());
    for url in [here.as_str(), "http://store.example/logs.zip"] {
        server.answer_next("logArchive", [link(url)]);
        let file = run.log_archive().await.expect(url);
        file.collect(99).await.expect(url);
    }
    server.answer_next("logArchive", [link("http://store.example/lead")]);
    let error = run.log_archive().await.expect_err("it is led here");
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
}
