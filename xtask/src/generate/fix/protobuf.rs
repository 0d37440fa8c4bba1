//! Schemas that were written down from the getters of generated protobuf classes instead of from their JSON.

use serde_json::{Map, Value, json};

use super::touched::Touched;
use crate::generate::openapi::Schema;

/// Getters that every generated message class has. None of them is part of a message's JSON.
const ACCESSORS: [&str; 9] = [
    "allFields",
    "defaultInstanceForType",
    "descriptorForType",
    "initializationErrorString",
    "initialized",
    "memoizedSerializedSize",
    "parserForType",
    "serializedSize",
    "unknownFields",
];

/// Classes of the protobuf library itself, besides the families recognised by [`is_runtime`].
const RUNTIME: [&str; 41] = [
    "CvDeclaration",
    "Descriptor",
    "DescriptorProto",
    "EditionDefault",
    "EnumDescriptor",
    "EnumDescriptorProto",
    "EnumOptions",
    "EnumReservedRange",
    "EnumValueDescriptor",
    "EnumValueDescriptorProto",
    "EnumValueOptions",
    "ExtensionRange",
    "ExtensionRangeOptions",
    "FeatureSet",
    "FeatureSupport",
    "FieldDescriptor",
    "FieldDescriptorProto",
    "FieldOptions",
    "FileDescriptor",
    "FileDescriptorProto",
    "FileOptions",
    "Location",
    "Message",
    "MessageLite",
    "MessageOptions",
    "MethodDescriptor",
    "MethodDescriptorProto",
    "MethodOptions",
    "NamePart",
    "OneofDescriptor",
    "OneofDescriptorProto",
    "OneofOptions",
    "Parser",
    "ReservedRange",
    "ServiceDescriptor",
    "ServiceDescriptorProto",
    "ServiceOptions",
    "SourceCodeInfo",
    "TemplateDescriptor",
    "UninterpretedOption",
    "UnknownFieldSet",
];

/// Returns whether a schema describes a class of the protobuf library, a parser or a builder interface: never a message.
fn is_runtime(name: &str) -> bool {
    let parser = name
        .strip_prefix("Parser")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    parser || name.ends_with("OrBuilder") || RUNTIME.contains(&name)
}

/// Returns the properties of a schema, if it was written from a generated message class.
fn message_properties(schema: &mut Value) -> Option<&mut Map<String, Value>> {
    let properties = schema.get_mut("properties")?.as_object_mut()?;
    properties
        .contains_key("descriptorForType")
        .then_some(properties)
}

/// Adds the JSON names of lists and maps: the getter is `detailsList`, in JSON the field is `details`; likewise `metadataMap`. Both
/// spellings are kept, since some services write the getters. Counts the members added.
pub(super) fn add_json_names(document: &mut Value, touched: &mut Touched) -> usize {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return 0;
    };
    let mut added = 0;
    for (name, schema) in schemas {
        if is_runtime(name) {
            continue;
        }
        let Some(properties) = message_properties(schema) else {
            continue;
        };
        let mut fields = Vec::new();
        for (getter, value) in &*properties {
            let list = getter
                .strip_suffix("List")
                .filter(|_| value["type"] == "array");
            let map = getter
                .strip_suffix("Map")
                .filter(|_| value["type"] == "object");
            if let Some(field) = list
                .or(map)
                .filter(|field| !properties.contains_key(*field))
            {
                fields.push((field.to_owned(), value.clone()));
            }
        }
        if !fields.is_empty() {
            added += fields.len();
            touched.schemas.insert(name.clone());
            properties.extend(fields);
        }
    }
    added
}

/// Takes the getters that are no fields out of every message. Counts the schemas changed.
pub(super) fn drop_accessors(document: &mut Value, touched: &mut Touched) -> usize {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return 0;
    };
    let mut changed = 0;
    for (name, schema) in schemas {
        if is_runtime(name) {
            continue;
        }
        let Some(properties) = message_properties(schema) else {
            continue;
        };
        let getters: Vec<String> = properties
            .keys()
            .filter(|getter| !is_field(getter, properties))
            .cloned()
            .collect();
        for getter in getters {
            properties.remove(&getter);
        }
        touched.schemas.insert(name.clone());
        changed += 1;
    }
    changed
}

