//! What the description says of the body of a successful response: data beside each operation, by which a client tells a
//! success from a failure that came with status 2XX.

/// The body that a successful response of an operation is described to have.
///
/// Names of members are paths with dots, such as `data.deleted`; the empty path is the whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseSchema {
    /// The body as a whole.
    pub body: ValueSchema,
    /// The member that holds the result, and its value, where the body is an envelope around it.
    pub data: Option<(&'static str, ValueSchema)>,
    /// What a `status` at the root of the body says.
    pub status: StatusMember,
    /// Booleans that are `false` when the server did not do what it was asked to do.
    pub confirmations: &'static [&'static str],
}

/// What a value in a response is described to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueSchema {
    /// No content is described.
    Empty,
    /// Any JSON.
    Any,
    /// An object.
    Object {
        /// The names of its members on the wire; none when it may have any.
        members: &'static [&'static str],
        /// Whether an object without members is one too.
        may_be_empty: bool,
    },
    /// A list.
    List,
    /// Text, enums and times included.
    Text,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// Not JSON: YAML, another text, bytes.
    Opaque,
}

/// What a `status` at the root of a response says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusMember {
    /// None is described.
    Absent,
    /// Whether the call succeeded: `SUCCESS`, or a failure.
    Envelope,
    /// What became of the call, in words of the service.
    Acknowledgement,
    /// The state of what the response is about.
    Result,
}

impl ResponseSchema {
    /// A response that may be any JSON.
    pub const ANY: Self = Self::new(ValueSchema::Any);
    /// A response without content.
    pub const EMPTY: Self = Self::new(ValueSchema::Empty);
    /// A response that is not JSON.
    pub const OPAQUE: Self = Self::new(ValueSchema::Opaque);
    /// A response that is a list.
    pub const LIST: Self = Self::new(ValueSchema::List);

    /// A response that is this value, without a status and confirmations.
    pub const fn new(body: ValueSchema) -> Self {
        Self {
            body,
            data: None,
            status: StatusMember::Absent,
            confirmations: &[],
        }
    }

    /// A response that is an object with these members.
    pub const fn object(members: &'static [&'static str]) -> Self {
        Self::new(ValueSchema::object(members))
    }

    /// A response that holds its result in this member of an envelope.
    pub const fn envelope(member: &'static str, data: ValueSchema) -> Self {
        let mut schema = Self::new(ValueSchema::object_or_empty(&[]));
        schema.data = Some((member, data));
        schema
    }

    /// The usual envelope: `status` says whether the call succeeded, and `data` holds the result.
    pub const fn data(data: ValueSchema) -> Self {
        Self::envelope("data", data).status(StatusMember::Envelope)
    }

    /// The same with a `status` of this meaning.
    #[must_use]
    pub const fn status(mut self, status: StatusMember) -> Self {
        self.status = status;
        self
    }

    /// The same with booleans that are `false` when nothing was done.
    #[must_use]
    pub const fn confirmed_by(mut self, confirmations: &'static [&'static str]) -> Self {
        self.confirmations = confirmations;
        self
    }
}

impl ValueSchema {
    /// An object with these members, of which one has to be there; where none are named, any.
    pub const fn object(members: &'static [&'static str]) -> Self {
        Self::Object {
            members,
            may_be_empty: false,
        }
    }

    /// An object with these members, or where none are named any, or without members.
    pub const fn object_or_empty(members: &'static [&'static str]) -> Self {
        Self::Object {
            members,
            may_be_empty: true,
        }
    }
}
