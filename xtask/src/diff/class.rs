//! Classes of differences: what a report groups by.

use serde::Serialize;

macro_rules! classes {
    ($($name:ident $title:literal,)*) => {
        /// A class of differences. Its title says what happened, without saying to what.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Class {
            $(#[doc = concat!(" ", $title, ".")] $name,)*
        }

        impl Class {
            /// Returns what happened.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// Returns whether it is about items that come or go as a whole: no two of these are equal.
            pub(super) fn is_of_whole(self) -> bool {
                use Class::*;
                matches!(
                    self,
                    ModuleAdded
                        | ModuleRemoved
                        | OperationAdded
                        | OperationRemoved
                        | TypeAdded
                        | TypeRemoved
                )
            }
        }
    };
}

classes! {
    ModuleAdded "module and feature added",
    ModuleRemoved "module and feature removed",
    OperationAdded "operation added",
    OperationRemoved "operation removed",
    MethodRenamed "method renamed, or moved to another module",
    MethodAdded "method for another form of the request body added",
    MethodRemoved "method for another form of the request body removed",
    ArgumentAdded "argument added",
    ArgumentRemoved "argument removed",
    ArgumentType "type of an argument changed",
    ArgumentOrder "arguments in another order",
    ArgumentRenamed "argument renamed",
    SetterAdded "setter added",
    SetterRemoved "setter removed",
    SetterType "type of a setter changed",
    BodyTyped "request body typed instead of JSON",
    BodyChanged "request body changed",
    ResponseTyped "response typed instead of JSON",
    ResponseEmpty "response without a body",
    ResponseUntyped "response is JSON instead of typed",
    ResponseChanged "type of the response changed",
    PagingAdded "list can be paged",
    PagingRemoved "list can no longer be paged",
    PageItem "type of the items of a list changed",
    Paging "paging changed",
    Deprecated "deprecated",
    Undeprecated "no longer deprecated",
    OperationId "operation id changed",
    HttpMethod "HTTP method changed",
    Path "path changed",
    Tag "tag changed",
    ContentType "content types of the response changed",
    Provenance "source of the types changed",
    Idempotency "retry class changed",
    WireName "name on the wire changed",
    TypeAdded "type added",
    TypeRemoved "type removed",
    TypeRenamed "type renamed",
    TypeInModule "type in another module as well",
    TypeNotInModule "type no longer in a module",
    TypeKind "struct, enum or union became another of these",
    FieldAdded "field added",
    FieldRemoved "field removed",
    FieldRenamed "field renamed",
    FieldType "type of a field changed",
    FieldRequired "field required instead of optional",
    FieldOptional "field optional instead of required",
    RequiredFieldAdded "required field added",
    FieldDeprecated "field deprecated",
    FieldUndeprecated "field no longer deprecated",
    ExtraAdded "struct keeps additional properties",
    ExtraRemoved "struct no longer keeps additional properties",
    Secret "shown in `Debug`, or no longer",
    VariantAdded "variant added",
    VariantRemoved "variant removed",
    VariantChanged "variant changed",
    Discriminator "discriminator of a union changed",
    SchemaName "name of the schema changed",
}
