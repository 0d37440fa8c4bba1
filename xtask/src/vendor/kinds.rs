//! What the objects of an OpenAPI description are, by where they stand: the same member name is a keyword in one place
//! and the name of something in another.

/// An object of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// The description itself.
    Root,
    /// `info`.
    Info,
    /// An entry of `servers`, or one of its variables.
    Server,
    /// An entry of `tags`.
    Tag,
    /// `components`.
    Components,
    /// The operations of one path.
    PathItem,
    /// An operation.
    Operation,
    /// A parameter or a header.
    Parameter,
    /// A request body.
    Body,
    /// An response.
    Response,
    /// A form of a body or an response.
    Media,
    /// A link to another operation.
    Link,
    /// Paths that the service calls.
    Callback,
    /// A schema.
    Schema,
    /// What tells the variants of a schema apart.
    Discriminator,
    /// A security scheme.
    Security,
    /// A value, or something whose members mean nothing here.
    Value,
}

/// What a member holds. A list counts as what its entries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// The object.
    pub(super) node: Node,
    /// Whether there is a map of them, whose member names are chosen freely.
    pub(super) map: bool,
}

const fn one(node: Node) -> Kind {
    Kind { node, map: false }
}

const fn map(node: Node) -> Kind {
    Kind { node, map: true }
}

impl Kind {
    /// The whole description.
    pub(super) const ROOT: Self = one(Node::Root);

    /// Returns the kind of the member `key`.
    pub(super) fn member(self, key: &str) -> Self {
        if self.map {
            // Extensions stand between the paths and the responses.
            return one(
                if key.starts_with("x-") && matches!(self.node, Node::PathItem | Node::Response) {
                    Node::Value
                } else {
                    self.node
                },
            );
        }
        match (self.node, key) {
            (Node::Root, "info") => one(Node::Info),
            (Node::Root | Node::PathItem | Node::Operation, "servers") => one(Node::Server),
            (Node::Root, "tags") => one(Node::Tag),
            (Node::Root, "paths") => map(Node::PathItem),
            (Node::Root, "components") => one(Node::Components),
            (Node::Server, "variables") => map(Node::Server),
            (Node::Components, "schemas") => map(Node::Schema),
            (Node::Components, "parameters") | (Node::Components | Node::Response, "headers") => {
                map(Node::Parameter)
            }
            (Node::Components, "requestBodies") => map(Node::Body),
            (Node::Components | Node::Operation, "responses") => map(Node::Response),
            (Node::Components, "securitySchemes") => map(Node::Security),
            (Node::Components | Node::Response, "links") => map(Node::Link),
            (Node::Components | Node::Operation, "callbacks") => map(Node::Callback),
            (Node::Callback, _) => one(Node::PathItem),
            (Node::PathItem | Node::Operation, "parameters") => one(Node::Parameter),
            (Node::PathItem, key) if crate::generate::openapi::METHODS.contains(&key) => {
                one(Node::Operation)
            }
            (Node::Operation, "requestBody") => one(Node::Body),
            (Node::Parameter | Node::Body | Node::Response, "content") => map(Node::Media),
            (Node::Parameter | Node::Media, "schema") => one(Node::Schema),
            (Node::Schema, "properties") => map(Node::Schema),
            (
                Node::Schema,
                "items" | "additionalProperties" | "not" | "oneOf" | "anyOf" | "allOf",
            ) => one(Node::Schema),
            (Node::Schema, "discriminator") => one(Node::Discriminator),
            _ => one(Node::Value),
        }
    }

    /// Returns the member names in the order in which they are written; those not listed follow by spelling, extensions last.
    pub(super) fn order(self) -> &'static [&'static str] {
        if self.map {
            return &[];
        }
        match self.node {
            Node::Root => &["openapi", "info", "servers", "security", "tags", "paths"],
            Node::Info => &["title", "version"],
            Node::Server => &["url"],
            Node::Tag => &["name"],
            Node::Components => &["securitySchemes"],
            Node::PathItem => &[
                "$ref",
                "servers",
                "parameters",
                "get",
                "put",
                "post",
                "delete",
                "options",
                "head",
                "patch",
            ],
            Node::Operation => &[
                "operationId",
                "tags",
                "deprecated",
                "parameters",
                "requestBody",
                "responses",
                "x-harness-path",
                "x-harness-pagination",
                "x-harness-provenance",
            ],
            Node::Parameter => &["name", "in", "required", "style", "explode"],
            Node::Body => &["required"],
            Node::Response => &["description", "headers"],
            Node::Schema => &[
                "type",
                "format",
                "nullable",
                "items",
                "required",
                "enum",
                "properties",
                "additionalProperties",
                "default",
                "allOf",
                "oneOf",
                "anyOf",
                "discriminator",
            ],
            Node::Discriminator => &["propertyName"],
            Node::Security => &["type", "in"],
            Node::Media | Node::Link | Node::Callback | Node::Value => &[],
        }
    }

    /// Returns whether a member says something to people and nothing to a client.
    pub(super) fn is_prose(self, key: &str) -> bool {
        if self.map || self.node == Node::Value {
            return false;
        }
        if key.starts_with("x-") {
            return !key.starts_with("x-harness-");
        }
        match key {
            "summary" | "externalDocs" | "example" | "examples" => true,
            // An response has to have one; it gets the name of its status.
            "description" => self.node != Node::Response,
            "title" => self.node == Node::Schema,
            "termsOfService" | "contact" | "license" => self.node == Node::Info,
            _ => false,
        }
    }
}