/// Returns whether a getter of a message class stands for a field, and not for another view of one.
fn is_field(getter: &str, properties: &Map<String, Value>) -> bool {
    let twin = |suffix: &str| {
        getter
            .strip_suffix(suffix)
            .and_then(|field| properties.get(field))
    };
    let counted = |suffix: &str| {
        getter
            .strip_suffix("Count")
            .is_some_and(|field| properties.contains_key(&format!("{field}{suffix}")))
    };
    let view = ACCESSORS.contains(&getter)
        || getter.ends_with("OrBuilder")
        || getter.ends_with("OrBuilderList")
        || getter.ends_with("ValueList")
            && properties.contains_key(&getter.replace("ValueList", "List"))
        || twin("Bytes").is_some()
        || twin("Value").is_some_and(|field| field.get("enum").is_some())
        || counted("List")
        || counted("Map")
        || getter.ends_with("MapMap");
    !view
}

/// Removes the schemas of the protobuf library; what still points at one becomes any JSON. Counts the schemas removed.
pub(super) fn drop_runtime(document: &mut Value, touched: &mut Touched) -> usize {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return 0;
    };
    let names: Vec<String> = schemas
        .keys()
        .filter(|name| is_runtime(name))
        .cloned()
        .collect();
    for name in &names {
        schemas.remove(name);
    }
    for (name, schema) in schemas {
        if open_runtime_references(schema) {
            touched.schemas.insert(name.clone());
        }
    }
    if let Some(paths) = document.get_mut("paths") {
        open_runtime_references(paths);
    }
    let removed = names.len();
    touched.schemas.extend(names);
    removed
}

/// Turns references to removed schemas into "any JSON"; true if there was one.
fn open_runtime_references(value: &mut Value) -> bool {
    if Schema(value).target().is_some_and(is_runtime) {
        *value = json!({});
        return true;
    }
    let mut found = false;
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                found |= open_runtime_references(member);
            }
        }
        Value::Array(items) => {
            for item in items {
                found |= open_runtime_references(item);
            }
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_fields_under_both_names_and_nothing_of_the_library() {
        let text = || json!({"type": "string"});
        let list = || json!({"type": "array", "items": text()});
        let mut document = json!({
            "paths": {"/a": {"get": {"schema": {"$ref": "#/components/schemas/Descriptor"}}}},
            "components": {"schemas": {
                "Details": {"type": "object", "properties": {
                    "descriptorForType": {"$ref": "#/components/schemas/Descriptor"},
                    "allFields": {"type": "object"},
                    "id": text(), "idBytes": {"$ref": "#/components/schemas/ByteString"},
                    "rowsList": list(), "rowsCount": {"type": "integer"}, "rowsOrBuilderList": list(),
                    "tagsMap": {"type": "object"}, "tagsCount": {"type": "integer"},
                    "kind": {"type": "string", "enum": ["A"]}, "kindValue": {"type": "integer"},
                }},
                "Plain": {"type": "object", "properties": {"rowsList": list(), "allFields": text()}},
                "Descriptor": {"type": "object"},
                "ParserDetails": {"type": "object"},
                "DetailsOrBuilder": {"type": "object"},
            }}
        });
        let touched = &mut Touched::default();
        // One of the three is a builder's, and goes next.
        assert_eq!(add_json_names(&mut document, touched), 3);
        assert_eq!(drop_accessors(&mut document, touched), 1);
        assert_eq!(drop_runtime(&mut document, touched), 3);
        let schemas = &document["components"]["schemas"];
        let names = |schema: &Value| {
            let members = schema["properties"].as_object();
            members
                .into_iter()
                .flat_map(Map::keys)
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&schemas["Details"]),
            ["id", "kind", "rows", "rowsList", "tags", "tagsMap"]
        );
        // What is no message stays as it is.
        assert_eq!(names(&schemas["Plain"]), ["allFields", "rowsList"]);
        assert_eq!(schemas.as_object().map(Map::len), Some(2));
        assert_eq!(document["paths"]["/a"]["get"]["schema"], json!({}));
    }
}
